// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import kinglet.expression.Expression;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.type.DataType;

/// The columns that expressions of one kind may name, and which of them were named.
final class RowScope {
  /// No column of a data source is called so.
  private static final String NOW = "\u0000now";

  private final List<Named> columns = new ArrayList<>();
  private final BitSet used = new BitSet();

  /// @param table what may stand before the name; empty for what SQL texts cannot name
  private record Named(String table, String name, DataType type) {}

  void add(String table, String name, DataType type) {
    columns.add(new Named(table, name, type));
  }

  /// Adds the time that `now` means, at the end.
  void addNow() {
    add("", NOW, new DataType.DateTime64(6, "UTC"));
  }

  int size() {
    return columns.size();
  }

  DataType type(int place) {
    return columns.get(place).type();
  }

  BitSet used() {
    return (BitSet) used.clone();
  }

  OptionalInt find(Optional<String> table, String name) {
    for (int i = 0; i < columns.size(); i++) {
      Named column = columns.get(i);
      if (column.name().equals(name) && table.map(column.table()::equals).orElse(true)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  Computed compile(Expression expression) {
    if (expression instanceof Expression.Name(Optional<String> table, String name, int _, int _)) {
      int place =
          find(table, name)
              .orElseThrow(() ->
                  new DefinitionProblem(
                      expression.start(), "There is no column '" + expression.sql() + "'"));
      used.set(place);
      return new Computed(columns.get(place).type(), () -> (row, out) -> row.get(place, out));
    }
    throw new DefinitionProblem(
        expression.start(), "'" + expression.sql() + "' is not computed yet: name a column");
  }
}
