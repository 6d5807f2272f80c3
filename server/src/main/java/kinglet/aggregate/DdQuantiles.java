// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `quantileDD(accuracy, level)`: quantiles whose values are off by at most a share of themselves,
/// by buckets of logarithms (DDSketch).
final class DdQuantiles extends ObjectAggregate<DdQuantiles.Held> {
  /// Counts of the values above zero, of those below by magnitude, and of zeros.
  static final class Held implements ObjectState<Held> {
    final LogBuckets above;
    final LogBuckets below;
    long zeros;

    Held(LogBuckets above, LogBuckets below, long zeros) {
      this.above = above;
      this.below = below;
      this.zeros = zeros;
    }

    @Override
    public Held copy() {
      return new Held(above.copy(), below.copy(), zeros);
    }

    @Override
    public long bytes() {
      return 32 + above.bytes() + below.bytes();
    }

    @Override
    public void write(Bytes to) {
      to.putVarint(zeros);
      above.write(to);
      below.write(to);
    }

    @Override
    public void read(Input from) {
      zeros = from.nextVarint();
      from.check(zeros >= 0 && zeros < 1L << 50, "a count");
      above.read(from);
      below.read(from);
    }
  }

  private final Reals reals;
  private final double[] levels;
  private final boolean one;

  /// The ratio of a bucket's upper bound to its lower one.
  private final double ratio;

  private final double logRatio;

  private DdQuantiles(Reals reals, double accuracy, double[] levels, boolean one) {
    super(one ? Call.orNull(new DataType.Float(64)) : new DataType.Array(new DataType.Float(64)));
    this.reals = reals;
    this.levels = levels;
    this.one = one;
    this.ratio = (1 + accuracy) / (1 - accuracy);
    this.logRatio = StrictMath.log(ratio);
  }

  static Aggregate bind(Call call, boolean one) {
    call.argumentCount(1, 1);
    if (!Call.isNumber(call.argument(0)) || Shape.of(call.argument(0)) == Shape.BIG) {
      throw call.refusedType(0, "a number of at most 64 bits");
    }
    double[] levels = Quantiles.levels(call, 1, one);
    double accuracy = call.parameters().isEmpty() ? 0 : call.number(0).doubleValue();
    if (!(accuracy >= 0.0001 && accuracy <= 0.5)) {
      throw call.refusedParameters("takes an accuracy from 0.0001 to 0.5 as parameter 1");
    }
    return new DdQuantiles(Reals.of(call, 0), accuracy, levels, one);
  }

  @Override
  Held empty() {
    return new Held(new LogBuckets(), new LogBuckets(), 0);
  }

  @Override
  void add(Held state, Slot[] arguments, long micros, long seq) {
    double value = reals.of(arguments[0]);
    if (value == 0) {
      state.zeros++;
    } else if (Double.isFinite(value)) {
      int bucket = (int) Math.ceil(StrictMath.log(Math.abs(value)) / logRatio);
      (value > 0 ? state.above : state.below).add(bucket, 1);
    }
  }

  @Override
  void merge(Held into, Held from) {
    into.above.merge(from.above);
    into.below.merge(from.below);
    into.zeros += from.zeros;
  }

  @Override
  void finish(@Nullable Held state, long readMicros, Slot out) {
    if (state == null && one) {
      out.setNull();
      return;
    }
    long[] bits = new long[state == null ? 0 : levels.length];
    for (int i = 0; state != null && i < bits.length; i++) {
      bits[i] = Double.doubleToRawLongBits(value(state, levels[i]));
    }
    if (one) {
      out.setWhole(bits[0]);
    } else {
      out.setObject(ListValue.ofBits(Shape.FLOAT, bits));
    }
  }

  private double value(Held state, double level) {
    long below = state.below.count();
    long all = below + state.zeros + state.above.count();
    if (all == 0) {
      return Double.NaN;
    }
    double rank = level * (all - 1);
    if (rank < below) {
      return -middle(state.below.bucket(below - 1 - Math.floor(rank)));
    }
    if (rank < below + state.zeros) {
      return 0;
    }
    return middle(state.above.bucket(rank - below - state.zeros));
  }

  /// The value of a bucket that is as far from both bounds, as shares go.
  private double middle(int bucket) {
    return StrictMath.exp(bucket * logRatio) * 2 / (1 + ratio);
  }
}
