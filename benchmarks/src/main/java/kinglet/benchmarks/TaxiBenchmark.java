// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/// The workload of OpenMLDB's own benchmark: 28 features of a taxi trip for each request, against
/// libchdb and DuckDB, which compute them by SQL.
final class TaxiBenchmark {
  /// As FEBench has them.
  private static final int CONNECTIONS = 5;

  private static final int TRIPS = 1_458_644;
  private static final int TRIPS_PER_REQUEST = 20_000;
  private static final int CALLS = 1_000;
  private static final int CHECKED = 12;
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final long SEED = 9;

  private final Plan plan;
  private final Directory files;
  private final KingletPeer kinglet;
  private final EnginePeer engine;
  private final java.sql.Connection duck;
  private final long asOfMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());

  private TaxiBenchmark(
      Plan plan,
      Directory files,
      KingletPeer kinglet,
      EnginePeer engine,
      java.sql.Connection duck) {
    this.plan = plan;
    this.files = files;
    this.kinglet = kinglet;
    this.engine = engine;
    this.duck = duck;
  }

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    try (Directory own = Directory.create("kinglet");
        Directory engines = Directory.create("engine");
        Directory files = Directory.create("files");
        Load load = Load.start();
        KingletPeer kinglet = KingletPeer.start(own.path(), TaxiFeatures.files());
        EnginePeer engine = EnginePeer.start(home, engines.path(), CONNECTIONS);
        java.sql.Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
      TaxiBenchmark benchmark = new TaxiBenchmark(plan, files, kinglet, engine, duck);
      benchmark.fill();
      benchmark.check();
      return benchmark.measure(load);
    } catch (SQLException failed) {
      throw new IOException(failed);
    }
  }

  private void fill() throws IOException, SQLException {
    String unused = engine.admin(TaxiFeatures.table(" ENGINE = MergeTree ORDER BY pickup_at"));
    String insert =
        "/?query="
            + EnginePeer.encoded(
                "INSERT INTO trips SETTINGS date_time_input_format = 'best_effort'"
                    + " FORMAT JSONEachRow");
    Path values = files.path().resolve("trips.csv");
    try (Connection own = new Connection(kinglet.port());
        Connection other = new Connection(engine.port())) {
      new TaxiTrips(plan.quick() ? plan.rows() : TRIPS, asOfMicros)
          .each(
              TRIPS_PER_REQUEST,
              (lines, count) -> {
                String answer =
                    own.post("/v0/events?name=trips", kinglet.headers(), lines).expect(202).text();
                Answers.require(answer.contains("\"successful_rows\":" + count), answer);
                String inserted =
                    other.post(insert, engine.headers("writer"), lines).expect(200).text();
                Answers.require(inserted.isEmpty(), inserted);
              },
              values);
    }
    unused = engine.admin("OPTIMIZE TABLE trips FINAL");
    try (Statement statement = duck.createStatement()) {
      boolean made = statement.execute(TaxiFeatures.table(""));
      made = statement.execute("COPY trips FROM '" + values + "' (FORMAT csv, HEADER false)");
    }
  }

  /// A trip that is asked for.
  private record Call(int vendor, int passengers) {
    static Call draw(Random random) {
      return new Call(1 + random.nextInt(2), 1 + random.nextInt(6));
    }
  }

  private byte[] request(Call call, String more) {
    String body =
        "{\"keys\":{\"vendor_id\":["
            + call.vendor
            + "],\"passenger_count\":["
            + call.passengers
            + "]}"
            + more
            + "}";
    return body.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] engineSql(Call call) {
    String time = "fromUnixTimestamp64Micro(%d, 'UTC')";
    return (TaxiFeatures.sql(
                Integer.toString(call.vendor),
                Integer.toString(call.passengers),
                time.formatted(asOfMicros - DAY_MICROS),
                time.formatted(asOfMicros))
            + " FORMAT JSONCompactEachRow")
        .getBytes(StandardCharsets.UTF_8);
  }

  private void check() throws IOException, SQLException {
    String asOf = ",\"as_of\":\"" + Instant.EPOCH.plus(asOfMicros, ChronoUnit.MICROS) + "\"";
    try (Connection own = new Connection(kinglet.port());
        Connection other = new Connection(engine.port());
        DuckReader reader = new DuckReader(duck)) {
      for (int number = 0; number < CHECKED; number++) {
        Call call = new Call(1 + number % 2, 1 + number / 2);
        List<@Nullable String> vector =
            Vectors.read(
                    own.post("/v0/features/trip", kinglet.headers(), request(call, asOf))
                        .expect(200)
                        .body())
                .of(0);
        Answers.require(vector.size() == TaxiFeatures.COUNT, "28 features: " + vector);
        String row = other.post("/", engine.headers("reader"), engineSql(call)).expect(200).text();
        Vectors.requireSame(vector, Vectors.row(row), "features in libchdb of " + call);
        Vectors.requireSame(vector, reader.read(call, asOfMicros), "features in DuckDB of " + call);
      }
    }
  }

  /// DuckDB by JDBC with a prepared statement; owned by one thread.
  private record DuckReader(PreparedStatement statement) implements AutoCloseable {
    DuckReader(java.sql.Connection connection) throws SQLException {
      this(connection.prepareStatement(TaxiFeatures.sql("?", "?", "?", "?")));
    }

    List<@Nullable String> read(Call call, long micros) throws SQLException {
      int at = 1;
      for (int key : new int[] {call.vendor, call.passengers}) {
        statement.setInt(at++, key);
        statement.setLong(at++, micros - DAY_MICROS);
        statement.setLong(at++, micros);
      }
      List<@Nullable String> values = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        boolean unused = row.next();
        for (int column = 1; column <= TaxiFeatures.COUNT; column++) {
          values.add(row.getString(column));
        }
      }
      return values;
    }

    @Override
    public void close() throws SQLException {
      statement.close();
    }
  }

  /// What one contender did, all rounds together.
  private static final class Measured {
    private final Histogram latency = new Histogram(HIGHEST_NANOS, 3);
    private final List<Double> perSecond = new ArrayList<>();

    void add(long calls, long nanos, Histogram more) {
      perSecond.add(calls * 1e9 / nanos);
      latency.add(more);
    }

    double[] rates() {
      return perSecond.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }

  /// Loads a contender once.
  @FunctionalInterface
  private interface Contender {
    void run(Duration duration, Measured measured) throws IOException, InterruptedException;
  }

  private Page measure(Load load) throws IOException, InterruptedException {
    PrintStream progress = System.err;
    Random random = new Random(SEED);
    List<byte[]> own = new ArrayList<>();
    List<byte[]> sql = new ArrayList<>();
    for (int number = 0; number < CALLS; number++) {
      Call call = Call.draw(random);
      own.add(
          ShopRun.post(
              "/v0/features/trip",
              kinglet.headers() + "Content-Type: application/json\r\n",
              request(call, "")));
      sql.add(ShopRun.post("/", engine.headers("reader"), engineSql(call)));
    }
    Load.Target toKinglet = target("kinglet", kinglet.port(), own);
    Load.Target toEngine = target("engine", engine.port(), sql);
    Map<String, Contender> contenders = new LinkedHashMap<>();
    contenders.put("Kinglet", (duration, to) -> viaLoad(load, toKinglet, duration, to));
    contenders.put("libchdb", (duration, to) -> viaLoad(load, toEngine, duration, to));
    contenders.put("DuckDB", this::viaDuck);
    Map<String, Measured> figures = new LinkedHashMap<>();
    for (Map.Entry<String, Contender> contender : contenders.entrySet()) {
      contender.getValue().run(plan.measure(), new Measured());
      figures.put(contender.getKey(), new Measured());
    }
    for (int round = 0; round < plan.rounds(); round++) {
      for (Map.Entry<String, Measured> figure : figures.entrySet()) {
        Contender contender = contenders.get(figure.getKey());
        if (contender != null) {
          contender.run(plan.measure(), figure.getValue());
          progress.printf(
              Locale.ROOT, "%s: %,.0f/s%n", figure.getKey(), figure.getValue().perSecond.getLast());
        }
      }
    }
    return page(figures);
  }

  private Load.Target target(String name, int port, List<byte[]> requests) throws IOException {
    Path file = files.path().resolve("requests-" + name);
    Requests.ofOneAnswer(requests).write(file);
    return new Load.Target("http", port, file);
  }

  private static void viaLoad(Load load, Load.Target target, Duration duration, Measured to)
      throws IOException {
    Load.Result result = load.closed(target, CONNECTIONS, duration);
    to.add(result.requests(), result.elapsedNanos(), result.latencyNanos());
  }

  private void viaDuck(Duration duration, Measured to) throws IOException, InterruptedException {
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    Histogram latency = new Histogram(HIGHEST_NANOS, 3);
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<Future<Histogram>> parts = new ArrayList<>();
      for (int number = 0; number < CONNECTIONS; number++) {
        Random random = new Random(number);
        parts.add(threads.submit(() -> viaDuck(random, end)));
      }
      for (Future<Histogram> part : parts) {
        latency.add(part.get());
      }
    } catch (ExecutionException failed) {
      throw new IOException(failed);
    }
    to.add(latency.getTotalCount(), System.nanoTime() - start, latency);
  }

  private Histogram viaDuck(Random random, long end) throws SQLException {
    Histogram latency = new Histogram(HIGHEST_NANOS, 3);
    try (java.sql.Connection connection = duck.unwrap(DuckDBConnection.class).duplicate();
        DuckReader reader = new DuckReader(connection)) {
      long before = System.nanoTime();
      do {
        List<@Nullable String> unused = reader.read(Call.draw(random), asOfMicros);
        long after = System.nanoTime();
        latency.recordValue(after - before);
        before = after;
      } while (before < end);
    }
    return latency;
  }

  private Page page(Map<String, Measured> figures) {
    Page page =
        new Page("taxi: 28 features of a taxi trip", "./kinglet bench taxi")
            .line(
                "The shape of FEBench's first question, OpenMLDB's own benchmark: 28 features, 14 over the last")
            .line(
                "day of trips of the same vendor and 14 over the last day of trips with as many passengers")
            .line(
                "(count, sum, averages, lowest and highest of duration and places), from "
                    + String.format(Locale.ROOT, "%,d", plan.quick() ? plan.rows() : TRIPS)
                    + " trips of 182")
            .line(
                "days by a seeded generator with the counts and distributions of New York's trips of 2016; a")
            .line(
                "window holds hundreds to thousands of trips. One request is one trip's features: a feature service")
            .line(
                "over two views by `POST /v0/features/trip`; libchdb and DuckDB compute them by SQL over a table")
            .line(
                "in the order of time, through the engine process's HTTP and by JDBC in the process of the")
            .line(
                "harness with prepared statements. The requested trip itself takes no part, and nothing is")
            .line("written meanwhile. Features of all keys are compared at one time before.")
            .line("")
            .line(
                CONNECTIONS
                    + " connections, as in FEBench, each with its next request when the last is answered;")
            .line(
                "contenders take turns, "
                    + plan.rounds()
                    + " rounds of "
                    + plan.measure().toMillis() / 1e3
                    + " s after one that does not count.")
            .line(
                "Milliseconds of all rounds together; medians of requests a second over the rounds.")
            .line("")
            .header(
                "contender", "requests/s", "Kinglet / it", "TP50", "TP99", "TP99.9", "max", "goal");
    double[] own = new double[0];
    for (Map.Entry<String, Measured> figure : figures.entrySet()) {
      Measured measured = figure.getValue();
      boolean first = own.length == 0;
      own = first ? measured.rates() : own;
      page.row(
          figure.getKey(),
          Figures.median(measured.rates()),
          first ? "" : Figures.spread(own, measured.rates()),
          measured.latency.getValueAtPercentile(50) / 1e6,
          measured.latency.getValueAtPercentile(99) / 1e6,
          measured.latency.getValueAtPercentile(99.9) / 1e6,
          measured.latency.getMaxValue() / 1e6,
          first ? "0.2 / 1 / 3" : "");
    }
    return page.line("")
        .line(
            "Published, on other machines: OpenMLDB 0.6.4 TP50 1.81 ms on 40 cores of a Xeon E5-2630;")
        .line("OpenMLDB 0.8.2 TP50 3.43, TP99 5.95 ms and 1,585 requests/s on two Xeon Gold 6430.");
  }
}
