// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigDecimal;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// `sessions(gap)`: how many runs of events there are that follow one another within `gap` seconds.
final class Sessions extends ObjectAggregate<SessionTimes> {
  private static final BigDecimal GAP_MAX = BigDecimal.valueOf(366L * 86_400);

  private final long gap;

  private Sessions(long gap) {
    super(new DataType.Int(64, false));
    this.gap = gap;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(1, 1);
    call.argumentCount(0, 1);
    BigDecimal seconds = call.number(0);
    if (seconds.signum() <= 0 || seconds.compareTo(GAP_MAX) > 0) {
      throw call.refusedParameters("takes a gap above 0 and of at most 366 days, in seconds");
    }
    return new Sessions(seconds.movePointRight(6).longValue());
  }

  @Override
  SessionTimes empty() {
    return new SessionTimes(gap);
  }

  @Override
  void add(SessionTimes state, Slot[] arguments, long micros, long seq) {
    state.add(micros, micros);
  }

  @Override
  void merge(SessionTimes into, SessionTimes from) {
    into.merge(from);
  }

  @Override
  void finish(@Nullable SessionTimes state, long readMicros, Slot out) {
    out.setWhole(state == null ? 0 : state.count());
  }
}
