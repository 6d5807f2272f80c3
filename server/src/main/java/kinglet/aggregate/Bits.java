// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// `groupBitAnd`, `groupBitOr`, `groupBitXor` of integers of at most 64 bits.
///
/// Words: the bits, and whether there is a value.
final class Bits extends WordAggregate {
  /// How two values become one.
  enum Operation {
    AND,
    OR,
    XOR
  }

  private final Operation operation;

  private Bits(DataType type, Operation operation) {
    super(Call.orNull(type), 2);
    this.operation = operation;
  }

  static Aggregate bind(Call call, Operation operation) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    DataType type = call.argument(0);
    return switch (type) {
      case DataType.Int(int bits, boolean _) when bits <= 64 -> new Bits(type, operation);
      case DataType.Bool _ -> new Bits(new DataType.Int(8, false), operation);
      default -> throw call.refusedType(0, "an integer of at most 64 bits");
    };
  }

  private void combine(States states, int row, int word, long value) {
    long held = states.word(row, word);
    states.setWord(
        row,
        word,
        switch (operation) {
          case AND -> states.word(row, word + 1) == 0 ? value : held & value;
          case OR -> held | value;
          case XOR -> held ^ value;
        });
    states.setWord(row, word + 1, 1);
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    combine(states, row, word, arguments[0].whole());
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (from.word(fromRow, word + 1) != 0) {
      combine(into, row, word, from.word(fromRow, word));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (states.word(row, word + 1) == 0) {
      out.setNull();
    } else {
      out.setWhole(states.word(row, word));
    }
  }
}
