// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Training sets: ten features over three windows for each row of a spine, as they were at its
/// time.
final class TrainBenchmark {
  private static final long POLL_NANOS = 5_000_000;
  private static final int EVENTS = 10_000_000;
  private static final Pattern STATUS = Pattern.compile("\"status\"\\s*:\\s*\"(\\w+)\"");
  private static final double SECONDS_MAX = 600;
  private static final String FEAST = "Feast's join in DuckDB";
  private static final String SET = "bought";

  private final Plan plan;
  private final int rows;
  private final Path files;
  private final KingletPeer kinglet;
  private final EnginePeer engine;
  private final java.sql.Connection duck;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, List<Built>> figures = new LinkedHashMap<>();

  /// How long a contender took.
  ///
  /// @param set seconds until it had the set
  /// @param file seconds more until it stood in a file
  private record Built(double set, double file) {
    double whole() {
      return set + file;
    }
  }

  /// One of those who build the set.
  @FunctionalInterface
  private interface Contender {
    Built build(Path file) throws IOException, SQLException, InterruptedException;
  }

  private TrainBenchmark(
      Plan plan,
      int rows,
      Path files,
      KingletPeer kinglet,
      EnginePeer engine,
      java.sql.Connection duck) {
    this.plan = plan;
    this.rows = rows;
    this.files = files;
    this.kinglet = kinglet;
    this.engine = engine;
    this.duck = duck;
  }

