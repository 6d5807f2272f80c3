// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigInteger;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// `sum` into 128 or 256 bits, which wraps around as ClickHouse's does: of decimals and of integers
/// of more than 64 bits.
///
/// Words: the limbs of the sum, the lowest first, and whether there is one.
final class WideSum extends WordAggregate {
  private final Limbs limbs;
  private final boolean signed;
  private final boolean wholes;

  WideSum(DataType argument, DataType type, int limbs) {
    super(Call.orNull(type), limbs + 1);
    this.limbs = new Limbs(limbs);
    this.wholes = Shape.of(argument) == Shape.WHOLE;
    this.signed = !Call.isUnsigned(type);
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    if (wholes) {
      limbs.add(states, row, word, arguments[0].whole());
    } else {
      limbs.add(states, row, word, (BigInteger) arguments[0].object());
    }
    states.setWord(row, word + limbs.count(), 1);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    limbs.merge(into, row, word, from, fromRow);
    int present = word + limbs.count();
    into.setWord(row, present, into.word(row, present) | from.word(fromRow, present));
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (states.word(row, word + limbs.count()) == 0) {
      out.setNull();
    } else {
      out.setObject(limbs.value(states, row, word, signed));
    }
  }
}
