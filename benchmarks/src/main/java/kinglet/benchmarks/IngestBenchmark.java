// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/// How many durable rows a second reach ClickHouse, a table and its materialized view, and
/// features: events through Kinglet's journal, against the same bytes inserted straight into
/// libchdb, and the same rows copied into PostgreSQL.
///
/// A row counts when it is in the table; a contender's clock stops when its last row is there.
final class IngestBenchmark {
  private static final int CONNECTIONS = 32;
  private static final int WRITERS = 8;
  private static final int[] ROWS_PER_REQUEST = {1, 100, 10_000};

  /// Requests of one size that are sent in turn.
  private static final int BODIES_MAX = 2_000;

  private static final String INSERT =
      "INSERT INTO %s (departed_at, origin, destination, delay_minutes, distance_miles)"
          + " SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow";

  private final Plan plan;
  private final KingletPeer kinglet;
  private final EnginePeer engine;
  private final FlightTables tables;
  private final Optional<PostgresPeer> postgres;

  /// Rows sent to Kinglet so far: features keep what is deleted from the table between rounds.
  private long counted;

  private final Set<String> airports = new TreeSet<>();

  private IngestBenchmark(
      Plan plan, KingletPeer kinglet, EnginePeer engine, Optional<PostgresPeer> postgres)
      throws IOException {
    this.postgres = postgres;
    this.plan = plan;
    this.kinglet = kinglet;
    this.engine = engine;
    this.tables = new FlightTables(kinglet.database());
  }

