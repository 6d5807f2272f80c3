// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// What looks at the order in which conditions held: a [Timeline] of the last [#EVENTS_MAX] events
/// for which any did, in the order of the first argument, with a bit for each condition.
abstract class Conditions extends ObjectAggregate<Timeline> {
  static final int CONDITIONS_MAX = 32;
  static final int EVENTS_MAX = 1_024;
  private static final Holder BITS = new Holder(new DataType.Int(64, true));

  final int conditions;

  Conditions(DataType type, int conditions) {
    super(type);
    this.conditions = conditions;
  }

  /// Checks the arguments, a time and conditions, and says how many conditions there are.
  static int check(Call call, int least) {
    call.argumentCount(least + 1, CONDITIONS_MAX + 1);
    switch (call.argument(0)) {
      case DataType.Date _, DataType.DateTime _ -> {}
      case DataType.DateTime64 _ -> {}
      case DataType.Int(int bits, boolean signed) when !signed && bits <= 64 -> {}
      default -> throw call.refusedType(0, "a Date, DateTime, DateTime64 or unsigned integer");
    }
    for (int i = 1; i < call.arguments(); i++) {
      call.condition(i);
    }
    return call.arguments() - 1;
  }

  abstract void finish(Timeline state, Slot out);

  @Override
  final Timeline empty() {
    return new Timeline(BITS, EVENTS_MAX, true);
  }

  @Override
  final void add(Timeline state, Slot[] arguments, long micros, long seq) {
    long bits = 0;
    for (int i = 0; i < conditions; i++) {
      if (arguments[i + 1].isTrue()) {
        bits |= 1L << i;
      }
    }
    if (bits != 0) {
      state.add(bits, arguments[0].whole(), seq);
    }
  }

  @Override
  final void merge(Timeline into, Timeline from) {
    into.merge(from);
  }

  @Override
  final void finish(@Nullable Timeline state, long readMicros, Slot out) {
    if (state == null) {
      out.setNull();
    } else {
      finish(state, out);
    }
  }
}
