// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `uniq` and its kin: about how many different values, by [HyperLogLog].
final class DistinctEstimate extends ObjectAggregate<HyperLogLog> {
  static final int PRECISION = 12;
  static final int PRECISION_COMBINED = 14;
  static final int PRECISION_MAX = 17;
  private static final long SEED = 0x6B696E676C657433L;

  private final Hashing hashing;
  private final int precision;

  private DistinctEstimate(Hashing hashing, int precision) {
    super(new DataType.Int(64, false));
    this.hashing = hashing;
    this.precision = precision;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    return new DistinctEstimate(DistinctCount.hashing(call), PRECISION);
  }

  /// `uniqCombined(precision)`.
  static Aggregate bindPrecise(Call call) {
    call.parameterCount(0, 1);
    int precision =
        call.parameters().isEmpty() ? PRECISION_COMBINED : call.whole(0, PRECISION, PRECISION_MAX);
    return new DistinctEstimate(DistinctCount.hashing(call), precision);
  }

  @Override
  HyperLogLog empty() {
    return new HyperLogLog(precision);
  }

  @Override
  void add(HyperLogLog state, Slot[] arguments, long micros, long seq) {
    state.add(hashing.hash(arguments, SEED));
  }

  @Override
  void merge(HyperLogLog into, HyperLogLog from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable HyperLogLog state, long readMicros, Slot out) {
    out.setWhole(state == null ? 0 : state.estimate());
  }
}
