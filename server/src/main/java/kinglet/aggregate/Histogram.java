// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;
import org.jspecify.annotations.Nullable;

/// `histogram(N)`: N bins with borders that follow the values, each with lower bound, upper bound
/// and height.
final class Histogram extends ObjectAggregate<HistogramBins> {
  static final int BINS_MAX = 250;

  /// As many more points are held than there will be bins.
  private static final int POINTS_EACH = 2;

  private final Reals reals;
  private final int bins;

  private Histogram(Reals reals, int bins) {
    super(new DataType.Array(bin()));
    this.reals = reals;
    this.bins = bins;
  }

  private static DataType bin() {
    DataType.TupleElement real = new DataType.TupleElement(null, new DataType.Float(64));
    return new DataType.Tuple(List.of(real, real, real));
  }

  static Aggregate bind(Call call) {
    call.parameterCount(1, 1);
    call.argumentCount(1, 1);
    if (!Call.isNumber(call.argument(0)) || Shape.of(call.argument(0)) == Shape.BIG) {
      throw call.refusedType(0, "a number of at most 64 bits");
    }
    return new Histogram(Reals.of(call, 0), call.whole(0, 1, BINS_MAX));
  }

  @Override
  HistogramBins empty() {
    return new HistogramBins(bins * POINTS_EACH);
  }

  @Override
  void add(HistogramBins state, Slot[] arguments, long micros, long seq) {
    double value = reals.of(arguments[0]);
    if (Double.isFinite(value)) {
      // One zero, not two.
      state.add(value + 0.0, 1);
    }
  }

  @Override
  void merge(HistogramBins into, HistogramBins from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable HistogramBins state, long readMicros, Slot out) {
    ListValue.Builder list = ListValue.builder(Shape.TUPLE, bins);
    if (state != null) {
      HistogramBins held = state.size() > bins ? state.copy() : state;
      while (held.size() > bins) {
        held.joinClosest();
      }
      double lower = held.least;
      for (int i = 0; i < held.size(); i++) {
        double upper = i == held.size() - 1 ? held.greatest : (held.mean(i) + held.mean(i + 1)) / 2;
        out.setObject(new TupleValue(List.of(one(lower), one(upper), one(held.weight(i)))));
        list = list.add(out);
        lower = upper;
      }
    }
    out.setObject(list.build());
  }

  private static ListValue one(double value) {
    return ListValue.ofBits(Shape.FLOAT, new long[] {Double.doubleToRawLongBits(value)});
  }
}
