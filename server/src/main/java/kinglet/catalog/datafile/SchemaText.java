// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.stream.Collectors;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;

/// Writes columns as a SCHEMA block has them, and reads them back.
public final class SchemaText {
  private SchemaText() {}

  public static String write(Schema schema) {
    return schema.columns().stream().map(SchemaText::write).collect(Collectors.joining(",\n"));
  }

  private static String write(Column column) {
    StringBuilder text = new StringBuilder();
    text.append('`')
        .append(column.name().replace("\\", "\\\\").replace("`", "\\`"))
        .append("` ")
        .append(column.type().sql());
    if (column.jsonPath() != null) {
      text.append(" `json:").append(column.jsonPath()).append('`');
    }
    if (column.defaultExpression() != null) {
      text.append(" DEFAULT ").append(column.defaultExpression());
    }
    if (column.codec() != null) {
      text.append(" CODEC(").append(column.codec()).append(')');
    }
    return text.toString();
  }

  /// Reads what [#write] made.
  public static Schema read(String text) {
    List<ColumnFile> columns = SchemaReader.parse("schema", text);
    return new Schema(
        columns.stream()
            .map(column -> {
              DataType type = column.type();
              if (type == null) {
                throw new IllegalStateException("A stored column has no type: " + column);
              }
              return column.typed(type);
            })
            .toList());
  }
}
