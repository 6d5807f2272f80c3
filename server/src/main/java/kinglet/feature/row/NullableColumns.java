// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import kinglet.type.DataType;

/// Types as tables of values have them: a value may be NULL although its type says it never is, for
/// a row for which ClickHouse would fail.
public final class NullableColumns {
  private NullableColumns() {}

  /// The type with a place for NULL, where ClickHouse has such a type; lists and maps are empty
  /// instead.
  public static DataType of(DataType type) {
    DataType wire = type.wire();
    return switch (wire) {
      case DataType.NullableOf _, DataType.Array _, DataType.MapOf _, DataType.Tuple _ -> wire;
      default -> new DataType.NullableOf(wire);
    };
  }
}
