// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import kinglet.type.DataType;

/// The columns expressions may name, in the order in which a [Row] counts them. Immutable.
public record Columns(List<Column> columns) {
  public Columns {
    columns = List.copyOf(columns);
  }

  /// A column, and the name of its table where columns of several meet.
  public record Column(Optional<String> table, String name, DataType type) {
    public Column(String name, DataType type) {
      this(Optional.empty(), name, type);
    }
  }

  /// The place of the column of that name; without a table the first of the name.
  public OptionalInt find(Optional<String> table, String name) {
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.name().equals(name) && (table.isEmpty() || column.table().equals(table))) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
