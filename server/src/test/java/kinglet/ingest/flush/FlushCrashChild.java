// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import kinglet.clickhouse.EngineSupervisor;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.journal.Appended;
import kinglet.journal.Journal;
import kinglet.journal.JournalEntry;
import kinglet.journal.JournalSettings;
import kinglet.journal.RocksJournal;
import kinglet.metrics.Metrics;
import kinglet.testkit.TestEngine;
import kinglet.thread.Threads;
import kinglet.time.MicrosClock;

/// Journal, flusher and engine under load until the process is killed.
///
/// Prints `engine pid`, then for each source what the tables hold of what earlier rounds appended
/// (`source ...`), then `acknowledged caller n`.
final class FlushCrashChild {
  static final int SOURCES = 2;
  static final int CALLERS = 4;
  static final long CALLER_SPAN = 1_000_000;

  private static final FlushSettings SETTINGS =
      new FlushSettings(
          Duration.ofMillis(15),
          1 << 24,
          2_000,
          Duration.ofSeconds(60),
          Duration.ofSeconds(60),
          Duration.ofMillis(5),
          Duration.ofMillis(50));

  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

  public static void main(String[] arguments) throws InterruptedException {
    new FlushCrashChild().run(Path.of(arguments[0]), Long.parseLong(arguments[1]));
  }

  private void run(Path directory, long round) throws InterruptedException {
    Metrics metrics = new Metrics();
    EngineSupervisor engine =
        EngineSupervisor.start(TestEngine.settings(directory.resolve("engine")), metrics);
    Journal journal =
        RocksJournal.open(
            JournalSettings.in(directory.resolve("journal")),
            MicrosClock.of(InstantSource.system()),
            metrics);
    List<EngineTables> tables = new ArrayList<>();
    for (String name : List.of("stored", "passing")) {
      tables.add(new EngineTables(engine.client(), "crash", name));
    }
    Flusher flusher =
        new Flusher(
            journal,
            engine.client(),
            id -> Optional.of(tables.get((int) id).target()),
            FlushRig.FILES,
            SETTINGS,
            () -> Long.MAX_VALUE,
            metrics);
    if (!engine.awaitRunning(Duration.ofSeconds(60))) {
      throw new IllegalStateException("the engine does not start");
    }
    if (round == 0) {
      engine.client().execute(Statement.of(Role.ADMIN, "CREATE DATABASE crash"));
      EngineTables unused = tables.get(0).make("MergeTree PARTITION BY part");
      unused = tables.get(1).make("Null");
    }
    flusher.start();
    if (!flusher.flushAll(Duration.ofSeconds(60))) {
      throw new IllegalStateException("what earlier rounds left is not flushed");
    }
    report(tables);
    say("engine " + engine.pid());
    try (var callers = Threads.virtual("caller")) {
      for (int caller = 0; caller < CALLERS; caller++) {
        long name = round * CALLERS + caller;
        callers.execute(() -> append(journal, flusher, name));
      }
      new CountDownLatch(1).await();
    }
  }

  /// Caller, appends, rows, distinct rows of the table; then what views say about them.
  private void report(List<EngineTables> tables) {
    String perCaller =
        "intDiv(id, 1000000) AS caller, max(modulo(id, 1000000)), count(), uniqExact(__seq),"
            + " uniqExact(id) FROM %s GROUP BY caller ORDER BY caller";
    String answer = tables.getFirst().ask(perCaller, "stored");
    for (String line : answer.isEmpty() ? new String[0] : answer.split("\n")) {
      say("caller " + line.replace('\t', ' '));
    }
    for (EngineTables table : tables) {
      say("stored " + table.stored().replace('\t', ' '));
      say("summed " + table.summed().replace('\t', ' '));
      say("totalled " + table.totalled().replace('\t', ' '));
      say("states " + table.states().replace('\t', ' '));
      say("quarantined " + table.quarantined().replace('\t', ' '));
    }
    say("reported");
  }

  /// Appends `n`, one row to each source and one to quarantine, as one unit.
  private void append(Journal journal, Flusher flusher, long caller) {
    for (long n = 0; n < CALLER_SPAN; n++) {
      long id = caller * CALLER_SPAN + n;
      List<JournalEntry> entries =
          List.of(
              EngineTables.rows(0, 4, "{}", id),
              EngineTables.rows(1, 4, "{}", id),
              EngineTables.quarantined(0, Long.toString(id)));
      Appended appended = journal.append(entries);
      say("acknowledged " + caller + " " + n);
      if (n % 50 == 49) {
        FlushOutcome unused =
            flusher.awaitFlushed(
                0, appended.firstSeq(), appended.lastSeq(), Duration.ofSeconds(10));
      }
    }
  }

  private void say(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
