// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.testkit.TestEngine;
import kinglet.testkit.Waiting;
import kinglet.thread.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// More statements than there are connections.
final class QueueIT {
  private static final String ENDLESS = "SELECT max(sipHash64(number)) FROM numbers(100000000000)";

  @Test
  void aFullQueueRefusesAtOnceAndOtherRolesGoOn(@TempDir Path directory) throws Exception {
    EngineSettings usual = TestEngine.settings(directory);
    EngineSettings small =
        new EngineSettings(
            usual.library(),
            usual.dataDirectory(),
            usual.classPath(),
            usual.javaHome(),
            usual.memoryBytesMax(),
            1,
            1,
            1,
            2,
            Duration.ofMinutes(1));
    try (EngineSupervisor supervisor = EngineSupervisor.start(small, new Metrics());
        ExecutorService callers = Threads.virtual("caller")) {
      assertThat(supervisor.awaitRunning(Duration.ofSeconds(60))).isTrue();
      ClickHouse clickhouse = supervisor.client();
      List<Statement> statements = new ArrayList<>();
      List<CompletableFuture<String>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Statement statement =
            Statement.of(Role.READER, ENDLESS).withTimeout(Duration.ofSeconds(60));
        statements.add(statement);
        answers.add(CompletableFuture.supplyAsync(() -> clickhouse.text(statement), callers));
        int expected = i + 1;
        Waiting.until(() -> waiting(supervisor) == expected, Duration.ofSeconds(20));
      }
      long began = System.nanoTime();
      assertThatThrownBy(() -> clickhouse.text(Statement.of(Role.READER, "SELECT 1")))
          .isInstanceOfSatisfying(
              PlatformException.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(ClickHouseError.ENGINE_UNAVAILABLE);
                assertThat(failure.details()).containsEntry("clickhouse_code", "202");
              });
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
      assertThat(clickhouse.text(Statement.of(Role.ADMIN, "SELECT 1"))).isEqualTo("1");
      statements.reversed().forEach(statement -> clickhouse.cancel(statement.queryId()));
      for (CompletableFuture<String> answer : answers) {
        assertThat(answer)
            .failsWithin(20, TimeUnit.SECONDS)
            .withThrowableThat()
            .withCauseInstanceOf(PlatformException.class);
      }
      assertThat(clickhouse.text(Statement.of(Role.READER, "SELECT 1"))).isEqualTo("1");
    }
  }

  /// Statements that run or wait in the engine.
  private static long waiting(EngineSupervisor supervisor) {
    return EnginePulse.running(supervisor.endpoint().orElseThrow().base(), Duration.ofSeconds(2));
  }
}
