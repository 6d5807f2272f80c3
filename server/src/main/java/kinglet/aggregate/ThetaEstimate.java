// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `uniqTheta`: about how many different values, by [LeastHashes].
final class ThetaEstimate extends ObjectAggregate<LeastHashes> {
  private static final long SEED = 0x6B696E676C657435L;

  private final Hashing hashing;

  private ThetaEstimate(Hashing hashing) {
    super(new DataType.Int(64, false));
    this.hashing = hashing;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(0, 0);
    return new ThetaEstimate(DistinctCount.hashing(call));
  }

  @Override
  LeastHashes empty() {
    return new LeastHashes();
  }

  @Override
  void add(LeastHashes state, Slot[] arguments, long micros, long seq) {
    state.add(hashing.hash(arguments, SEED));
  }

  @Override
  void merge(LeastHashes into, LeastHashes from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable LeastHashes state, long readMicros, Slot out) {
    out.setWhole(state == null ? 0 : state.estimate());
  }
}
