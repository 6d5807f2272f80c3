// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits for what another thread or process does.
public final class Waiting {
  private static final long PERIOD_MILLIS = 20;

  private Waiting() {}

  /// Asks until the condition holds; fails after the time.
  public static void until(BooleanSupplier condition, Duration atMost) {
    until(condition::getAsBoolean, true, atMost);
  }

  /// Asks until the answer is there; fails with the last one after the time.
  public static <T> void until(Supplier<T> answer, T expected, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    T last = answer.get();
    while (!last.equals(expected) && System.nanoTime() < deadline) {
      try {
        boolean unused = never.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
      last = answer.get();
    }
    assertThat(last).as("the answer within %s", atMost).isEqualTo(expected);
  }
}
