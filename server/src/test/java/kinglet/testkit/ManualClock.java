// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import java.util.concurrent.atomic.AtomicLong;
import kinglet.time.MicrosClock;

/// A clock that moves only when told.
public final class ManualClock implements MicrosClock {
  private final AtomicLong nowMicros;

  public ManualClock(long nowMicros) {
    this.nowMicros = new AtomicLong(nowMicros);
  }

  public void advanceMicros(long micros) {
    nowMicros.addAndGet(micros);
  }

  @Override
  public long nowMicros() {
    return nowMicros.get();
  }
}
