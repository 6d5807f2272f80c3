// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Rows of an answer as aligned text.
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(List<String> heading) {
    rows.add(heading);
  }

  /// The rows of a query's JSON answer.
  static Table of(JsonNode answer) {
    List<String> names = new ArrayList<>();
    answer.path("meta").forEach(column -> names.add(column.path("name").asString("")));
    Table table = new Table(names);
    for (JsonNode row : answer.path("data")) {
      table.add(names.stream().map(name -> text(row.get(name))).toList());
    }
    return table;
  }

  void add(List<String> row) {
    rows.add(row);
  }

  private static String text(JsonNode value) {
    return value.isValueNode() ? value.asString("") : value.toString();
  }

  void print(Console console, String indent) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int at = 0; at < columns; at++) {
        widths[at] = Math.max(widths[at], row.get(at).length());
      }
    }
    for (int index = 0; index < rows.size(); index++) {
      StringBuilder line = new StringBuilder(indent);
      for (int at = 0; at < columns; at++) {
        String cell = rows.get(index).get(at);
        line.append(cell);
        if (at < columns - 1) {
          line.append(" ".repeat(widths[at] - cell.length() + 2));
        }
      }
      console.print(index == 0 ? console.dim(line.toString()) : line.toString());
    }
  }
}
