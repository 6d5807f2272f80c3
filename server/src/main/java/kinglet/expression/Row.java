// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import kinglet.value.Slot;

/// The columns of one row, as an expression reads them.
@FunctionalInterface
public interface Row {
  /// Puts the value of a column, by its place in the [Columns] that the expression was compiled
  /// for, into a slot.
  void get(int column, Slot into);
}
