// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.Optional;
import java.util.function.Supplier;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// An expression with its type, from which every thread takes an evaluator of its own. Immutable.
///
/// A value may be NULL even if the type is not `Nullable`: that is the value of a row for which
/// ClickHouse would fail the query.
public final class Compiled {
  private final DataType type;
  private final Optional<Slot> constant;
  private final Supplier<Evaluator> evaluators;

  private Compiled(DataType type, Optional<Slot> constant, Supplier<Evaluator> evaluators) {
    this.type = type;
    this.constant = constant;
    this.evaluators = evaluators;
  }

  static Compiled of(DataType type, Supplier<Evaluator> evaluators) {
    return new Compiled(type, Optional.empty(), evaluators);
  }

  /// A value that is the same for all rows; the slot is not to be changed any more.
  static Compiled constant(DataType type, Slot value) {
    return new Compiled(type, Optional.of(value), () -> (row, out) -> out.set(value));
  }

  public DataType type() {
    return type;
  }

  /// The value, if it is the same for all rows; not to be changed.
  public Optional<Slot> constant() {
    return constant;
  }

  /// A new evaluator; it belongs to one thread.
  public Evaluator evaluator() {
    return evaluators.get();
  }

  /// The same values under another type of the same shape.
  Compiled as(DataType other) {
    return new Compiled(other, constant, evaluators);
  }

  /// The value evaluated now; for expressions that read no column.
  Compiled folded() {
    if (constant.isPresent()) {
      return this;
    }
    Slot value = new Slot();
    evaluator().evaluate((column, into) -> into.setNull(), value);
    return constant(type, value);
  }
}
