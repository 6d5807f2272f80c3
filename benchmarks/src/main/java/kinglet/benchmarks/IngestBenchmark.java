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

/// How many durable rows a second reach ClickHouse, a table and its materialized view: events
/// through Kinglet's journal, against the same bytes inserted straight into libchdb.
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

  private IngestBenchmark(Plan plan, KingletPeer kinglet, EnginePeer engine) throws IOException {
    this.plan = plan;
    this.kinglet = kinglet;
    this.engine = engine;
    this.tables = new FlightTables(kinglet.database());
  }

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    try (Directory own = Directory.create("kinglet");
        Directory engines = Directory.create("engine");
        KingletPeer kinglet = KingletPeer.start(own.path());
        EnginePeer engine = EnginePeer.start(home, engines.path(), WRITERS)) {
      IngestBenchmark benchmark = new IngestBenchmark(plan, kinglet, engine);
      benchmark.define();
      return benchmark.measure(home);
    }
  }

  /// Rows a second of one contender in each round.
  private record Rates(double[] kinglet, double[] engine) {
    Rates(int rounds) {
      this(new double[rounds], new double[rounds]);
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
  }

  private Page measure(Home home) throws IOException, InterruptedException {
    PrintStream progress = System.err;
    Page page = new Page("Ingest: durable rows into ClickHouse", "./kinglet bench ingest");
    page.line(
            "Flights as NDJSON over " + CONNECTIONS + " connections, each sending its next request")
        .line("when the last is answered: `POST /v0/events`, answered when the rows are fsynced in")
        .line("the journal, against `INSERT ... FORMAT JSONEachRow` into libchdb with")
        .line(
            "`fsync_after_insert = 1` over " + WRITERS + " writing sessions of the engine process.")
        .line(
            "Both fill a MergeTree table and an AggregatingMergeTree through a materialized view; the")
        .line("clock stops when every row is counted in both, which is checked for each round.")
        .line("Contenders take turns; " + plan.text() + " for each size. Medians over")
        .line(
            "the rounds, in rows a second; the ratio's spread in brackets. Server, engine and load")
        .line("generator share the cores; Kinglet runs in the load generator's process.")
        .line("")
        .header(
            "rows a request", "Kinglet, rows/s", "libchdb, rows/s", "Kinglet / libchdb", "goal");
    for (int rows : ROWS_PER_REQUEST) {
      List<byte[]> bodies = bodies(home, rows);
      Rates rates = new Rates(plan.rounds());
      double unused = viaKinglet(bodies, rows, plan.warmUp());
      unused = viaEngine(bodies, rows, plan.warmUp());
      for (int round = 0; round < plan.rounds(); round++) {
        rates.kinglet()[round] = viaKinglet(bodies, rows, plan.measure());
        rates.engine()[round] = viaEngine(bodies, rows, plan.measure());
        progress.printf(
            Locale.ROOT,
            "%,d rows a request, round %d: %,.0f against %,.0f rows/s%n",
            rows,
            round + 1,
            rates.kinglet()[round],
            rates.engine()[round]);
      }
      page.row(
          String.format(Locale.ROOT, "%,d", rows),
          Figures.median(rates.kinglet()),
          Figures.median(rates.engine()),
          Figures.spread(rates.kinglet(), rates.engine()),
          rows < 1_000 ? "10" : "1.5");
    }
    return page;
  }

  private List<byte[]> bodies(Home home, int rows) throws IOException {
    int count = Math.clamp(plan.rows() / rows, 1, BODIES_MAX);
    String[] lines =
        kinglet
            .admin(
                "SELECT toString(toDateTime(date, 'UTC')) AS departed_at, origin, destination,"
                    + " delay AS delay_minutes, distance AS distance_miles FROM file('"
                    + home.flights()
                    + "', 'Parquet') LIMIT "
                    + (long) count * rows
                    + " FORMAT JSONEachRow")
            .split("\n", -1);
    List<byte[]> bodies = new ArrayList<>();
    for (int first = 0; first + rows <= lines.length; first += rows) {
      String body = String.join("\n", Arrays.asList(lines).subList(first, first + rows));
      bodies.add(body.getBytes(StandardCharsets.UTF_8));
    }
    Answers.require(!bodies.isEmpty(), "there are flights to send");
    return bodies;
  }

  private double viaKinglet(List<byte[]> bodies, int rows, Duration duration)
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
    // Flushes follow the journal's order: when this one is answered, all before it are stored.
    try (Connection connection = new Connection(kinglet.port())) {
      String answer =
          connection
              .post("/v0/events?name=flights&wait=true", headers, bodies.getFirst())
              .expect(200)
              .text();
      Answers.require(answer.replace(" ", "").equals(accepted), answer);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long sent = result.units() + rows;
    tables.expect(kinglet::admin, sent);
    return sent / seconds;
  }

  private double viaEngine(List<byte[]> bodies, int rows, Duration duration)
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
    double seconds = (System.nanoTime() - start) / 1e9;
    long sent = result.units();
    tables.expect(engine::admin, sent);
    return sent / seconds;
  }

  /// Each connection begins elsewhere in the list.
  private static byte[] body(List<byte[]> bodies, long sequence) {
    long connection = sequence >>> 40;
    long at = (sequence & 0xFF_FFFF_FFFFL) + connection * bodies.size() / CONNECTIONS;
    return bodies.get((int) (at % bodies.size()));
  }
}
