// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// How many durable rows a second reach ClickHouse, a table and its materialized view, and
/// features: events through Kinglet's journal, against the same bytes inserted straight into
/// libchdb, and the same rows in QuestDB and PostgreSQL.
///
/// A row counts when it is in the table; a contender's clock stops when its last row is there.
final class IngestBenchmark {
  private static final int CONNECTIONS = 32;
  private static final int WRITERS = 8;
  private static final int[] ROWS_PER_REQUEST = {1, 100, 10_000};

  private final Plan plan;
  private final int rows;
  private final List<Contender> contenders = new ArrayList<>();

  private IngestBenchmark(Plan plan, int rows) {
    this.plan = plan;
    this.rows = rows;
  }

  /// Each size gets contenders of its own: the thousands of parts that small inserts leave behind
  /// would slow large ones down.
  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    Page page = page(plan);
    for (int rows : ROWS_PER_REQUEST) {
      try (Directory own = Directory.create("kinglet");
          Directory engines = Directory.create("engine");
          Directory quests = Directory.create("questdb");
          Directory databases = Directory.create("postgres");
          KingletPeer kinglet = KingletPeer.startWithFeatures(own.path());
          EnginePeer engine = EnginePeer.start(home, engines.path(), WRITERS);
          QuestPeer quest = QuestPeer.start(quests.path())) {
        FlightTables tables = new FlightTables(kinglet.database());
        // The engine keeps the promise Kinglet's answer makes: on disk when told. Bodies are sent
        // again and again, and each counts.
        tables.define(
            kinglet,
            engine,
            "fsync_after_insert = 1, fsync_part_directory = 1,"
                + " non_replicated_deduplication_window = 0");
        Optional<PostgresPeer> postgres = PostgresPeer.start(databases.path());
        try {
          IngestBenchmark benchmark = new IngestBenchmark(plan, rows);
          benchmark.add(home, kinglet, new FlightStore.OfKinglet(kinglet, tables));
          benchmark.add(home, kinglet, new FlightStore.OfEngine(engine, tables));
          benchmark.add(home, kinglet, new FlightStore.OfQuest(quest));
          if (postgres.isPresent()) {
            benchmark.add(home, kinglet, new FlightStore.OfPostgres(postgres.get()));
          }
          benchmark.measure(page);
        } finally {
          postgres.ifPresent(PostgresPeer::close);
        }
      }
    }
    return page;
  }

  private record Contender(FlightStore store, FlightBodies bodies, List<Round> rounds) {
    double[] rowsPerSecond() {
      return rounds.stream().mapToDouble(Round::rowsPerSecond).toArray();
    }
  }

  private void add(Home home, KingletPeer kinglet, FlightStore store) throws IOException {
    FlightBodies bodies = FlightBodies.of(home, kinglet, store.format(), plan.rows(), rows);
    contenders.add(new Contender(store, bodies, new ArrayList<>()));
  }

  /// What one contender did in one round.
  ///
  /// @param answeredSeconds when the last request was answered
  /// @param storedSeconds when the last row was where it belongs
  private record Round(long rows, double answeredSeconds, double storedSeconds) {
    double rowsPerSecond() {
      return rows / storedSeconds;
    }

    /// Percent of the time that went by after the last answer.
    double drainPercent() {
      return 100 * (1 - answeredSeconds / storedSeconds);
    }
  }

  private static Page page(Plan plan) {
    return new Page("ingest: durable rows, their features and ClickHouse", "./kinglet bench ingest")
        .line(
            "Flights over "
                + CONNECTIONS
                + " connections, each sending its next request when the last is answered, which")
        .line("means: on disk.")
        .line("")
        .line(
            "- Kinglet: `POST /v0/events` with NDJSON, fsynced in the journal, then in 20 features of the flight's")
        .line(
            "  origin (5 aggregates over exact windows of 1 hour to 7 days) and one over all time, and later in a")
        .line(
            "  MergeTree table and an AggregatingMergeTree by a materialized view. It is answered when the features")
        .line("  have it.")
        .line(
            "- libchdb: `INSERT ... FORMAT JSONEachRow` of the same bytes into the same table and view with")
        .line(
            "  `fsync_after_insert = 1`, over "
                + WRITERS
                + " writing sessions of the engine process.")
        .line(
            "- QuestDB: line protocol over HTTP into a table with its log on, `cairo.commit.mode=sync`; nothing else")
        .line("  to fill.")
        .line(
            "- PostgreSQL: `COPY` of CSV into a table, a commit for each request, `synchronous_commit = on`; nothing")
        .line("  else to fill.")
        .line("")
        .line(
            "A clock stops when every row is where it belongs, which is checked for each round: in table and view,")
        .line(
            "and in Kinglet's features. The flights of six months are sent in their order as if of one day, and")
        .line(
            "again as the day after, all within the last "
                + FlightBodies.DAYS
                + " days, so that each is in windows of 7 days. Each size")
        .line(
            "begins with empty servers. Contenders take turns: "
                + warmUp(plan).toMillis() / 1e3
                + " s that do not count, then "
                + plan.rounds()
                + " rounds of "
                + slice(plan).toMillis() / 1e3
                + " s.")
        .line(
            "Medians over the rounds, the ratio's spread in brackets. All share the cores with the load generator,")
        .line("which is in Kinglet's process.")
        .line("")
        .line(
            "Kinglet answers sooner than ClickHouse takes the rows, and what waits in the journal at the last answer")
        .line(
            "is on its clock: *draining* is that share of its time. Merges that are still due in the background are on")
        .line("no clock.");
  }

  private static Duration warmUp(Plan plan) {
    return slice(plan);
  }

  private static Duration slice(Plan plan) {
    return plan.measure().dividedBy(2);
  }

  private void measure(Page page) throws IOException, InterruptedException {
    PrintStream progress = System.err;
    for (Contender contender : contenders) {
      Round unused = round(contender, warmUp(plan));
    }
    for (int number = 1; number <= plan.rounds(); number++) {
      for (Contender contender : contenders) {
        Round round = round(contender, slice(plan));
        contender.rounds().add(round);
        progress.printf(
            Locale.ROOT,
            "%,d rows a request, round %d, %s: %,.0f rows/s (%.0f %% draining)%n",
            rows,
            number,
            contender.store().name(),
            round.rowsPerSecond(),
            round.drainPercent());
      }
    }
    page.line("")
        .line(
            "## "
                + String.format(Locale.ROOT, "%,d", rows)
                + (rows == 1 ? " row" : " rows")
                + " in a request")
        .line("")
        .header("contender", "rows/s", "draining", "Kinglet's ratio to it", "goal");
    double[] own = contenders.getFirst().rowsPerSecond();
    for (Contender contender : contenders) {
      boolean first = contender == contenders.getFirst();
      boolean engine = contender.store() instanceof FlightStore.OfEngine;
      double[] draining = contender.rounds().stream().mapToDouble(Round::drainPercent).toArray();
      page.row(
          contender.store().name(),
          Figures.median(contender.rowsPerSecond()),
          String.format(Locale.ROOT, "%.0f %%", Figures.median(draining)),
          first ? "" : Figures.spread(own, contender.rowsPerSecond()),
          first && rows >= 10_000 ? "150,000/s" : !engine ? "" : rows < 1_000 ? "10" : "1.5");
    }
    if (contenders.stream().noneMatch(one -> one.store() instanceof FlightStore.OfPostgres)) {
      page.line("").line(PostgresPeer.INSTALL + ".");
    }
  }

  private Round round(Contender contender, Duration duration)
      throws IOException, InterruptedException {
    FlightStore store = contender.store();
    store.empty();
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    long sent = 0;
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<Long>> parts = new ArrayList<>();
      for (int connection = 0; connection < CONNECTIONS; connection++) {
        parts.add(threads.submit(() -> send(contender, end)));
      }
      for (Future<Long> part : parts) {
        sent += part.get();
      }
    } catch (ExecutionException failed) {
      throw new IOException("a connection failed", failed.getCause());
    }
    double answered = seconds(start);
    sent += store.settle(contender.bodies());
    Round round = new Round(sent, answered, seconds(start));
    store.check(sent);
    return round;
  }

  private long send(Contender contender, long end) throws IOException {
    long sent = 0;
    try (FlightStore.Sender sender = contender.store().open()) {
      while (System.nanoTime() < end) {
        sender.send(contender.bodies().next());
        sent += rows;
      }
    }
    return sent;
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }
}
