// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

/// Where in a query a table is named.
public enum ReferenceKind {
  /// After FROM, JOIN or a comma.
  TABLE,
  /// Right of IN: a table, or else a column that only looks like one.
  IN_OPERAND,
  /// The first argument of `joinGet` or `joinGetOrNull`.
  JOIN_STORAGE
}
