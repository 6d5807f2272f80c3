// SPDX-License-Identifier: Apache-2.0
package kinglet.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MicrosClockTest {
  @Test
  void neverRunsBackwards() {
    ArrayDeque<Instant> instants =
        new ArrayDeque<>(
            List.of(
                Instant.parse("2026-01-01T00:00:00.000002Z"),
                Instant.parse("2025-01-01T00:00:00Z"),
                Instant.parse("2026-01-01T00:00:00.000003999Z")));
    MicrosClock clock = MicrosClock.of(instants::remove);
    assertThat(clock.nowMicros()).isEqualTo(1_767_225_600_000_002L);
    assertThat(clock.nowMicros()).isEqualTo(1_767_225_600_000_002L);
    assertThat(clock.nowMicros()).isEqualTo(1_767_225_600_000_003L);
  }
}
