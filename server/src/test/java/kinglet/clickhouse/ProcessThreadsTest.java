// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.condition.OS.LINUX;

import java.time.Duration;
import kinglet.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;

@EnabledOnOs(LINUX)
final class ProcessThreadsTest {
  @Test
  void aProcessThatComputesWantsToRunUntilItIsStopped() throws Exception {
    Process spinning = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
    try {
      Waiting.until(() -> ProcessThreads.anyWantsToRun(spinning.pid()), Duration.ofSeconds(10));
      int stopped =
          new ProcessBuilder("kill", "-STOP", Long.toString(spinning.pid())).start().waitFor();
      assertThat(stopped).isZero();
      Waiting.until(() -> !ProcessThreads.anyWantsToRun(spinning.pid()), Duration.ofSeconds(10));
    } finally {
      spinning.destroyForcibly();
    }
  }

  @Test
  void aProcessThatWaitsDoesNotWantToRun() throws Exception {
    Process waiting = new ProcessBuilder("cat").start();
    try {
      Waiting.until(() -> !ProcessThreads.anyWantsToRun(waiting.pid()), Duration.ofSeconds(10));
    } finally {
      waiting.destroyForcibly();
    }
  }

  @Test
  void aProcessThatIsGoneDoesNotWantToRun() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    assertThat(ended.waitFor()).isZero();
    assertThat(ProcessThreads.anyWantsToRun(ended.pid())).isFalse();
  }
}
