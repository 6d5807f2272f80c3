// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// `exponentialMovingAverage(half)(x, time)`: values that lose half of their weight every `half`
/// units of time, at the newest time.
///
/// Words: the newest time, the decayed sum at that time, and whether there is a value.
final class MovingAverage extends WordAggregate {
  private final Reals values;
  private final Reals times;
  private final double half;

  private MovingAverage(Reals values, Reals times, double half) {
    super(Call.orNull(new DataType.Float(64)), 3);
    this.values = values;
    this.times = times;
    this.half = half;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(1, 1);
    call.argumentCount(2, 2);
    double half = call.number(0).doubleValue();
    if (!(half > 0) || Double.isInfinite(half)) {
      throw call.refusedParameters("takes a half-life above 0");
    }
    Reals times =
        call.argument(1) instanceof DataType.DateTime
            ? Reals.of(new DataType.Int(32, false))
            : Reals.of(call, 1);
    return new MovingAverage(Reals.of(call, 0), times, half);
  }

  private double weight(double age) {
    return StrictMath.pow(2, -age / half);
  }

  private void combine(States states, int row, int word, double at, double value) {
    double held = states.word(row, word + 2) == 0 ? at : states.real(row, word);
    double newest = Math.max(held, at);
    double sum = states.real(row, word + 1) * weight(newest - held) + value * weight(newest - at);
    states.setReal(row, word, newest);
    states.setReal(row, word + 1, sum);
    states.setWord(row, word + 2, 1);
  }

  @Override
  public void add(
      States states, int row, int word, int object, Slot[] arguments, long micros, long seq) {
    combine(states, row, word, times.of(arguments[1]), values.of(arguments[0]));
  }

  @Override
  public void merge(States into, int row, int word, int object, States from, int fromRow) {
    if (from.word(fromRow, word + 2) != 0) {
      combine(into, row, word, from.real(fromRow, word), from.real(fromRow, word + 1));
    }
  }

  @Override
  public void finish(States states, int row, int word, int object, long readMicros, Slot out) {
    if (states.word(row, word + 2) == 0) {
      out.setNull();
    } else {
      // The weights of one value at each unit of time back to the beginning sum up to this.
      double weights = 1 / (1 - weight(1));
      out.setReal(states.real(row, word + 1) / weights);
    }
  }
}
