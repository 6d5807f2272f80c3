// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.testkit.TestEngine;
import kinglet.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Engines that die, hang, or lose their parent.
final class SupervisionIT {
  /// Ends a test that waits for what does not come; how soon it comes is no matter of a machine's
  /// load. After how many pings an engine hangs says [HangDetectorTest].
  private static final Duration EVENT_MAX = Duration.ofSeconds(60);

  @Test
  void aKilledEngineComesBackWithItsData() throws Exception {
    Metrics metrics = new Metrics();
    try (TestEngine engine = TestEngine.start(metrics)) {
      String database = engine.newDatabase();
      ClickHouse clickhouse = engine.client();
      clickhouse.execute(
          Statement.of(
              Role.ADMIN,
              "CREATE TABLE " + database + ".t (a Int64) ENGINE = MergeTree ORDER BY a"));
      clickhouse.execute(
          Statement.of(Role.WRITER, "INSERT INTO " + database + ".t VALUES (1), (2)"));
      long before = engine.supervisor().pid();
      assertThat(ProcessHandle.of(before).orElseThrow().destroyForcibly()).isTrue();
      Waiting.until(() -> engine.supervisor().state() != EngineState.RUNNING, EVENT_MAX);
      assertUnavailable(clickhouse);
      assertThat(engine.supervisor().awaitRunning(EVENT_MAX)).isTrue();
      assertThat(engine.supervisor().pid()).isNotEqualTo(before);
      assertThat(
              clickhouse.text(Statement.of(Role.READER, "SELECT sum(a) FROM " + database + ".t")))
          .isEqualTo("3");
      assertThat(metrics.counter("kinglet.engine.restarts").count()).isEqualTo(1);
    }
  }

  @Test
  void aStoppedEngineIsNoticedAndReplaced() throws Exception {
    Metrics metrics = new Metrics();
    try (TestEngine engine = TestEngine.start(metrics)) {
      long pid = engine.supervisor().pid();
      signal("STOP", pid);
      Waiting.until(() -> engine.supervisor().state() != EngineState.RUNNING, EVENT_MAX);
      assertUnavailable(engine.client());
      assertThat(engine.supervisor().awaitRunning(EVENT_MAX)).isTrue();
      assertThat(ProcessHandle.of(pid)).isEmpty();
      assertThat(metrics.counter("kinglet.engine.hangs").count()).isEqualTo(1);
      assertThat(engine.client().text(Statement.of(Role.READER, "SELECT 1"))).isEqualTo("1");
    }
  }

  @Test
  void aRunningQueryFailsWhenItsEngineDies() throws Exception {
    try (TestEngine engine = TestEngine.start()) {
      ClickHouse clickhouse = engine.client();
      Statement endless =
          Statement.of(Role.READER, "SELECT number FROM numbers(1000000000000)")
              .withFormat("RowBinary");
      try (Answer answer = clickhouse.query(endless)) {
        assertThat(answer.body().readNBytes(100_000)).hasSize(100_000);
        signal("KILL", engine.supervisor().pid());
        assertThatThrownBy(() -> answer.body().transferTo(OutputStream.nullOutputStream()))
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void closingEndsTheEngine() throws Exception {
    TestEngine engine = TestEngine.start();
    ProcessHandle process = ProcessHandle.of(engine.supervisor().pid()).orElseThrow();
    engine.close();
    assertThat(process.isAlive()).isFalse();
    assertThat(engine.supervisor().state()).isEqualTo(EngineState.STOPPED);
    assertUnavailable(engine.client());
  }

  @Test
  void closingEndsRunningStatements() throws Exception {
    TestEngine engine = TestEngine.start();
    ClickHouse clickhouse = engine.client();
    ProcessHandle process = ProcessHandle.of(engine.supervisor().pid()).orElseThrow();
    try (Answer answer =
        clickhouse.query(Statement.of(Role.READER, "SELECT number FROM numbers(1000000000000)"))) {
      assertThat(answer.body().readNBytes(1_000)).hasSize(1_000);
      long began = System.nanoTime();
      engine.close();
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
      assertThat(process.isAlive()).isFalse();
    }
  }

  @Test
  void aQueryBeyondTheMemoryCapFailsAlone(@TempDir Path directory) throws Exception {
    EngineSettings small = TestEngine.settings(directory).withMemoryBytesMax(700L << 20);
    try (EngineSupervisor supervisor = EngineSupervisor.start(small, new Metrics())) {
      assertThat(supervisor.awaitRunning(EVENT_MAX)).isTrue();
      long pid = supervisor.pid();
      assertThatThrownBy(() ->
              supervisor
                  .client()
                  .text(
                      Statement.of(
                          Role.READER,
                          "SELECT length(groupArray(number)) FROM numbers(1000000000)")))
          .isInstanceOfSatisfying(
              PlatformException.class,
              failure -> assertThat(failure.code()).isEqualTo(ClickHouseError.MEMORY_LIMIT));
      assertThat(supervisor.client().text(Statement.of(Role.READER, "SELECT 1"))).isEqualTo("1");
      assertThat(supervisor.pid()).isEqualTo(pid);
    }
  }

  @Test
  void noEngineOutlivesItsParent(@TempDir Path directory) throws Exception {
    Process parent =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    EngineParent.class.getName(),
                    directory.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      ProcessHandle engine = ProcessHandle.of(enginePid(out)).orElseThrow();
      assertThat(engine.isAlive()).isTrue();
      parent.destroyForcibly();
      assertThat(parent.waitFor(EVENT_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
      ProcessHandle _ = engine.onExit().get(EVENT_MAX.toSeconds(), TimeUnit.SECONDS);
    } finally {
      parent.destroyForcibly();
    }
  }

  private static long enginePid(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(EngineParent.PID)) {
        return Long.parseLong(line.substring(EngineParent.PID.length()));
      }
    }
    throw new IOException("the parent ended without an engine");
  }

  /// Who waited for the next engine would get an answer.
  private static void assertUnavailable(ClickHouse clickhouse) {
    assertThatThrownBy(() -> clickhouse.text(Statement.of(Role.READER, "SELECT 1")))
        .isInstanceOfSatisfying(
            PlatformException.class,
            failure -> assertThat(failure.code()).isEqualTo(ClickHouseError.ENGINE_UNAVAILABLE));
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertThat(kill.waitFor(EVENT_MAX.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }
}
