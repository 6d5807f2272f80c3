// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.util.List;
import java.util.Optional;
import kinglet.expression.Expression;

/// The SELECT of a feature view, as written. Immutable.
///
/// @param source the data source in its FROM
/// @param alias what its columns may be prefixed with
public record FeatureQuery(
    List<Item> items,
    String source,
    int sourceOffset,
    String alias,
    List<Lookup> lookups,
    Optional<Expression> where,
    List<Window> windows) {
  public FeatureQuery {
    items = List.copyOf(items);
    lookups = List.copyOf(lookups);
    windows = List.copyOf(windows);
  }

  FeatureQuery withWindows(List<Window> other) {
    return new FeatureQuery(items, source, sourceOffset, alias, lookups, where, other);
  }

  /// A column of the view.
  ///
  /// @param offset where it stands in the SQL
  public record Item(String name, Expression expression, int offset) {}

  /// `LEFT JOIN view AS alias ON …`: the row of a lookup view as known at an event.
  public record Lookup(String view, String alias, List<Key> keys, int offset) {
    public Lookup {
      keys = List.copyOf(keys);
    }
  }

  /// One equality of an ON: a key column of the lookup view, and what it is compared with.
  public record Key(String column, Expression value) {}
}
