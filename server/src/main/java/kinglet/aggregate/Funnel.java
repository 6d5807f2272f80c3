// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Slot;

/// `windowFunnel(window)(time, first, ...)`: how many of the conditions held one after another
/// within a window of time that begins with the first.
final class Funnel extends Conditions {
  private final int window;

  private Funnel(int window, int conditions) {
    super(Call.orNull(new DataType.Int(8, false)), conditions);
    this.window = window;
  }

  static Aggregate bind(Call call) {
    call.parameterCount(1, 1);
    return new Funnel(call.whole(0, 0, Integer.MAX_VALUE), check(call, 1));
  }

  @Override
  void finish(Timeline state, Slot out) {
    boolean[] reached = new boolean[conditions];
    // When the newest chain that reached a condition began.
    long[] began = new long[conditions];
    for (int i = 0; i < state.size(); ) {
      long time = state.micros(i);
      long bits = 0;
      for (; i < state.size() && state.micros(i) == time; i++) {
        bits |= state.bits(i);
      }
      advance(time, bits, reached, began);
    }
    int level = conditions;
    while (level > 0 && !reached[level - 1]) {
      level--;
    }
    out.setWhole(level);
  }

  private void advance(long time, long bits, boolean[] reached, long[] began) {
    for (int c = 0; c < conditions; c++) {
      if ((bits >> c & 1) == 0) {
        continue;
      }
      if (c == 0) {
        reached[0] = true;
        began[0] = time;
      } else if (reached[c - 1] && time - began[c - 1] <= window) {
        reached[c] = true;
        began[c] = began[c - 1];
      }
    }
  }
}
