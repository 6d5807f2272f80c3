// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.List;

/// A table with values for the rows of a spine, and the columns of it that the set has.
///
/// @param table ready for SQL
record Values(String table, List<ValueColumn> columns) {
  Values {
    columns = List.copyOf(columns);
  }

  /// A column of the set.
  ///
  /// @param found the column that says what the read found, by the ordinal of
  ///   [kinglet.state.ReadStatus]
  record ValueColumn(String name, String type, String found) {}
}
