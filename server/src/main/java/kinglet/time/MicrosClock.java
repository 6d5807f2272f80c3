// SPDX-License-Identifier: Apache-2.0
package kinglet.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// Microseconds since the epoch that never decrease, safe from any thread.
@FunctionalInterface
public interface MicrosClock {
  long nowMicros();

  /// The clock over `source`; where that steps back, this one stands still.
  static MicrosClock of(InstantSource source) {
    AtomicLong latestMicros = new AtomicLong(Long.MIN_VALUE);
    return () -> latestMicros.accumulateAndGet(microsOf(source.instant()), Math::max);
  }

  private static long microsOf(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1_000);
  }
}
