// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import kinglet.type.Column;
import kinglet.type.DataType;
import org.jspecify.annotations.Nullable;

/// A column as a file describes it; one without a type takes that of its DEFAULT.
public record ColumnFile(
    String name,
    @Nullable DataType type,
    @Nullable String jsonPath,
    @Nullable String defaultExpression,
    @Nullable String codec,
    Place place) {
  /// The column, once its type is known.
  public Column typed(DataType known) {
    return new Column(name, known, jsonPath, defaultExpression, codec);
  }
}
