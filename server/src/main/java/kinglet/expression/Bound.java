// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.function.Supplier;
import kinglet.type.DataType;

/// A function for arguments of certain types: what it gives, and how.
///
/// @param dictionary whether the result of a `LowCardinality` argument is one, too
record Bound(DataType type, Supplier<Operation> operations, boolean dictionary) {
  Bound(DataType type, Supplier<Operation> operations) {
    this(type, operations, true);
  }

  /// A function without working space.
  static Bound of(DataType type, Operation operation) {
    return new Bound(type, () -> operation);
  }
}
