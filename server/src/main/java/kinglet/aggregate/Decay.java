// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// `exponentialTimeDecayedSum` and its kin: each value weighs e^(-age / length), its age being that
/// at the time of the read, in seconds.
///
/// Words: the newest time, the inverted bits of the decayed values at that time, and for the mean
/// the decayed count.
final class Decay extends WordAggregate {
  /// What is made of the decayed values.
  enum Measure {
    SUM,
    AVERAGE,
    COUNT,
    MAX
  }

  private final Reals values;
  private final EventTimes times;
  private final double lengthMicros;
  private final Measure measure;

  private Decay(Reals values, EventTimes times, double length, Measure measure) {
    super(Call.orNull(new DataType.Float(64)), measure == Measure.AVERAGE ? 3 : 2);
    this.values = values;
    this.times = times;
    this.lengthMicros = length * 1e6;
    this.measure = measure;
  }

  static Aggregate bind(Call call, Measure measure) {
    call.parameterCount(1, 1);
    double length = call.number(0).doubleValue();
    if (!(length > 0) || Double.isInfinite(length)) {
      throw call.refusedParameters("takes a length above 0");
    }
    int count = measure == Measure.COUNT ? 1 : 2;
    call.argumentCount(count, count);
    Reals values = measure == Measure.COUNT ? Reals.of(new DataType.Float(64)) : Reals.of(call, 0);
    return new Decay(values, EventTimes.of(call, count - 1), length, measure);
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    double value = measure == Measure.COUNT ? 1 : values.of(arguments[0]);
    combine(states, row, word, times.micros(arguments[measure == Measure.COUNT ? 0 : 1]), value, 1);
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (from.word(fromRow, word + 1) != 0) {
      double count = measure == Measure.AVERAGE ? from.real(fromRow, word + 2) : 1;
      combine(into, row, word, from.word(fromRow, word), value(from, fromRow, word), count);
    }
  }

  private static double value(States states, int row, int word) {
    return Double.longBitsToDouble(~states.word(row, word + 1));
  }

  private double weight(long ageMicros) {
    return StrictMath.exp(-ageMicros / lengthMicros);
  }

  private void combine(
      States states, int row, int word, long at, double otherValue, double otherCount) {
    boolean empty = states.word(row, word + 1) == 0;
    long held = empty ? at : states.word(row, word);
    long newest = Math.max(held, at);
    double mine = weight(newest - held);
    double theirs = weight(newest - at);
    double before = empty ? 0 : value(states, row, word) * mine;
    double now = otherValue * theirs;
    double value = empty ? now : measure == Measure.MAX ? Math.max(before, now) : before + now;
    states.setWord(row, word, newest);
    states.setWord(row, word + 1, ~Double.doubleToLongBits(value));
    if (measure == Measure.AVERAGE) {
      double count = states.real(row, word + 2) * mine;
      states.setReal(row, word + 2, count + otherCount * theirs);
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (states.word(row, word + 1) == 0) {
      out.setNull();
    } else if (measure == Measure.AVERAGE) {
      // Both have decayed alike since the newest time.
      out.setReal(value(states, row, word) / states.real(row, word + 2));
    } else {
      out.setReal(value(states, row, word) * weight(readMicros - states.word(row, word)));
    }
  }
}
