// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// How long a large Parquet file takes into a table and its materialized view: sent to Kinglet,
/// against ClickHouse reading the file itself.
final class ImportBenchmark {
  /// The file holds the flights as often as it takes to fill it, a year apart.
  private static final int ROWS_FACTOR_MAX = 4;

  private static final int FULL_ROWS = 10_000_000;
  private static final String COLUMNS =
      "departed_at, origin, destination, delay_minutes, distance_miles";

  private final Plan plan;
  private final KingletPeer kinglet;
  private final EnginePeer engine;
  private final FlightTables tables;
  private final Path file;

  private ImportBenchmark(Plan plan, KingletPeer kinglet, EnginePeer engine, Path file)
      throws IOException {
    this.plan = plan;
    this.kinglet = kinglet;
    this.engine = engine;
    this.tables = new FlightTables(kinglet.database());
    this.file = file;
  }

  static Page run(Home home, Plan plan) throws IOException {
    try (Directory own = Directory.create("kinglet");
        Directory engines = Directory.create("engine");
        Directory files = Directory.create("file");
        KingletPeer kinglet = KingletPeer.start(own.path());
        EnginePeer engine = EnginePeer.start(home, engines.path(), 2)) {
      ImportBenchmark benchmark =
          new ImportBenchmark(plan, kinglet, engine, files.path().resolve("flights.parquet"));
      benchmark.prepare(home);
      return benchmark.measure();
    }
  }

  private int rows() {
    return plan.quick() ? plan.rows() : FULL_ROWS;
  }

  private void prepare(Home home) throws IOException {
    tables.define(kinglet, engine, "non_replicated_deduplication_window = 0");
    String answer =
        engine.admin(
            "INSERT INTO FUNCTION file('"
                + file
                + "', 'Parquet') SELECT toDateTime(date, 'UTC') + 31536000 * n AS departed_at,"
                + " origin, destination, delay AS delay_minutes, distance AS distance_miles"
                + " FROM (SELECT number AS n FROM numbers("
                + ROWS_FACTOR_MAX
                + ")) AS years CROSS JOIN file('"
                + home.flights()
                + "', 'Parquet') AS flights LIMIT "
                + rows());
    Answers.require(answer.isEmpty(), answer);
  }

  private Page measure() throws IOException {
    double[] own = new double[plan.rounds()];
    double[] other = new double[plan.rounds()];
    for (int round = 0; round < plan.rounds(); round++) {
      own[round] = viaKinglet();
      other[round] = viaEngine();
    }
    Page page = new Page("Import: a large Parquet file", "./kinglet bench import");
    page.line(
            String.format(
                Locale.ROOT,
                "%,d flights as one Parquet file of %,d MB, sent as the body of",
                rows(),
                Files.size(file) >> 20))
        .line("`POST /v0/datasources?mode=append&format=parquet` and answered when the rows are")
        .line("stored, against `INSERT ... SELECT FROM file(...)` into the same table in libchdb,")
        .line("which finds the file on its disk. Both fill an AggregatingMergeTree through a")
        .line(
            "materialized view; the rows of both are counted. Contenders take turns, "
                + plan.rounds())
        .line("rounds; medians, with the ratio's spread in brackets. The goal is 1.5.")
        .line("")
        .header("Kinglet, s", "libchdb, s", "Kinglet, rows/s", "Kinglet / libchdb, time")
        .row(
            Figures.median(own),
            Figures.median(other),
            rows() / Figures.median(own),
            Figures.spread(own, other));
    return page;
  }

  private double viaKinglet() throws IOException {
    tables.empty(kinglet::admin);
    byte[] body = Files.readAllBytes(file);
    long start = System.nanoTime();
    try (Connection connection = new Connection(kinglet.port(), 600_000)) {
      String answer =
          connection
              .post(
                  "/v0/datasources?mode=append&name=flights&format=parquet",
                  kinglet.headers(),
                  body)
              .expect(200)
              .text();
      Answers.require(answer.contains("\"error\":false"), answer);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    tables.expect(kinglet::admin, rows());
    return seconds;
  }

  private double viaEngine() throws IOException {
    tables.empty(engine::admin);
    long start = System.nanoTime();
    String unused =
        engine.admin(
            "INSERT INTO "
                + tables.flights()
                + " ("
                + COLUMNS
                + ") SELECT "
                + COLUMNS
                + " FROM file('"
                + file
                + "', 'Parquet')");
    double seconds = (System.nanoTime() - start) / 1e9;
    tables.expect(engine::admin, rows());
    return seconds;
  }
}
