// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;

/// What the platform costs on top of ClickHouse: endpoints with typed parameters, called by them,
/// against the one SQL they become, sent straight to the engine.
///
/// One connection asks all contenders for each call, in an order drawn anew, so that noise and what
/// the one before left in the caches hit all alike.
final class SqlBenchmark implements AutoCloseable {
  private static final int WARMING = 4;
  private static final long ORDER_SEED = 7;
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// How both print numbers.
  private static final List<String> OUTPUT =
      List.of("output_format_json_quote_64bit_integers=0", "output_format_json_quote_denormals=0");

  private static final List<String> AIRPORTS =
      List.of("ORD", "ATL", "DFW", "LAX", "PHX", "STL", "DTW", "LAS", "JFK", "SFO");

  private final Plan plan;
  private final KingletPeer kinglet;
  private final NativePeer library;
  private Connection toKinglet;
  private Connection toEngine;
  private final String database;

  private SqlBenchmark(Plan plan, KingletPeer kinglet, NativePeer library) throws IOException {
    this.plan = plan;
    this.kinglet = kinglet;
    this.library = library;
    this.toKinglet = new Connection(kinglet.port());
    this.toEngine = new Connection(kinglet.enginePort());
    this.database = kinglet.database();
  }

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    try (Directory own = Directory.create("kinglet");
        Directory libraries = Directory.create("library");
        KingletPeer kinglet = KingletPeer.start(own.path());
        NativePeer library =
            NativePeer.start(home, libraries.path(), kinglet.engineConfiguration());
        SqlBenchmark benchmark = new SqlBenchmark(plan, kinglet, library)) {
      benchmark.load(home);
      return benchmark.measure();
    }
  }

  /// One call of an endpoint, and the SQL it becomes.
  private record Call(String path, String sql) {}

  /// The latencies of one round.
  private record Round(Histogram kinglet, Histogram engine, Histogram library) {
    static Round empty() {
      return new Round(histogram(), histogram(), histogram());
    }

    private static Histogram histogram() {
      return new Histogram(HIGHEST_NANOS, 3);
    }
  }

  /// The same rows, in as many parts, for the library as for Kinglet and its engine.
  private void load(Home home) throws IOException {
    List<String> statements = new ArrayList<>(kinglet.definitions());
    statements.add(0, "CREATE DATABASE " + database);
    for (String statement : statements) {
      NativePeer.Timed ignored = library.run(statement, "TSV");
    }
    String insert =
        "INSERT INTO "
            + database
            + ".flights (departed_at, origin, destination, delay_minutes, distance_miles)"
            + " SELECT toDateTime(date, 'UTC'), origin, destination, delay, distance FROM file('"
            + home.flights()
            + "', 'Parquet') LIMIT "
            + plan.rows()
            + " SETTINGS max_threads = 1, max_insert_threads = 1";
    List<String> filled =
        List.of(
            insert,
            "OPTIMIZE TABLE " + database + ".flights FINAL",
            "OPTIMIZE TABLE " + database + ".airport_hours FINAL");
    for (String statement : filled) {
      String own = kinglet.admin(statement);
      NativePeer.Timed timed = library.run(statement, "TSV");
      Answers.require(own.equals(timed.text().strip()), statement);
    }
    NativePeer.Timed used = library.run("USE " + database, "TSV");
    for (String setting : OUTPUT) {
      used = library.run("SET " + setting, "TSV");
    }
    Answers.require(used.text().isEmpty(), "SET answers nothing");
  }

  private Page measure() throws IOException, InterruptedException {
    Page page = new Page("SQL: what the platform costs", "./kinglet bench sql");
    page.line(
            "Published endpoints, templates with typed parameters and called by them (the last one")
        .line("with the caller's own query `q` over it), over")
        .line(
            String.format(
                Locale.ROOT,
                "%,d flights, against the one SQL a call becomes, sent straight to",
                plan.rows()))
        .line(
            "libchdb: through the HTTP port of the engine process that Kinglet itself asks, and by")
        .line(
            "a native call inside another process (timed there). One connection, contenders asked")
        .line("for each call in an")
        .line(
            "order drawn anew; answers compared for each call before it is timed, then checked to be"
                + " 200; "
                + plan.text()
                + " for each shape.")
        .line(
            "Each shape has 40 calls with parameters of their own, which come again and again: Kinglet")
        .line("plans and checks a call the first time and keeps the query.")
        .line("Medians over the rounds, in milliseconds; the ratio's spread in brackets.")
        .line("Server, engines and load generator share the cores; Kinglet runs in the load")
        .line("generator's process and adds its limits (time, memory, result size) to each query.")
        .line(
            "Before that, server and engine answer a light query for "
                + 4 * plan.warmUp().toSeconds())
        .line("seconds over " + WARMING + " connections, so that their code is compiled.")
        .line("")
        .header(
            "endpoint",
            "Kinglet p50",
            "p99",
            "engine HTTP p50",
            "p99",
            "native p50",
            "p99",
            "Kinglet / engine HTTP, p50",
            "Kinglet / native, p50",
            "Kinglet adds to HTTP, p50");
    Map<String, List<Call>> shapes = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> shape : shapes().entrySet()) {
      List<Call> calls = new ArrayList<>();
      for (String call : shape.getValue()) {
        calls.add(call(call));
      }
      for (Call call : calls) {
        check(call);
      }
      shapes.put(shape.getKey(), calls);
    }
    warmUp();
    Round unused = round(shapes.values().stream().flatMap(List::stream).toList(), plan.warmUp());
    for (Map.Entry<String, List<Call>> shape : shapes.entrySet()) {
      List<Round> rounds = new ArrayList<>();
      for (int round = 0; round < plan.rounds(); round++) {
        rounds.add(round(shape.getValue(), plan.measure()));
      }
      report(page, shape.getKey(), rounds);
    }
    return page;
  }

  /// Brings server and engine to where they are after a minute of traffic: their code is compiled.
  private void warmUp() throws IOException, InterruptedException {
    Duration each = plan.warmUp().multipliedBy(4);
    ClosedLoop.Result own =
        ClosedLoop.run(
            kinglet.port(),
            WARMING,
            each,
            (connection, sequence) -> {
              String path = "/v0/pipes/tick.json?word=w" + sequence % 97 + "&n=" + sequence % 9_973;
              return connection.get(path, kinglet.headers()).expect(200).body().length;
            });
    ClosedLoop.Result other =
        ClosedLoop.run(
            kinglet.enginePort(),
            WARMING,
            each,
            (connection, sequence) -> {
              String sql = "SELECT toInt32('" + sequence % 9_973 + "') AS n, 'w' AS word";
              return askEngine(connection, sql).length();
            });
    Answers.require(own.units() > 0 && other.units() > 0, "server and engine answer");
    // The old ones were idle for so long that a server may have left them.
    close();
    toKinglet = new Connection(kinglet.port());
    toEngine = new Connection(kinglet.enginePort());
  }

  /// By the name of a row, the calls that take turns: a pipe and its parameters.
  private static Map<String, List<String>> shapes() {
    List<String> days = List.of("2001-01-15", "2001-02-20", "2001-03-05", "2001-03-25");
    Map<String, List<String>> shapes = new LinkedHashMap<>();
    for (int index = 0; index < AIRPORTS.size() * days.size(); index++) {
      String airport = AIRPORTS.get(index % AIRPORTS.size());
      String next = AIRPORTS.get((index + 3) % AIRPORTS.size());
      String day = days.get(index / AIRPORTS.size());
      int limit = 5 + index;
      add(shapes, "board", "board?origin=" + airport + "&since=" + day + "%2000:00:00");
      add(shapes, "merged", "merged?origins=" + airport + "," + next + "&since=" + day);
      add(shapes, "routes", "routes?origin=" + airport + "&limit=" + limit);
      add(shapes, "hours", "hours?since=" + day);
      add(shapes, "scan", "scan?limit=" + limit);
      String query = "SELECT day, sum(departures) AS all FROM _ WHERE delayed > " + limit;
      add(
          shapes,
          "merged, q",
          "merged?origins="
              + airport
              + ","
              + next
              + "&q="
              + EnginePeer.encoded(query + " GROUP BY day ORDER BY day"));
    }
    return shapes;
  }

  private static void add(Map<String, List<String>> shapes, String shape, String call) {
    shapes.computeIfAbsent(shape, _ -> new ArrayList<>()).add(call);
  }

  /// @param call a pipe's name and its query string
  private Call call(String call) throws IOException {
    int question = call.indexOf('?');
    String pipe = "/v0/pipes/" + call.substring(0, question);
    String parameters = call.substring(question);
    Connection.Answer explained = toKinglet.get(pipe + "/explain" + parameters, kinglet.headers());
    String sql = JSON.readTree(explained.expect(200).body()).path("debug_query").asString("");
    return new Call(pipe + ".json" + parameters, sql);
  }

  /// All three answer the same rows.
  private void check(Call call) throws IOException {
    String own = rows(askKinglet(call));
    Answers.require(own.contains("\"data\""), call.path());
    same(own, rows(askEngine(call)), call);
    same(own, rows(library.run(call.sql(), "JSON").text()), call);
  }

  private static void same(String own, String other, Call call) throws IOException {
    Answers.require(own.equals(other), call.sql() + "\n" + own + "\n" + other);
  }

  /// An answer's columns and rows: what follows counts rows before the limit, which ClickHouse only
  /// estimates, and tells times.
  private static String rows(String answer) throws IOException {
    int end = answer.indexOf("\"rows\":");
    Answers.require(end > 0, answer);
    return answer.substring(0, end);
  }

  private Round round(List<Call> calls, Duration duration) throws IOException {
    Round round = Round.empty();
    long end = System.nanoTime() + duration.toNanos();
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
    Random random = new Random(ORDER_SEED);
    for (int turn = 0; System.nanoTime() < end || turn < calls.size(); turn++) {
      Call call = calls.get(turn % calls.size());
      Collections.shuffle(order, random);
      for (int contender : order) {
        long start = System.nanoTime();
        switch (contender) {
          case 0 -> {
            Answers.require(!askKinglet(call).isEmpty(), call.path());
            round.kinglet().recordValue(System.nanoTime() - start);
          }
          case 1 -> {
            Answers.require(!askEngine(call).isEmpty(), call.sql());
            round.engine().recordValue(System.nanoTime() - start);
          }
          default -> round.library().recordValue(library.run(call.sql(), "JSON").nanos());
        }
      }
    }
    return round;
  }

  private String askKinglet(Call call) throws IOException {
    return toKinglet.get(call.path(), kinglet.headers()).expect(200).text();
  }

  private String askEngine(Call call) throws IOException {
    return askEngine(toEngine, call.sql());
  }

  private String askEngine(Connection connection, String sql) throws IOException {
    return connection
        .post(
            "/?default_format=JSON&database="
                + EnginePeer.encoded(database)
                + "&"
                + String.join("&", OUTPUT),
            kinglet.engineHeaders("reader"),
            sql.getBytes(StandardCharsets.UTF_8))
        .expect(200)
        .text();
  }

  private static void report(Page page, String shape, List<Round> rounds) {
    double[] own = millis(rounds, Round::kinglet, 50);
    double[] engine = millis(rounds, Round::engine, 50);
    double[] library = millis(rounds, Round::library, 50);
    page.row(
        shape,
        Figures.median(own),
        Figures.median(millis(rounds, Round::kinglet, 99)),
        Figures.median(engine),
        Figures.median(millis(rounds, Round::engine, 99)),
        Figures.median(library),
        Figures.median(millis(rounds, Round::library, 99)),
        Figures.spread(own, engine),
        Figures.spread(own, library),
        Figures.median(own) - Figures.median(engine));
  }

  private static double[] millis(
      List<Round> rounds, Function<Round, Histogram> whose, double percentile) {
    return rounds.stream()
        .mapToDouble(round -> whose.apply(round).getValueAtPercentile(percentile) / 1e6)
        .toArray();
  }

  @Override
  public void close() throws IOException {
    toKinglet.close();
    toEngine.close();
  }
}
