// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.json;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import kinglet.testkit.TestServer;
import tools.jackson.databind.JsonNode;

/// A whole server that is going to be killed.
///
/// When it is through with what the rounds before it left, it prints what the tables hold, one line
/// for each row of an answer with the question's name in front, then `serves port token`.
final class CrashChild {
  private static final String SCHEMA =
      """
      SCHEMA >
          `caller` UInt64 `json:$.caller`,
          `n` UInt64 `json:$.n`,
          `part` UInt8 `json:$.part`

      """;

  private static final String CALLER_VIEW =
      """
      NODE callers
      SQL >
          SELECT
              caller,
              max(n) OVER ever AS last,
              count() OVER ever AS rows,
              count() OVER tiled AS tiled_rows,
              sum(n) OVER exact AS total
          FROM events
          WINDOW
              ever AS (PARTITION BY caller ORDER BY at),
              tiled AS (PARTITION BY caller ORDER BY at RANGE INTERVAL 40000 DAY PRECEDING),
              exact AS (PARTITION BY caller ORDER BY at RANGE INTERVAL 40000 DAY PRECEDING)

      TYPE FEATURES
      ENTITY caller
      EVENT_TIME at
      TILE tiled 1 hour
      """;

  private static final Map<String, String> PROJECT =
      Map.of(
          "features/callers.pipe",
          CALLER_VIEW,
          "datasources/events.datasource",
          SCHEMA.replace(
                  "UInt8 `json:$.part`", "UInt8 `json:$.part`,\n    `at` DateTime `json:$.n`")
              + """
              ENGINE "MergeTree"
              ENGINE_PARTITION_KEY "part"
              ENGINE_SORTING_KEY "caller, n"
              """,
          "datasources/passing.datasource",
          SCHEMA + "ENGINE \"Null\"\n",
          "datasources/sums.datasource",
          """
          SCHEMA >
              `caller` UInt64,
              `rows` UInt64,
              `total` UInt64

          ENGINE "SummingMergeTree"
          ENGINE_SORTING_KEY "caller"
          """,
          "datasources/totals.datasource",
          """
          SCHEMA >
              `kind` UInt8,
              `rows` UInt64,
              `total` UInt64

          ENGINE "SummingMergeTree"
          ENGINE_SORTING_KEY "kind"
          """,
          "datasources/states.datasource",
          """
          SCHEMA >
              `caller` UInt64,
              `rows` AggregateFunction(count),
              `total` AggregateFunction(sum, UInt64)

          ENGINE "AggregatingMergeTree"
          ENGINE_SORTING_KEY "caller"
          """,
          "pipes/sums_view.pipe",
          view(
              "sums",
              "SELECT caller, count() AS rows, sum(n) AS total FROM events GROUP BY caller"),
          "pipes/totals_view.pipe",
          view(
              "totals",
              "SELECT toUInt8(1) AS kind, sum(rows) AS rows, sum(total) AS total FROM sums"
                  + " GROUP BY kind"),
          "pipes/states_view.pipe",
          view(
              "states",
              "SELECT caller, countState() AS rows, sumState(n) AS total FROM passing"
                  + " GROUP BY caller"));

  /// What files of this many rows leave, imported any number of times.
  static final int FILE_ROWS = 3_000;

  static final List<String> FILES = List.of("rows.parquet", "rows.ndjson");

  private static final Map<String, String> IMPORTED =
      Map.of(
          "datasources/imported.datasource",
          SCHEMA
              + """
              ENGINE "MergeTree"
              ENGINE_PARTITION_KEY "part"
              ENGINE_SORTING_KEY "n"
              """,
          "datasources/imported_sums.datasource",
          """
          SCHEMA >
              `caller` UInt64,
              `rows` UInt64,
              `total` UInt64

          ENGINE "SummingMergeTree"
          ENGINE_SORTING_KEY "caller"
          """,
          "pipes/imported_view.pipe",
          view(
              "imported_sums",
              "SELECT caller, count() AS rows, sum(n) AS total FROM imported GROUP BY caller"));

  private static final Map<String, String> QUESTIONS = questions();

  private CrashChild() {}

