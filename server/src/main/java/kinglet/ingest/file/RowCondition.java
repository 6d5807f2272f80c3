// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.clickhouse.Identifiers;
import kinglet.type.Column;
import kinglet.type.Schema;

/// A condition on the rows of a file, over the columns of the data source.
///
/// @param reason what is said of a row for which it does not hold
/// @param quarantine whether such a row goes to quarantine
public record RowCondition(String reason, String condition, boolean quarantine) {
  /// Whether it holds for a row, as SQL over the file; NULL holds.
  ///
  /// A lambda gives values the names of columns, whatever the file's columns are called: a first
  /// one what the file says, a second one what a column is by its DEFAULT.
  String holds(Schema schema, Collection<FileSegment.FileColumn> given) {
    Map<String, String> values = new HashMap<>();
    given.forEach(column -> values.put(column.name(), column.value()));
    List<Column> used = used(schema);
    Map<String, String> said = new LinkedHashMap<>();
    Map<String, String> defaulted = new LinkedHashMap<>();
    for (Column column : used) {
      String name = Identifiers.quote(column.name());
      String value = values.get(column.name());
      String otherwise = column.defaultExpression();
      if (value != null) {
        said.put(name, value);
      } else if (otherwise == null) {
        said.put(name, cast("NULL", column));
      }
      if (otherwise != null) {
        defaulted.put(
            name,
            cast(value == null ? otherwise : "ifNull(" + name + ", " + otherwise + ")", column));
      }
    }
    return "ifNull(" + bound(said, bound(defaulted, "(" + condition + ")")) + " != 0, 1)";
  }

  /// The columns that the condition may name, and those that their defaults may name.
  private List<Column> used(Schema schema) {
    StringBuilder text = new StringBuilder(condition);
    List<Column> used = new ArrayList<>();
    boolean more = true;
    while (more) {
      more = false;
      for (Column column : schema.columns()) {
        if (!used.contains(column) && text.indexOf(column.name()) >= 0) {
          more = used.add(column);
          text.append(' ').append(column.defaultExpression());
        }
      }
    }
    return used;
  }

  private static String cast(String expression, Column column) {
    return "CAST(" + expression + ", " + ColumnCast.literal(column.type().sql()) + ")";
  }

  private static String bound(Map<String, String> values, String expression) {
    return values.isEmpty()
        ? expression
        : "arrayMap(("
            + String.join(", ", values.keySet())
            + ") -> "
            + expression
            + ", ["
            + String.join("], [", values.values())
            + "])[1]";
  }
}
