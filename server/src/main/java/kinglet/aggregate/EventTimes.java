// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// Reads the times of a type as microseconds since 1970.
record EventTimes(long perMicros, long microsPer) {
  static EventTimes of(Call call, int index) {
    return switch (call.argument(index)) {
      case DataType.DateTime _ -> new EventTimes(1, 1_000_000);
      case DataType.DateTime64(int precision, String _) ->
          precision > 6
              ? new EventTimes(power(precision - 6), 1)
              : new EventTimes(1, power(6 - precision));
      default -> throw call.refusedType(index, "a DateTime or DateTime64");
    };
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }

  long micros(Slot slot) {
    return Math.floorDiv(slot.whole(), perMicros) * microsPer;
  }
}
