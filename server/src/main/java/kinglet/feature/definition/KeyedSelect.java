// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.util.List;
import java.util.Optional;
import kinglet.expression.Expression;

/// A SELECT that reads feature views row by row: of views alone, or of another such SELECT.
///
/// @param where the conditions that AND joins
public record KeyedSelect(List<Item> items, Source source, List<Expression> where) {
  public KeyedSelect {
    items = List.copyOf(items);
    where = List.copyOf(where);
  }

  /// A column of the result, or all those of a table.
  public sealed interface Item {
    /// `expression AS name`.
    record Column(String name, Expression expression) implements Item {}

    /// `*` or `table.*`.
    record All(Optional<String> table) implements Item {}
  }

  /// What stands after FROM.
  public sealed interface Source {
    /// Every combination of rows of views.
    record Views(List<View> views) implements Source {
      public Views {
        views = List.copyOf(views);
      }
    }

    /// The rows of another SELECT.
    record Inner(KeyedSelect select, String alias) implements Source {}
  }

  /// A feature view, and what its columns may be prefixed with.
  public record View(String name, String alias) {}
}
