// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import kinglet.error.PlatformException;

/// The columns of a data source, in order, with distinct names.
public record Schema(List<Column> columns) {
  public Schema {
    columns = List.copyOf(columns);
    Set<String> names = new HashSet<>();
    for (Column column : columns) {
      if (!names.add(column.name())) {
        throw new PlatformException(
            TypeError.INVALID_SCHEMA, "The column '" + column.name() + "' stands twice");
      }
    }
  }

  public static Schema of(Column... columns) {
    return new Schema(List.of(columns));
  }

  /// The same columns, found by their names alone.
  public Schema withoutPaths() {
    return new Schema(
        columns.stream()
            .map(column ->
                new Column(
                    column.name(), column.type(), null, column.defaultExpression(), column.codec()))
            .toList());
  }

  public int size() {
    return columns.size();
  }

  public Column column(int index) {
    return columns.get(index);
  }

  public OptionalInt indexOf(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }
}
