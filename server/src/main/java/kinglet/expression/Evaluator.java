// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import kinglet.value.Slot;

/// A compiled expression with its working space; belongs to one thread.
@FunctionalInterface
public interface Evaluator {
  /// Puts the value for a row into a slot.
  void evaluate(Row row, Slot out);
}
