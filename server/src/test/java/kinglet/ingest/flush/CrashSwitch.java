// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.function.Supplier;

/// Ends a simulated process at its n-th step to the outside, before or after the step took effect:
/// that call and every later one fail.
final class CrashSwitch {
  enum When {
    BEFORE,
    AFTER
  }

  private int stepsLeft = Integer.MAX_VALUE;
  private When when = When.BEFORE;
  private boolean crashed;

  synchronized void crashAt(int step, When moment) {
    stepsLeft = step;
    when = moment;
    crashed = false;
  }

  synchronized void restart() {
    stepsLeft = Integer.MAX_VALUE;
    crashed = false;
  }

  synchronized boolean crashed() {
    return crashed;
  }

  synchronized <T> T step(Supplier<T> effect) {
    if (crashed) {
      throw new CrashedException();
    }
    boolean now = --stepsLeft == 0;
    if (now) {
      crashed = true;
      notifyAll();
      if (when == When.BEFORE) {
        throw new CrashedException();
      }
    }
    T result = effect.get();
    if (now) {
      throw new CrashedException();
    }
    return result;
  }

  static final class CrashedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    CrashedException() {
      super("the process is gone");
    }
  }
}
