// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `groupArray(N)`, `groupArrayLast(N)`: the values of the first or last N events; and with
/// `groupUniqArray(N)`, `groupUniqArrayLast(N)` each value but once.
final class ArrayOfEvents extends ObjectAggregate<Timeline> {
  static final int LIMIT_MAX = 65_536;
  static final int DISTINCT_LIMIT_MAX = 1_024;

  private final Holder holder;
  private final Holder list;
  private final int limit;
  private final boolean last;
  private final boolean distinct;

  private ArrayOfEvents(Holder holder, int limit, boolean last, boolean distinct) {
    super(new DataType.Array(holder.type()));
    this.holder = holder;
    this.list = new Holder(type());
    this.limit = limit;
    this.last = last;
    this.distinct = distinct;
  }

  static Aggregate bind(Call call, boolean last, boolean distinct) {
    call.parameterCount(1, 1);
    call.argumentCount(1, 1);
    int limit = call.whole(0, 1, distinct ? DISTINCT_LIMIT_MAX : LIMIT_MAX);
    DataType type = distinct ? call.comparable(0) : call.known(0);
    return new ArrayOfEvents(new Holder(type), limit, last, distinct);
  }

  @Override
  Timeline empty() {
    return new Timeline(holder, limit, last);
  }

  @Override
  void add(Timeline state, Slot[] arguments, long micros, long seq) {
    if (distinct) {
      state.addDistinct(arguments[0], micros, seq);
    } else {
      state.add(arguments[0], micros, seq);
    }
  }

  @Override
  void merge(Timeline into, Timeline from) {
    if (distinct) {
      into.mergeDistinct(from);
    } else {
      into.merge(from);
    }
  }

  @Override
  void finish(@Nullable Timeline state, long readMicros, Slot out) {
    if (state == null) {
      list.giveNothing(out);
    } else {
      out.setObject(state.values());
    }
  }
}