  private static Map<String, String> questions() {
    Map<String, String> questions = new LinkedHashMap<>();
    questions.put(
        "events",
        "SELECT caller, max(n), count(), uniqExact(__seq), sum(n) FROM %s.events GROUP BY caller");
    questions.put("sums", "SELECT caller, sum(rows), sum(total) FROM %s.sums GROUP BY caller");
    questions.put("totals", "SELECT sum(rows), sum(total) FROM %s.totals");
    questions.put(
        "states",
        "SELECT caller, countMerge(rows), sumMerge(total) FROM %s.states GROUP BY caller");
    questions.put(
        "quarantine",
        "SELECT caller, count(), uniqExact(__seq) FROM %s.events_quarantine GROUP BY caller");
    questions.put(
        "imported",
        "SELECT count(), uniqExact(__seq), uniqExact(n), (SELECT sum(rows) FROM %1$s.imported_sums),"
            + " (SELECT count() FROM %1$s.imported_quarantine),"
            + " countIf(toYear(__known_at) = 1900) FROM %1$s.imported");
    return questions;
  }

  private static String view(String target, String sql) {
    return "NODE fold\nSQL >\n    " + sql + "\n\nTYPE MATERIALIZED\nDATASOURCE " + target + "\n";
  }

  public static void main(String[] arguments) throws InterruptedException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("flush.interval", "20ms");
    settings.put("limits.requests-per-second", "1000000");
    settings.put("limits.bytes-per-second", "1GiB");
    TestServer server = TestServer.start(Path.of(arguments[0]), settings);
    server.awaitReady();
    if (arguments[1].equals("0")) {
      deploy(server);
      writeFiles(server, Path.of(arguments[0]));
    }
    awaitFlushed(server);
    String database =
        ask(server, "SELECT database FROM system.tables WHERE name = 'events_quarantine' LIMIT 1");
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    QUESTIONS.forEach((name, sql) ->
        ask(server, sql.formatted("`" + database.strip() + "`"))
            .lines()
            .forEach(line -> say(out, name + " " + line.replace('\t', ' '))));
    sayFeatures(server, out);
    say(out, "serves " + server.server().port() + " " + server.adminToken());
    new CountDownLatch(1).await();
  }

  /// What features say of every caller whose events are stored.
  private static void sayFeatures(TestServer server, FileOutputStream out) {
    String database =
        ask(server, "SELECT database FROM system.tables WHERE name = 'events_quarantine' LIMIT 1");
    String callers =
        ask(server, "SELECT groupUniqArray(caller) FROM `%s`.events".formatted(database.strip()))
            .strip();
    HttpResponse<String> answer =
        server.post(
            "/v0/features/callers", "{\"keys\":{\"caller\":" + callers + "}}", "application/json");
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(answer.body());
    }
    JsonNode read = json(answer);
    for (int i = 0; i < read.at("/keys/caller").size(); i++) {
      say(
          out,
          "features "
              + read.at("/keys/caller/" + i)
              + " "
              + read.at("/values/last/" + i)
              + " "
              + read.at("/values/rows/" + i)
              + " "
              + read.at("/values/tiled_rows/" + i)
              + " "
              + read.at("/values/total/" + i));
    }
  }

  private static void deploy(TestServer server) {
    Map<String, String> files = new LinkedHashMap<>(PROJECT);
    files.putAll(IMPORTED);
    HttpResponse<String> deployed = server.project("/v1/deploy", files);
    if (deployed.statusCode() != 200 || json(deployed).path("result").asString().equals("failed")) {
      throw new IllegalStateException(deployed.body());
    }
  }

  /// One row in ten does not fit.
  private static void writeFiles(TestServer server, Path directory) {
    for (String file : FILES) {
      writeFile(
          server, directory.resolve(file), file.endsWith("parquet") ? "Parquet" : "JSONEachRow");
    }
  }

  private static void writeFile(TestServer server, Path file, String format) {
    String rows =
        "SELECT toUInt64(1) AS caller, number AS n, if(number % 10 = 0, 300, number % 5) AS part"
            + " FROM numbers("
            + FILE_ROWS
            + ") SETTINGS output_format_json_quote_64bit_integers = 0 FORMAT "
            + format;
    try (InputStream answer = server.server().read(rows)) {
      long _ = Files.copy(answer, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitFlushed(TestServer server) {
    long waiting;
    do {
      waiting =
          json(server.anonymous("GET", "/health", "")).path("flush").path("waiting_rows").asLong();
    } while (waiting > 0);
  }

  private static String ask(TestServer server, String sql) {
    try (InputStream answer = server.server().read(sql + " FORMAT TabSeparated")) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void say(FileOutputStream out, String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
