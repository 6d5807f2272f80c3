// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.stream.Collectors;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// Writes columns as a SCHEMA block has them, and reads them back.
public final class SchemaText {
  private SchemaText() {}

  public static String write(Schema schema) {
    return schema.columns().stream().map(SchemaText::write).collect(Collectors.joining(",\n"));
  }

  private static String write(Column column) {
    return write(
        column.name(),
        column.type(),
        column.jsonPath(),
        column.defaultExpression(),
        column.codec());
  }

  static String write(ColumnFile column) {
    return write(
        column.name(),
        column.type(),
        column.jsonPath(),
        column.defaultExpression(),
        column.codec());
  }

  private static String write(
      String name,
      @Nullable DataType type,
      @Nullable String jsonPath,
      @Nullable String defaultExpression,
      @Nullable String codec) {
    return "`"
        + name.replace("\\", "\\\\").replace("`", "\\`")
        + "`"
        + (type == null ? "" : " " + type.sql())
        + (jsonPath == null ? "" : " `json:" + jsonPath + "`")
        + (defaultExpression == null ? "" : " DEFAULT " + defaultExpression)
        + (codec == null ? "" : " CODEC(" + codec + ")");
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
