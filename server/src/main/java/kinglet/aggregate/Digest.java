// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `quantileTDigest`: quantiles by a [TDigest], closest at both ends.
final class Digest extends ObjectAggregate<TDigest> {
  private final Reals reals;
  private final double[] levels;
  private final boolean one;

  private Digest(Reals reals, double[] levels, boolean one) {
    super(one ? Call.orNull(new DataType.Float(32)) : new DataType.Array(new DataType.Float(32)));
    this.reals = reals;
    this.levels = levels;
    this.one = one;
  }

  static Aggregate bind(Call call, boolean one) {
    call.argumentCount(1, 1);
    if (!Call.isNumber(call.argument(0)) || Shape.of(call.argument(0)) == Shape.BIG) {
      throw call.refusedType(0, "a number of at most 64 bits");
    }
    return new Digest(Reals.of(call, 0), Quantiles.levels(call, 0, one), one);
  }

  @Override
  TDigest empty() {
    return new TDigest();
  }

  @Override
  void add(TDigest state, Slot[] arguments, long micros, long seq) {
    double value = reals.of(arguments[0]);
    if (Double.isFinite(value)) {
      state.add(value);
    }
  }

  @Override
  void merge(TDigest into, TDigest from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable TDigest state, long readMicros, Slot out) {
    double[] values = state == null ? new double[0] : state.quantiles(levels);
    if (!one) {
      long[] bits = new long[values.length];
      for (int i = 0; i < bits.length; i++) {
        bits[i] = Double.doubleToRawLongBits((float) values[i]);
      }
      out.setObject(ListValue.ofBits(Shape.FLOAT, bits));
    } else if (state == null) {
      out.setNull();
    } else {
      out.setReal((float) values[0]);
    }
  }
}
