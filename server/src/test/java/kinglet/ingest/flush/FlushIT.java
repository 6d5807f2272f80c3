// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.EngineSupervisor;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.journal.Appended;
import kinglet.journal.Journal;
import kinglet.journal.JournalEntry;
import kinglet.journal.Journals;
import kinglet.metrics.Metrics;
import kinglet.testkit.ManualClock;
import kinglet.testkit.Seed;
import kinglet.testkit.TestEngine;
import kinglet.thread.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The flusher and a real engine: every row once, in the table, in cascaded views, in quarantine.
final class FlushIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final FlushSettings SLOW =
      new FlushSettings(
          Duration.ofHours(1),
          1 << 24,
          100_000,
          LONG,
          LONG,
          Duration.ofMillis(5),
          Duration.ofMillis(50));

  private final Journal journal = Journals.inMemory(new ManualClock(1_700_000_000_000_000L));
  private final ClickHouse clickHouse = TestEngine.shared().client();
  private final String database = TestEngine.shared().newDatabase();

  @TempDir Path directory;

  @AfterEach
  void close() throws Exception {
    journal.close();
  }

  private EngineTables tables(String name, String engine) {
    return new EngineTables(clickHouse, database, name).make(engine);
  }

  private static Flusher flusher(
      Journal journal, ClickHouse clickHouse, FlushSettings settings, EngineTables... tables) {
    Flusher flusher =
        new Flusher(
            journal,
            clickHouse,
            id -> Optional.of(tables[(int) id].target()),
            FlushRig.FILES,
            settings,
            () -> Long.MAX_VALUE,
            new Metrics());
    flusher.start();
    return flusher;
  }

  private Appended append(JournalEntry... entries) {
    return journal.append(List.of(entries));
  }

  @ParameterizedTest
  @EnumSource
  void aProcessThatEndsAtAnyStepStoresEveryRowOnce(CrashSwitch.When when) {
    EngineTables source = tables("source", "MergeTree PARTITION BY part");
    EngineTables passing = tables("passing", "Null");
    CrashSwitch crash = new CrashSwitch();
    long rows = 0;
    long sum = 0;
    long quarantined = 0;
    boolean through = false;
    for (int step = 1; !through; step++) {
      for (int i = 0; i < 3; i++) {
        Appended unused =
            append(
                EngineTables.rows(0, 3, "{\"a\": 1}", step, step + 1),
                EngineTables.quarantined(0, "x"),
                EngineTables.rows(1, 3, "{}", step, step + 1));
        rows += 2;
        sum += 2L * step + 1;
        quarantined++;
      }
      crash.crashAt(step, when);
      try (Flusher flusher =
          flusher(
              new CrashingJournal(journal, crash),
              new CrashingClickHouse(clickHouse, crash),
              SLOW,
              source,
              passing)) {
        while (!crash.crashed() && !through) {
          through = flusher.flushAll(Duration.ofMillis(5));
        }
      }
      through = through && !crash.crashed();
      crash.restart();
      try (Flusher flusher = flusher(journal, clickHouse, SLOW, source, passing)) {
        assertThat(flusher.flushAll(LONG)).isTrue();
      }
      String at = "step " + step + " " + when;
      assertThat(source.stored()).as(at).isEqualTo(rows + "\t" + rows + "\t" + sum);
      assertThat(source.summed()).as(at).isEqualTo(rows + "\t" + sum);
      assertThat(source.totalled()).as(at).isEqualTo(rows + "\t" + sum);
      assertThat(source.states()).as(at).isEqualTo(rows + "\t" + rows);
      assertThat(source.quarantined()).as(at).isEqualTo(quarantined + "\t" + quarantined);
      assertThat(passing.summed()).as(at).isEqualTo(rows + "\t" + sum);
      assertThat(passing.totalled()).as(at).isEqualTo(rows + "\t" + sum);
      assertThat(passing.states()).as(at).isEqualTo(rows + "\t" + rows);
    }
  }

  @Test
  void anInsertWithHundredsOfPartitionsIsOneAndIsRepeatedAsOne() {
    EngineTables source = tables("source", "MergeTree PARTITION BY part");
    CrashSwitch crash = new CrashSwitch();
    Appended unused = append(EngineTables.rows(0, 700, "{}", LongStream.range(0, 1_400).toArray()));
    crash.crashAt(1, CrashSwitch.When.AFTER);
    try (Flusher flusher =
        flusher(journal, new CrashingClickHouse(clickHouse, crash), SLOW, source)) {
      while (!crash.crashed()) {
        boolean again = flusher.flushAll(Duration.ofMillis(5));
        assertThat(again).isFalse();
      }
    }
    try (Flusher flusher = flusher(journal, clickHouse, SLOW, source)) {
      assertThat(flusher.flushAll(LONG)).isTrue();
    }
    assertThat(source.stored()).isEqualTo("1400\t1400\t" + 1_399 * 700);
    assertThat(source.totalled()).isEqualTo("1400\t" + 1_399 * 700);
    assertThat(source.states()).isEqualTo("1400\t1400");
  }

  @Test
  void rowsThatTheTableRefusesGoToQuarantineWithTheReason() {
    EngineTables source = tables("source", "MergeTree");
    long[] ids = LongStream.range(0, 50).toArray();
    ids[7] = EngineTables.REFUSED;
    try (Flusher flusher = flusher(journal, clickHouse, SLOW, source)) {
      Appended appended =
          append(
              EngineTables.rows(0, 1, "{}", ids),
              EngineTables.rows(0, 1, "not json", 100),
              EngineTables.rows(0, 1, "{\"it's\": \"fine\"}", 101));
      FlushOutcome outcome = flusher.awaitFlushed(0, appended.firstSeq(), appended.lastSeq(), LONG);

      assertThat(outcome).isEqualTo(new FlushOutcome.Incomplete(List.of(), 2));
      assertThat(source.stored()).startsWith("50\t50\t");
      assertThat(source.totalled()).startsWith("50\t");
      assertThat(
              source.ask(
                  "id, doc, __seq, insertion_date = toDateTime(__ingested_at),"
                      + " c__error[1] LIKE '%%onstraint%%' OR c__error[1] LIKE '%%JSON%%'"
                      + " FROM %s ORDER BY __seq",
                  "source_quarantine"))
          .isEqualTo("1000666\t{}\t8\t1\t1\n100\tnot json\t51\t1\t1");
    }
  }

  @Test
  void aViewThatThrowsKeepsNoRowFromTheTableAndTheOtherViews() {
    EngineTables source = tables("source", "MergeTree").withStrictView();
    try (Flusher flusher = flusher(journal, clickHouse, SLOW, source)) {
      Appended good = append(EngineTables.rows(0, 1, "{}", 1, 2));
      assertThat(flusher.awaitFlushed(0, good.firstSeq(), good.lastSeq(), LONG))
          .isEqualTo(new FlushOutcome.Stored());
      Appended bad = append(EngineTables.rows(0, 1, "{}", 3, EngineTables.REFUSED_BY_VIEW));

      assertThat(flusher.awaitFlushed(0, bad.firstSeq(), bad.lastSeq(), LONG))
          .isInstanceOfSatisfying(
              FlushOutcome.Incomplete.class,
              incomplete -> {
                assertThat(incomplete.views()).hasSize(1);
                assertThat(incomplete.views().getFirst())
                    .startsWith(database + ".source_view_strict: ")
                    .contains("this view is strict");
              });
      assertThat(source.stored()).startsWith("4\t4\t");
      assertThat(source.totalled()).startsWith("4\t");
      assertThat(source.states()).isEqualTo("4\t4");
      assertThat(source.ask("count() FROM %s", "source_strict")).isEqualTo("2");
    }
  }

  @Test
  void aViewWhoseTargetIsMissingForAWhileGetsEveryRowOnce() {
    EngineTables source = tables("source", "MergeTree");
    clickHouse.execute(
        Statement.of(
            Role.ADMIN, "RENAME TABLE %1$s.source_total TO %1$s.gone".formatted(database)));
    try (Flusher flusher = flusher(journal, clickHouse, SLOW, source)) {
      Appended unused = append(EngineTables.rows(0, 1, "{}", 1, 2));
      assertThat(FlushRig.awaitFailure(flusher)).contains("source_total");
      clickHouse.execute(
          Statement.of(
              Role.ADMIN, "RENAME TABLE %1$s.gone TO %1$s.source_total".formatted(database)));
      assertThat(flusher.flushAll(LONG)).isTrue();
    }
    assertThat(source.stored()).isEqualTo("2\t2\t3");
    assertThat(source.summed()).isEqualTo("2\t3");
    assertThat(source.totalled()).isEqualTo("2\t3");
    assertThat(source.states()).isEqualTo("2\t2");
  }

  @Test
  void aViewWhoseTargetStaysAwayHoldsUpTheRowsForAWhileOnly() {
    EngineTables source = tables("source", "MergeTree");
    clickHouse.execute(Statement.of(Role.ADMIN, "DROP TABLE %s.source_total".formatted(database)));
    FlushSettings impatient =
        new FlushSettings(
            Duration.ofHours(1),
            1 << 24,
            100_000,
            LONG,
            Duration.ofMillis(200),
            Duration.ofMillis(5),
            Duration.ofMillis(50));
    try (Flusher flusher = flusher(journal, clickHouse, impatient, source)) {
      Appended appended = append(EngineTables.rows(0, 1, "{}", 1, 2));
      assertThat(flusher.awaitFlushed(0, appended.firstSeq(), appended.lastSeq(), LONG))
          .isInstanceOfSatisfying(
              FlushOutcome.Incomplete.class,
              incomplete -> assertThat(incomplete.views()).hasSize(1));
    }
    assertThat(source.stored()).isEqualTo("2\t2\t3");
    assertThat(source.summed()).isEqualTo("2\t3");
    assertThat(source.states()).isEqualTo("2\t2");
  }

  @Test
  void aColumnThatIsGoneIsLeftOut() {
    EngineTables source = tables("source", "MergeTree");
    FlushTarget now = source.target();
    var schemas = new java.util.TreeMap<>(now.schemas());
    schemas.put(
        2,
        kinglet.type.Schema.of(
            kinglet.type.Column.of("id", "UInt64"), kinglet.type.Column.of("part", "UInt16")));
    clickHouse.execute(
        Statement.of(Role.ADMIN, "ALTER TABLE %s.source DROP COLUMN doc".formatted(database)));
    FlushTarget changed =
        new FlushTarget(
            "source",
            database,
            "source",
            "source_quarantine",
            true,
            schemas,
            now.quarantineSchemas());
    Appended unused = append(EngineTables.rows(0, 1, "{}", 5));
    try (Flusher flusher =
        new Flusher(
            journal,
            clickHouse,
            _ -> Optional.of(changed),
            FlushRig.FILES,
            SLOW,
            () -> Long.MAX_VALUE,
            new Metrics())) {
      flusher.start();
      assertThat(flusher.flushAll(LONG)).isTrue();
    }
    assertThat(source.stored()).isEqualTo("1\t1\t5");
  }

  @Test
  void aClaimWithoutAPartIsWithdrawnWhenTheEngineRestarts() throws Exception {
    try (TestEngine engine = TestEngine.start()) {
      String ownDatabase = engine.newDatabase();
      EngineTables source =
          new EngineTables(engine.client(), ownDatabase, "source").make("MergeTree");
      CrashSwitch crash = new CrashSwitch();
      Appended unused = append(EngineTables.rows(0, 1, "{}", 1, 2));
      crash.crashAt(1, CrashSwitch.When.AFTER);
      try (Flusher flusher =
          flusher(journal, new CrashingClickHouse(engine.client(), crash), SLOW, source)) {
        while (!crash.crashed()) {
          boolean again = flusher.flushAll(Duration.ofMillis(5));
          assertThat(again).isFalse();
        }
      }
      List<String> paths =
          List.of(
              source
                  .ask(
                      "path FROM system.parts WHERE database = '"
                          + ownDatabase
                          + "' AND table IN ('source', 'source_total') AND active",
                      "")
                  .split("\n"));
      assertThat(paths).hasSize(2);
      killAndAwaitRestart(engine.supervisor(), () -> paths.forEach(path -> delete(Path.of(path))));
      try (Flusher flusher = flusher(journal, engine.client(), SLOW, source)) {
        assertThat(flusher.flushAll(LONG)).isTrue();
      }
      assertThat(source.stored()).isEqualTo("2\t2\t3");
      assertThat(source.summed()).isEqualTo("2\t3");
      assertThat(source.totalled()).isEqualTo("2\t3");
    }
  }

  /// Stops the engine's process dead, changes its files before they are read again.
  private static void killAndAwaitRestart(EngineSupervisor supervisor, Runnable whileDead)
      throws Exception {
    long pid = supervisor.pid();
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    assertThat(process.destroyForcibly()).isTrue();
    process.onExit().get(10, TimeUnit.SECONDS);
    whileDead.run();
    awaitOther(supervisor, pid);
  }

  private static void awaitOther(EngineSupervisor supervisor, long pid) throws Exception {
    long endNanos = System.nanoTime() + LONG.toNanos();
    while (supervisor.pid() == pid || !supervisor.awaitRunning(Duration.ofSeconds(20))) {
      assertThat(System.nanoTime()).isLessThan(endNanos);
      Thread.onSpinWait();
    }
  }

  private static void delete(Path part) {
    try (Stream<Path> files = Files.walk(part)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void anEngineThatIsKilledAgainAndAgainGetsEveryRowOnce() throws Exception {
    Seed seed = Seed.next();
    RandomGenerator random = seed.random();
    FlushSettings quick =
        new FlushSettings(
            Duration.ofMillis(20),
            1 << 24,
            5_000,
            LONG,
            LONG,
            Duration.ofMillis(5),
            Duration.ofMillis(50));
    try (TestEngine engine = TestEngine.start()) {
      String ownDatabase = engine.newDatabase();
      EngineTables source =
          new EngineTables(engine.client(), ownDatabase, "source")
              .make("MergeTree PARTITION BY part");
      EngineTables passing = new EngineTables(engine.client(), ownDatabase, "passing").make("Null");
      AtomicBoolean done = new AtomicBoolean();
      long[] sums = new long[2];
      try (Flusher flusher = flusher(journal, engine.client(), quick, source, passing)) {
        Thread feeder = Threads.platform("feeder", () -> feed(done, sums));
        for (int kill = 0; kill < 4; kill++) {
          long afterNanos = System.nanoTime() + random.nextLong(50_000_000, 1_500_000_000);
          long flushed = flusher.flushedSeq();
          while (System.nanoTime() < afterNanos || flusher.flushedSeq() == flushed) {
            Thread.onSpinWait();
          }
          long pid = engine.supervisor().pid();
          boolean unused = ProcessHandle.of(pid).orElseThrow().destroyForcibly();
          awaitOther(engine.supervisor(), pid);
        }
        done.set(true);
        assertThat(feeder.join(LONG)).isTrue();
        assertThat(flusher.flushAll(LONG)).as("%s", seed).isTrue();
      }
      assertThat(source.stored()).isEqualTo(sums[0] + "\t" + sums[0] + "\t" + sums[1]);
      for (EngineTables tables : List.of(source, passing)) {
        assertThat(tables.summed()).as("%s", seed).isEqualTo(sums[0] + "\t" + sums[1]);
        assertThat(tables.totalled()).as("%s", seed).isEqualTo(sums[0] + "\t" + sums[1]);
        assertThat(tables.states()).as("%s", seed).isEqualTo(sums[0] + "\t" + sums[0]);
      }
    }
  }

  private void feed(AtomicBoolean done, long[] sums) {
    for (long id = 0; !done.get(); id += 3) {
      Appended unused =
          append(
              EngineTables.rows(0, 5, "{}", id, id + 1, id + 2),
              EngineTables.rows(1, 5, "{}", id, id + 1, id + 2));
      sums[0] += 3;
      sums[1] += 3 * id + 3;
      java.util.concurrent.locks.LockSupport.parkNanos(200_000);
    }
  }
}
