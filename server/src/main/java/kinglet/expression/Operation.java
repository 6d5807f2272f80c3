// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import kinglet.value.Slot;

/// The work of a function for one row; may own working space and then belongs to one thread.
@FunctionalInterface
interface Operation {
  /// Puts the result for the arguments into a slot that is none of theirs.
  void apply(Slot[] arguments, Slot out);
}
