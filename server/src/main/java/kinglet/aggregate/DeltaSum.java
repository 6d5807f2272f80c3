// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// `deltaSum`: the sum of the rises from each event's value to the next one's.
///
/// A state knows its first and its last event: what comes before or after all of it joins it there;
/// an event between them, which only a tile can meet, is left out.
///
/// Words: the first event's [Moment] and value, the last one's, the sum.
final class DeltaSum extends WordAggregate {
  private static final int EVENT = Moment.WORDS + 1;
  private static final int SUM = 2 * EVENT;

  private final boolean isFloat;
  private final boolean unsigned;

  private DeltaSum(DataType type) {
    super(type, SUM + 1);
    this.isFloat = Shape.of(type) == Shape.FLOAT;
    this.unsigned = Call.isUnsigned(type);
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    call.argumentCount(1, 1);
    DataType type = call.argument(0);
    return switch (type) {
      case DataType.Int(int bits, boolean _) when bits <= 64 -> new DeltaSum(type);
      case DataType.Float _ -> new DeltaSum(type);
      default -> throw call.refusedType(0, "a float or an integer of at most 64 bits");
    };
  }

  private long plus(long one, long other) {
    return isFloat
        ? Double.doubleToRawLongBits(Double.longBitsToDouble(one) + Double.longBitsToDouble(other))
        : one + other;
  }

  /// The rise from one value to the next, or zero.
  private long rise(long from, long to) {
    if (isFloat) {
      double low = Double.longBitsToDouble(from);
      double high = Double.longBitsToDouble(to);
      return high > low ? Double.doubleToRawLongBits(high - low) : 0;
    }
    return (unsigned ? Long.compareUnsigned(to, from) : Long.compare(to, from)) > 0 ? to - from : 0;
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    long value = arguments[0].bits();
    boolean empty = Moment.isEmpty(states, row, word);
    boolean before = empty || Moment.isAfter(states, row, word, micros, seq);
    boolean after = empty || !Moment.isAfter(states, row, word + EVENT, micros, seq);
    if (before && !empty) {
      addRise(states, row, word, rise(value, states.word(row, word + Moment.WORDS)));
    } else if (after && !empty) {
      addRise(states, row, word, rise(states.word(row, word + EVENT + Moment.WORDS), value));
    }
    if (before) {
      set(states, row, word, value, micros, seq);
    }
    if (after) {
      set(states, row, word + EVENT, value, micros, seq);
    }
  }

  private void addRise(States states, int row, int word, long rise) {
    states.setWord(row, word + SUM, plus(states.word(row, word + SUM), rise));
  }

  private static void set(States states, int row, int word, long value, long micros, long seq) {
    Moment.set(states, row, word, micros, seq);
    states.setWord(row, word + Moment.WORDS, value);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (Moment.isEmpty(from, fromRow, word)) {
      return;
    }
    if (Moment.isEmpty(into, row, word)) {
      for (int i = 0; i < words(); i++) {
        into.setWord(row, word + i, from.word(fromRow, word + i));
      }
      return;
    }
    boolean first =
        Moment.isAfter(
            into, row, word, Moment.micros(from, fromRow, word), Moment.seq(from, fromRow, word));
    long sum = from.word(fromRow, word + SUM);
    if (first) {
      long rise =
          rise(
              from.word(fromRow, word + EVENT + Moment.WORDS), into.word(row, word + Moment.WORDS));
      into.setWord(row, word + SUM, plus(plus(sum, rise), into.word(row, word + SUM)));
      copyEvent(into, row, from, fromRow, word);
    } else {
      long rise =
          rise(
              into.word(row, word + EVENT + Moment.WORDS), from.word(fromRow, word + Moment.WORDS));
      into.setWord(row, word + SUM, plus(plus(into.word(row, word + SUM), rise), sum));
      copyEvent(into, row, from, fromRow, word + EVENT);
    }
  }

  private static void copyEvent(States into, int row, States from, int fromRow, int word) {
    for (int i = 0; i < EVENT; i++) {
      into.setWord(row, word + i, from.word(fromRow, word + i));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    long sum = states.word(row, word + SUM);
    out.setWhole(isFloat ? sum : narrow(sum));
  }

  /// A sum wraps around at the width of its type.
  private long narrow(long sum) {
    int bits = type().width() * Byte.SIZE;
    if (bits == Long.SIZE) {
      return sum;
    }
    int spare = Long.SIZE - bits;
    return unsigned ? sum << spare >>> spare : sum << spare >> spare;
  }
}
