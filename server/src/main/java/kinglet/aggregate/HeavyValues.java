// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `topK(N)`, `topKWeighted(N)`: the N values with the most rows, or with the most weight.
final class HeavyValues extends ObjectAggregate<Weights> {
  static final int LIMIT_MAX = 1_024;
  private static final int VALUES_LEAST = 1_024;
  private static final int VALUES_EACH = 8;

  private final Holder holder;
  private final int limit;
  private final boolean weighted;

  private HeavyValues(Holder holder, int limit, boolean weighted) {
    super(new DataType.Array(holder.type()));
    this.holder = holder;
    this.limit = limit;
    this.weighted = weighted;
  }

  static Aggregate bind(Call call, boolean weighted) {
    call.parameterCount(1, 1);
    int count = weighted ? 2 : 1;
    call.argumentCount(count, count);
    int limit = call.whole(0, 1, LIMIT_MAX);
    if (weighted
        && !(call.argument(1) instanceof DataType.Int(int bits, boolean _) && bits <= 64)) {
      throw call.refusedType(1, "an integer");
    }
    return new HeavyValues(new Holder(call.comparable(0)), limit, weighted);
  }

  @Override
  Weights empty() {
    return new Weights(holder, Math.max(VALUES_LEAST, limit * VALUES_EACH));
  }

  @Override
  void add(Weights state, Slot[] arguments, long micros, long seq) {
    long weight = weighted ? arguments[1].whole() : 1;
    if (weight > 0) {
      state.add(arguments[0], weight);
    }
  }

  @Override
  void merge(Weights into, Weights from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable Weights state, long readMicros, Slot out) {
    Weights held = state == null ? empty() : state;
    int[] heaviest = held.heaviest(limit);
    out.setObject(held.keys().list(heaviest, heaviest.length));
  }
}
