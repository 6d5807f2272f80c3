// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Instants as the database keeps them: microseconds since the epoch.
public final class Micros {
  private Micros() {}

  public static long of(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  public static Instant toInstant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }
}
