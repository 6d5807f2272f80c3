// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits for what another process does.
public final class Waiting {
  private static final long PERIOD_MILLIS = 20;

  private Waiting() {}

  /// Asks until the condition holds; fails after the time.
  public static void until(BooleanSupplier condition, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the condition did not come true within " + atMost);
      }
      try {
        boolean unused = never.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
