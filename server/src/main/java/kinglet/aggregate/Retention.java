// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// `retention(first, ...)`: whether the first condition ever held, and each other one with it.
///
/// One word: a bit for each condition, and the top one for having seen a row.
final class Retention extends WordAggregate {
  static final int CONDITIONS_MAX = 32;

  private final int conditions;

  private Retention(int conditions) {
    super(new DataType.Array(new DataType.Int(8, false)), 1);
    this.conditions = conditions;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    call.argumentCount(2, CONDITIONS_MAX);
    for (int i = 0; i < call.arguments(); i++) {
      call.condition(i);
    }
    return new Retention(call.arguments());
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    long bits = states.word(row, word) | Long.MIN_VALUE;
    for (int i = 0; i < conditions; i++) {
      if (arguments[i].isTrue()) {
        bits |= 1L << i;
      }
    }
    states.setWord(row, word, bits);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    into.setWord(row, word, into.word(row, word) | from.word(fromRow, word));
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    long bits = states.word(row, word);
    long[] held = new long[bits == 0 ? 0 : conditions];
    for (int i = 0; i < held.length; i++) {
      held[i] = (bits & 1) & (bits >> i);
    }
    out.setObject(ListValue.ofBits(Shape.WHOLE, held));
  }
}
