// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.infer;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a sample says of its rows.
///
/// @param rows how many rows of the sample were read
/// @param preview the first of them, value by column; numbers and arrays as JSON has them
public record Analysis(List<Field> fields, long rows, List<Map<String, Object>> preview) {
  public Analysis {
    fields = List.copyOf(fields);
    preview = List.copyOf(preview);
  }

  /// One column.
  ///
  /// @param path where its value stands in a JSON row; null for CSV
  /// @param element the type of one value: of an array's elements where the path goes into arrays
  /// @param type the column's type
  /// @param presentShare in how many of the rows it has a value, from 0 to 1
  public record Field(
      String name, @Nullable String path, String element, String type, double presentShare) {
    /// As a SCHEMA block has it; an array that rows may leave out is empty then.
    String text() {
      boolean array = type.startsWith("Array(");
      return name
          + " "
          + type
          + (path == null ? "" : " `json:" + path + "`")
          + (array && presentShare < 1 ? " DEFAULT []" : "");
    }
  }

  /// The columns as a SCHEMA block has them.
  public String schema() {
    return fields.stream().map(Field::text).collect(Collectors.joining(", "));
  }
}