  /// A spine of a million rows.
  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    return run(home, plan, plan.quick() ? plan.rows() / 10 : 1_000_000);
  }

  /// As many rows as events.
  static Page runLarge(Home home, Plan plan) throws IOException, InterruptedException {
    return run(home, plan, plan.quick() ? plan.rows() : EVENTS);
  }

  private static Page run(Home home, Plan plan, int rows) throws IOException, InterruptedException {
    try (Directory own = Directory.create("kinglet");
        Directory engines = Directory.create("engine");
        Directory files = Directory.create("files");
        KingletPeer kinglet = KingletPeer.start(own.path(), TrainData.files());
        EnginePeer engine = EnginePeer.start(home, engines.path(), 2);
        java.sql.Connection duck = DriverManager.getConnection("jdbc:duckdb:")) {
      TrainBenchmark benchmark =
          new TrainBenchmark(plan, rows, files.path(), kinglet, engine, duck);
      benchmark.fill();
      return benchmark.measure();
    } catch (SQLException failed) {
      throw new IOException(failed);
    }
  }

  private int events() {
    return plan.quick() ? plan.rows() : EVENTS;
  }

  private void fill() throws IOException, SQLException, InterruptedException {
    TrainData data = new TrainData(events());
    Path purchases = files.resolve("purchases.parquet");
    Path labels = files.resolve("labels.parquet");
    data.write(engine, purchases, "amount", events());
    data.write(engine, labels, "label", rows);
    append("purchases", purchases);
    append("labels", labels);
    for (String sql :
        List.of(
            "CREATE TABLE purchases (ts DateTime64(6, 'UTC'), user_id UInt64, amount Int64)"
                + " ENGINE = MergeTree ORDER BY (user_id, ts)",
            "INSERT INTO purchases SELECT * FROM file('" + purchases + "', 'Parquet')",
            "CREATE TABLE labels (row UInt64, ts DateTime64(6, 'UTC'), user_id UInt64, label Int64)"
                + " ENGINE = MergeTree ORDER BY (user_id, ts)",
            "INSERT INTO labels SELECT rowNumberInAllBlocks(), * FROM file('"
                + labels
                + "', 'Parquet') SETTINGS max_threads = 1, max_insert_threads = 1,"
                + " input_format_parquet_preserve_order = 1")) {
      String unused = engine.admin(sql);
    }
    duck(
        "SET memory_limit = '8GB'",
        "SET temp_directory = '" + files.resolve("spilled") + "'",
        "CREATE TABLE purchases AS SELECT ts::TIMESTAMP AS ts, user_id::BIGINT AS user_id, amount"
            + " FROM '"
            + purchases
            + "'",
        "CREATE TABLE labels AS SELECT file_row_number AS row, ts::TIMESTAMP AS ts,"
            + " user_id::BIGINT AS user_id, label FROM read_parquet('"
            + labels
            + "', file_row_number = true)");
  }

  private void append(String source, Path file) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http(
            request("/v0/datasources?mode=append&format=parquet&name=" + source)
                .POST(HttpRequest.BodyPublishers.ofFile(file)),
            HttpResponse.BodyHandlers.ofString());
    Answers.require(answer.body().contains("\"error\":false"), answer.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + kinglet.port() + path))
        .header("Authorization", "Bearer " + kinglet.token());
  }

  private <T> HttpResponse<T> http(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler)
      throws IOException, InterruptedException {
    return client.send(request.build(), handler);
  }

  private void duck(String... statements) throws SQLException {
    try (Statement statement = duck.createStatement()) {
      for (String sql : statements) {
        boolean unused = statement.execute(sql);
      }
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = duck.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      boolean unused = row.next();
      return row.getLong(1);
    }
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private Built viaKinglet(Path file) throws IOException, InterruptedException {
    long start = System.nanoTime();
    String body =
        "{\"name\":\"%s\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"labels\"},\"time\":\"ts\"}"
            .formatted(SET);
    String answer =
        http(
                request("/v0/training_sets").POST(HttpRequest.BodyPublishers.ofString(body)),
                HttpResponse.BodyHandlers.ofString())
            .body();
    while (!status(answer).equals("done")) {
      boolean goesOn = List.of("waiting", "working").contains(status(answer));
      Answers.require(goesOn && since(start) < SECONDS_MAX, answer);
      LockSupport.parkNanos(POLL_NANOS);
      answer =
          http(request("/v0/training_sets/" + SET), HttpResponse.BodyHandlers.ofString()).body();
    }
    double set = since(start);
    start = System.nanoTime();
    HttpResponse<InputStream> parquet =
        http(
            request("/v0/training_sets/" + SET + ".parquet"),
            HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream bytes = parquet.body()) {
      long unused = Files.copy(bytes, file);
    }
    double written = since(start);
    HttpResponse<String> removed =
        http(request("/v0/training_sets/" + SET).DELETE(), HttpResponse.BodyHandlers.ofString());
    Answers.require(removed.statusCode() == 204, removed.body());
    return new Built(set, written);
  }

  private static String status(String answer) {
    Matcher found = STATUS.matcher(answer);
    return found.find() ? found.group(1) : answer;
  }

  private Built viaDuck(Path file) throws SQLException {
    long start = System.nanoTime();
    duck("CREATE TABLE built AS " + TrainData.windowQuery("labels", "CAST(epoch(ts) AS BIGINT)"));
    return written(start, file);
  }

  private Built written(long start, Path file) throws SQLException {
    double set = since(start);
    long written = System.nanoTime();
    duck("COPY built TO '" + file + "' (FORMAT parquet)");
    double seconds = since(written);
    duck("DROP TABLE built");
    return new Built(set, seconds);
  }

  private Built viaEngine(Path file) throws IOException {
    long start = System.nanoTime();
    String unused =
        engine.admin(
            "CREATE TABLE built ENGINE = MergeTree ORDER BY row AS "
                + TrainData.windowQuery("labels", "toUnixTimestamp(ts)")
                    .replace(
                        "SELECT row, ts, user_id, label, orders",
                        "SELECT assumeNotNull(row) AS row, ts, user_id, label, orders"));
    double set = since(start);
    start = System.nanoTime();
    unused =
        engine.admin("INSERT INTO FUNCTION file('" + file + "', 'Parquet') SELECT * FROM built");
    double written = since(start);
    unused = engine.admin("DROP TABLE built SYNC");
    return new Built(set, written);
  }

  /// The features after each event, then the join of Feast's template.
  private Built viaFeast(Path file) throws SQLException {
    long start = System.nanoTime();
    duck(
        "CREATE TABLE feature_rows AS " + FeastJoin.features(),
        "CREATE TABLE built AS " + FeastJoin.join());
    Built built = written(start, file);
    duck("DROP TABLE feature_rows");
    return built;
  }

  private Page measure() throws IOException, SQLException, InterruptedException {
    PrintStream progress = System.err;
    Map<String, Contender> contenders = new LinkedHashMap<>();
    contenders.put("Kinglet", this::viaKinglet);
    contenders.put("DuckDB", this::viaDuck);
    contenders.put("libchdb", this::viaEngine);
    if (rows < events()) {
      // Every pair of a row and an event of its last week: ten times as many do not fit.
      contenders.put(FEAST, this::viaFeast);
    }
    contenders.keySet().forEach(name -> figures.put(name, new ArrayList<>()));
    for (int round = 0; round < plan.rounds(); round++) {
      for (Map.Entry<String, Contender> contender : contenders.entrySet()) {
        Path file = files.resolve(contender.getKey().substring(0, 5) + ".parquet");
        boolean unused = Files.deleteIfExists(file);
        Built built = contender.getValue().build(file);
        List<Built> all = figures.get(contender.getKey());
        if (all != null) {
          all.add(built);
        }
        progress.printf(
            Locale.ROOT,
            "%s: %.2f s, file %.2f s, heap peak %d MB, resident %d MB%n",
            contender.getKey(),
            built.set(),
            built.file(),
            heapPeak() >> 20,
            resident() >> 20);
      }
      check();
    }
    return page();
  }

  /// Compares the files row by row.
  private void check() throws IOException, SQLException {
    String own = own();
    Answers.require(number("SELECT count(*) FROM " + own) == rows, "a row for each of the spine");
    Answers.require(different("labels", own, "ts, user_id, label") == 0, "the spine in its order");
    for (String other : List.of("DuckD", "libch")) {
      String table = "'" + files.resolve(other + ".parquet") + "'";
      for (String column : ("ts, user_id, label, " + TrainData.names()).split(", ", -1)) {
        Answers.require(different(table, own, column) == 0, other + " has another " + column);
      }
    }
  }

  private String own() {
    return "(SELECT file_row_number AS row, * FROM read_parquet('"
        + files.resolve("Kingl.parquet")
        + "', file_row_number = true))";
  }

  private long different(String table, String own, String columns) throws SQLException {
    List<String> unlike = new ArrayList<>();
    for (String column : columns.split(", ", -1)) {
      unlike.add(
          column.startsWith("mean")
              ? "coalesce(abs(a.%1$s - b.%1$s) > 1e-12 * abs(b.%1$s), (a.%1$s IS NULL) <> (b.%1$s IS NULL))"
                  .formatted(column)
              : "a.%1$s IS DISTINCT FROM b.%1$s".formatted(column));
    }
    return number(
        "SELECT count(*) FROM "
            + table
            + " AS a FULL JOIN "
            + own
            + " AS b ON a.row = b.row WHERE a.row IS NULL OR b.row IS NULL OR "
            + String.join(" OR ", unlike));
  }

  private static long heapPeak() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> pool.getPeakUsage().getUsed())
        .sum();
  }

  private static long resident() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.UTF_8).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .sum();
  }

  private Page page() throws IOException, SQLException {
    Page page =
        new Page(
                "train: point-in-time training sets",
                "./kinglet bench " + (rows < events() ? "train" : "train-large"))
            .line(
                String.format(
                    Locale.ROOT,
                    "Ten features over windows of an hour, a day and a week for each of %,d rows of a",
                    rows))
            .line(
                String.format(
                    Locale.ROOT,
                    "spine, as they were at its time, from %,d events of %,d shoppers in 30 days.",
                    events(),
                    TrainData.shoppers(events())))
            .line(
                "Everybody has the rows in tables of their own before, sorted by shopper and time")
            .line(
                "where there is such an order; a set is built cold, from the request to the table that")
            .line(
                "holds it, and then written into a Parquet file. Kinglet's rows stand in the order of")
            .line(
                "the spine, the others' in any. DuckDB and libchdb compute windows over events and")
            .line("spine together. The files of all three are compared row by row in every round.")
            .line("")
            .line(
                "Contenders take turns, "
                    + plan.rounds()
                    + " rounds; medians, the ratio's spread in brackets. The goal: 2,000,000")
            .line("rows/s and three times DuckDB, until the set is there.")
            .line("")
            .header(
                "contender",
                "set, s",
                "file, s",
                "rows/s",
                "it / Kinglet, time of the set",
                "of set and file");
    double[] own = seconds("Kinglet", Built::set);
    double[] ownWhole = seconds("Kinglet", Built::whole);
    figures.forEach((name, built) ->
        page.row(
            name,
            Figures.median(seconds(name, Built::set)),
            Figures.median(seconds(name, Built::file)),
            rows / Figures.median(seconds(name, Built::set)),
            Figures.spread(seconds(name, Built::set), own),
            Figures.spread(seconds(name, Built::whole), ownWhole)));
    if (figures.containsKey(FEAST)) {
      long stale = different("'" + files.resolve("Feast.parquet") + "'", own(), TrainData.names());
      page.line("")
          .line("Feast computes no features: its join takes rows of features that were computed at")
          .line(
              "events, here in DuckDB by the same windows and counted in its time, and looks up the")
          .line(
              String.format(
                  Locale.ROOT,
                  "newest one before each row. Its windows end there: in %,d rows (%.1f %%) the values are not",
                  stale,
                  100.0 * stale / rows))
          .line("those at the time of the row.");
    }
    return page.line("")
        .line(
            String.format(
                Locale.ROOT,
                "Most heap in use at a time, in the process that holds server, harness and DuckDB: %,d MB",
                heapPeak() >> 20))
        .line(
            String.format(
                Locale.ROOT,
                "of at most %,d; most resident, with DuckDB's tables: %,d MB.",
                Runtime.getRuntime().maxMemory() >> 20,
                resident() >> 20));
  }

  private double[] seconds(String contender, ToDoubleFunction<Built> figure) {
    return figures.getOrDefault(contender, List.of()).stream().mapToDouble(figure).toArray();
  }
}
