// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class HangDetectorTest {
  private static final OptionalLong SILENT = OptionalLong.empty();
  private static final OptionalLong FRESH = OptionalLong.of(10);
  private static final OptionalLong STALE = OptionalLong.of(HangDetector.HEARTBEAT_MILLIS_MAX + 1);

  private final HangDetector detector = new HangDetector();
  private Duration cpuTime = Duration.ofSeconds(5);

  @Test
  void anEngineThatAnswersDoesNotHang() {
    for (int i = 0; i < 100; i++) {
      assertThat(detector.hangs(FRESH, cpuTime, () -> false)).isFalse();
    }
  }

  @Test
  void aSilentIdleEngineHangsAfterAFewPings() {
    assertThat(detector.hangs(FRESH, cpuTime, () -> false)).isFalse();
    for (int i = 1; i < HangDetector.SILENT_PINGS_MAX; i++) {
      assertThat(detector.hangs(SILENT, cpuTime, () -> false)).isFalse();
    }
    assertThat(detector.hangs(SILENT, cpuTime, () -> false)).isTrue();
  }

  @Test
  void aStaleHeartbeatCountsAsSilence() {
    assertThat(detector.hangs(FRESH, cpuTime, () -> false)).isFalse();
    for (int i = 1; i < HangDetector.SILENT_PINGS_MAX; i++) {
      assertThat(detector.hangs(STALE, cpuTime, () -> false)).isFalse();
    }
    assertThat(detector.hangs(STALE, cpuTime, () -> false)).isTrue();
  }

  @Test
  void anAnswerInBetweenBeginsAnew() {
    for (int i = 0; i < 20; i++) {
      assertThat(detector.hangs(i % 2 == 0 ? SILENT : FRESH, cpuTime, () -> false)).isFalse();
    }
  }

  @Test
  void aSilentBusyEngineGetsLonger() {
    for (int i = 1; i < HangDetector.BUSY_PINGS_MAX; i++) {
      cpuTime = cpuTime.plusMillis(200);
      assertThat(detector.hangs(SILENT, cpuTime, () -> false)).isFalse();
    }
    cpuTime = cpuTime.plusMillis(200);
    assertThat(detector.hangs(SILENT, cpuTime, () -> false)).isTrue();
  }

  @Test
  void aSilentEngineThatIsGivenNoProcessorGetsLonger() {
    for (int i = 1; i < HangDetector.BUSY_PINGS_MAX; i++) {
      assertThat(detector.hangs(SILENT, cpuTime, () -> true)).isFalse();
    }
    assertThat(detector.hangs(SILENT, cpuTime, () -> true)).isTrue();
  }
}
