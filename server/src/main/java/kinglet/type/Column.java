// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import org.jspecify.annotations.Nullable;

/// A column of a data source.
///
/// @param jsonPath where its value stands in a JSON row, such as `$.user.id`
/// @param defaultExpression the SQL of its DEFAULT
/// @param codec the text inside `CODEC(…)`
public record Column(
    String name,
    DataType type,
    @Nullable String jsonPath,
    @Nullable String defaultExpression,
    @Nullable String codec) {
  public static Column of(String name, String type) {
    return new Column(name, DataType.parse(type), null, null, null);
  }

  /// This column with its value at `path` of a JSON row.
  public Column at(String path) {
    return new Column(name, type, path, defaultExpression, codec);
  }

  /// This column with a DEFAULT.
  public Column withDefault(String expression) {
    return new Column(name, type, jsonPath, expression, codec);
  }
}