  /// Each size gets contenders of its own: the thousands of parts that small inserts leave behind
  /// would slow large ones down.
  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    Page page = page(plan);
    for (int rows : ROWS_PER_REQUEST) {
      try (Directory own = Directory.create("kinglet");
          Directory engines = Directory.create("engine");
          Directory databases = Directory.create("postgres");
          KingletPeer kinglet = KingletPeer.startWithFeatures(own.path());
          EnginePeer engine = EnginePeer.start(home, engines.path(), WRITERS)) {
        Optional<PostgresPeer> postgres = PostgresPeer.start(databases.path());
        try {
          IngestBenchmark benchmark = new IngestBenchmark(plan, kinglet, engine, postgres);
          benchmark.define();
          benchmark.measure(home, rows, page);
        } finally {
          postgres.ifPresent(PostgresPeer::close);
        }
      }
    }
    return page;
  }

  /// What one contender did in one round.
  ///
  /// @param answeredSeconds when the last request was answered
  /// @param storedSeconds when the last row was in the table and its view
  private record Round(long rows, double answeredSeconds, double storedSeconds) {
    double rowsPerSecond() {
      return rows / storedSeconds;
    }

    /// Percent of the time that went by after the last answer.
    double drainPercent() {
      return 100 * (1 - answeredSeconds / storedSeconds);
    }
  }

  /// The engine keeps the promise Kinglet's answer makes: on disk when told. The bodies are sent
  /// again and again, and each counts.
  private void define() throws IOException {
    tables.define(
        kinglet,
        engine,
        "fsync_after_insert = 1, fsync_part_directory = 1,"
            + " non_replicated_deduplication_window = 0");
    if (postgres.isPresent()) {
      try (CopyWriter writer = new CopyWriter(postgres.get())) {
        writer.define();
      }
    }
  }

  private static Page page(Plan plan) {
    return new Page("Ingest: durable rows into ClickHouse", "./kinglet bench ingest")
        .line(
            "Flights as NDJSON over " + CONNECTIONS + " connections, each sending its next request")
        .line("when the last is answered: `POST /v0/events`, answered when the rows are fsynced in")
        .line("the journal, against `INSERT ... FORMAT JSONEachRow` into libchdb with")
        .line(
            "`fsync_after_insert = 1` over " + WRITERS + " writing sessions of the engine process.")
        .line(
            "Both fill a MergeTree table and an AggregatingMergeTree through a materialized view; the")
        .line("clock stops when every row is counted in both, which is checked for each round.")
        .line(
            "Each size begins with empty servers. Contenders take turns: "
                + warmUp(plan).toMillis() / 1e3
                + " s that do not")
        .line(
            "count, then "
                + plan.rounds()
                + " rounds of "
                + slice(plan).toMillis() / 1e3
                + " s. Medians over the rounds, the ratio's spread in brackets.")
        .line(
            "Server, engine and load generator share the cores; Kinglet runs in the load generator's")
        .line("process.")
        .line("")
        .line(
            "Kinglet answers sooner than ClickHouse takes the rows, and what waits in the journal at")
        .line("the last answer is on its clock: *draining* is that share of its time. Then inserts")
        .line("follow one another, in the journal's order, each on one core, and bound the figure.")
        .line("Merges that are still due in the background are on neither clock.")
        .line("")
        .header(
            "rows a request",
            "Kinglet, rows/s",
            "draining",
            "libchdb, rows/s",
            "Kinglet / libchdb",
            "goal",
            "PostgreSQL COPY, rows/s",
            "Kinglet / PostgreSQL");
  }

  private static Duration warmUp(Plan plan) {
    return slice(plan).dividedBy(2);
  }

  private static Duration slice(Plan plan) {
    return plan.measure().multipliedBy(2).dividedBy(3);
  }

  private void measure(Home home, int rows, Page page) throws IOException, InterruptedException {
    PrintStream progress = System.err;
    List<byte[]> bodies = bodies(home, rows, "JSONEachRow");
    List<byte[]> copies = bodies(home, rows, "CSV");
    double[] copied = new double[plan.rounds()];
    double[] own = new double[plan.rounds()];
    double[] other = new double[plan.rounds()];
    double[] draining = new double[plan.rounds()];
    Round unused = viaKinglet(bodies, rows, warmUp(plan));
    unused = viaEngine(bodies, rows, warmUp(plan));
    for (int round = 0; round < plan.rounds(); round++) {
      Round kept = viaKinglet(bodies, rows, slice(plan));
      own[round] = kept.rowsPerSecond();
      draining[round] = kept.drainPercent();
      other[round] = viaEngine(bodies, rows, slice(plan)).rowsPerSecond();
      if (postgres.isPresent()) {
        copied[round] = viaCopy(postgres.get(), copies, rows, slice(plan)).rowsPerSecond();
      }
      progress.printf(
          Locale.ROOT,
          "%,d rows a request, round %d: %,.0f (%.0f %% draining) against %,.0f rows/s%n",
          rows,
          round + 1,
          own[round],
          draining[round],
          other[round]);
    }
    page.row(
        String.format(Locale.ROOT, "%,d", rows),
        Figures.median(own),
        String.format(Locale.ROOT, "%.0f %%", Figures.median(draining)),
        Figures.median(other),
        Figures.spread(own, other),
        rows < 1_000 ? "10" : "1.5",
        postgres.isPresent() ? Figures.median(copied) : "not installed",
        postgres.isPresent() ? Figures.spread(own, copied) : "-");
  }

  private List<byte[]> bodies(Home home, int rows, String format) throws IOException {
    int count = Math.clamp(plan.rows() / rows, 1, BODIES_MAX);
    String flights =
        "(SELECT * FROM file('"
            + home.flights()
            + "', 'Parquet') LIMIT "
            + (long) count * rows
            + ")";
    long shift =
        Long.parseLong(
            kinglet.admin(
                "SELECT toUnixTimestamp(now()) - max(toUnixTimestamp(toDateTime(date, 'UTC'))) FROM "
                    + flights));
    String[] lines =
        kinglet
            .admin(
                "SELECT toString(toDateTime(date, 'UTC') + "
                    + shift
                    + ") AS departed_at, origin, destination,"
                    + " delay AS delay_minutes, distance AS distance_miles FROM "
                    + flights
                    + " FORMAT "
                    + format)
            .split("\n", -1);
    List<byte[]> bodies = new ArrayList<>();
    for (int first = 0; first + rows <= lines.length; first += rows) {
      String body = String.join("\n", Arrays.asList(lines).subList(first, first + rows));
      bodies.add(body.getBytes(StandardCharsets.UTF_8));
    }
    Answers.require(!bodies.isEmpty(), "there are flights to send");
    return bodies;
  }

  /// How many flights the feature view counts, of all airports.
  private long flightsInFeatures() throws IOException {
    kinglet.admin("SELECT DISTINCT origin FROM " + tables.flights()).lines().forEach(airports::add);
    String body =
        airports.stream()
            .collect(Collectors.joining("\",\"", "{\"keys\":{\"origin\":[\"", "\"]}}"));
    try (Connection connection = new Connection(kinglet.port())) {
      Vectors vectors =
          Vectors.read(
              connection
                  .post(
                      "/v0/features/airport",
                      kinglet.headers(),
                      body.getBytes(StandardCharsets.UTF_8))
                  .expect(200)
                  .body());
      return vectors.columns().getLast().stream().mapToLong(Long::parseLong).sum();
    }
  }

  private Round viaKinglet(List<byte[]> bodies, int rows, Duration duration)
      throws IOException, InterruptedException {
    tables.empty(kinglet::admin);
    String headers = kinglet.headers();
    String accepted = "{\"successful_rows\":" + rows + ",\"quarantined_rows\":0}";
    long start = System.nanoTime();
    ClosedLoop.Result result =
        ClosedLoop.run(
            kinglet.port(),
            CONNECTIONS,
            duration,
            (connection, sequence) -> {
              byte[] body = body(bodies, sequence);
              String answer =
                  connection.post("/v0/events?name=flights", headers, body).expect(202).text();
              Answers.require(answer.replace(" ", "").equals(accepted), answer);
              return rows;
            });
    double answered = seconds(start);
    // Flushes follow the journal's order: when this one is answered, all before it are stored.
    try (Connection connection = new Connection(kinglet.port())) {
      String answer =
          connection
              .post("/v0/events?name=flights&wait=true", headers, bodies.getFirst())
              .expect(200)
              .text();
      Answers.require(answer.replace(" ", "").equals(accepted), answer);
    }
    Round round = new Round(result.units() + rows, answered, seconds(start));
    tables.expect(kinglet::admin, round.rows());
    counted += round.rows();
    long inFeatures = flightsInFeatures();
    Answers.require(inFeatures == counted, inFeatures + " flights in features, not " + counted);
    return round;
  }

  private Round viaEngine(List<byte[]> bodies, int rows, Duration duration)
      throws IOException, InterruptedException {
    tables.empty(engine::admin);
    String headers = engine.headers("writer");
    String path =
        "/?query=" + EnginePeer.encoded(String.format(Locale.ROOT, INSERT, tables.flights()));
    long start = System.nanoTime();
    ClosedLoop.Result result =
        ClosedLoop.run(
            engine.port(),
            CONNECTIONS,
            duration,
            (connection, sequence) -> {
              String answer =
                  connection.post(path, headers, body(bodies, sequence)).expect(200).text();
              Answers.require(answer.isEmpty(), answer);
              return rows;
            });
    double seconds = seconds(start);
    Round round = new Round(result.units(), seconds, seconds);
    tables.expect(engine::admin, round.rows());
    return round;
  }

  private Round viaCopy(PostgresPeer peer, List<byte[]> copies, int rows, Duration duration)
      throws IOException, InterruptedException {
    try (CopyWriter admin = new CopyWriter(peer)) {
      admin.empty();
      long start = System.nanoTime();
      long end = start + duration.toNanos();
      long sent = 0;
      try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
        List<Future<Long>> parts = new ArrayList<>();
        for (long connection = 0; connection < CONNECTIONS; connection++) {
          long first = connection << 40;
          parts.add(threads.submit(() -> copy(peer, copies, first, end)));
        }
        for (Future<Long> part : parts) {
          sent += part.get() * rows;
        }
      } catch (ExecutionException failed) {
        throw new IOException(failed);
      }
      double seconds = seconds(start);
      long stored = admin.count();
      Answers.require(stored == sent, stored + " rows in PostgreSQL, not " + sent);
      return new Round(sent, seconds, seconds);
    }
  }

  private static long copy(PostgresPeer peer, List<byte[]> copies, long first, long end)
      throws IOException {
    long sequence = first;
    try (CopyWriter writer = new CopyWriter(peer)) {
      while (System.nanoTime() < end) {
        writer.copy(body(copies, sequence++));
      }
    }
    return sequence - first;
  }

  private static double seconds(long startNanos) {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /// Each connection begins elsewhere in the list.
  private static byte[] body(List<byte[]> bodies, long sequence) {
    long connection = sequence >>> 40;
    long at = (sequence & 0xFF_FFFF_FFFFL) + connection * bodies.size() / CONNECTIONS;
    return bodies.get((int) (at % bodies.size()));
  }
}
