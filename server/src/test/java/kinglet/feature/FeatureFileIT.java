// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import kinglet.testkit.Seed;
import kinglet.testkit.TestServer;
import kinglet.thread.Threads;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Rows of Parquet files and of copies are part of features when their import is answered, at their
/// place among the rows that come in beside them.
final class FeatureFileIT {
  private static final int KEYS = 5;

  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          source("`k` UInt32, `n` Int64, `label` String"),
          "datasources/names.datasource",
          source("`k` UInt32, `name` String"),
          "datasources/copied.datasource",
          source("`k` UInt32, `n` Int64"),
          "features/sums.pipe",
          """
          NODE sums
          SQL >
              SELECT k, count() OVER ever AS rows, sum(n) OVER ever AS total,
                  anyLast(n) OVER ever AS newest
              FROM events
              WINDOW ever AS (PARTITION BY k ORDER BY ts)
          TYPE FEATURES
          ENTITY k
          EVENT_TIME ts
          """,
          "features/name.pipe",
          "NODE n\nSQL >\n    SELECT k, name FROM names\nTYPE FEATURES\nENTITY k\nEVENT_TIME ts\n",
          "features/named.pipe",
          """
          NODE n
          SQL >
              SELECT events.k AS k, countIf(name.name = 'a') OVER ever AS a_rows,
                  groupArrayLast(100)(name.name) OVER ever AS names
              FROM events LEFT JOIN name ON name.k = events.k
              WINDOW ever AS (PARTITION BY k ORDER BY ts)
          TYPE FEATURES
          ENTITY k
          EVENT_TIME ts
          """,
          "features/copies.pipe",
          """
          NODE n
          SQL >
              SELECT k, sum(n) OVER ever AS total
              FROM copied WINDOW ever AS (PARTITION BY k ORDER BY ts)
          TYPE FEATURES
          ENTITY k
          EVENT_TIME ts
          """,
          "copies/copying.pipe",
          "NODE n\nSQL >\n    SELECT ts, k, n FROM events WHERE k = 50\nTYPE COPY\n"
              + "TARGET_DATASOURCE copied\nCOPY_SCHEDULE @on-demand\n");

  @TempDir static Path data;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(data);
    HttpResponse<String> answer = server.project("/v1/deploy", PROJECT);
    assertThat(answer.body()).contains("\"success\"");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String source(String columns) {
    return "SCHEMA >\n    `ts` DateTime64(6) `json:$.ts`,\n    "
        + columns.replaceAll("`(\\w+)` (\\w+)", "`$1` $2 `json:\\$.$1`")
        + "\nENGINE MergeTree\nENGINE_SORTING_KEY k\n";
  }

  @Test
  void rowsOfFilesAndEventsAreTakenInTheOrderInWhichTheyAreAccepted() throws Exception {
    RandomGenerator random = Seed.next().random();
    long[] rows = new long[KEYS];
    long[] totals = new long[KEYS];
    long[] newest = new long[KEYS];
    for (int step = 0; step < 12; step++) {
      int n = step;
      if (step == 0 || random.nextBoolean()) {
        importFile(
            "events",
            "SELECT toDateTime64('2026-01-01 00:00:00', 6, 'UTC') AS ts, toUInt32(number % 5) AS k,"
                + " toInt64(number + %d) AS n, 'file' AS label FROM numbers(1000)".formatted(n));
        for (int row = 0; row < 1000; row++) {
          rows[row % KEYS]++;
          totals[row % KEYS] += row + n;
          newest[row % KEYS] = row + n;
        }
      } else {
        int k = random.nextInt(KEYS);
        send("events", "{\"ts\":\"2026-01-01T00:00:00Z\",\"k\":%d,\"n\":%d,\"label\":\"\"}", k, n);
        rows[k]++;
        totals[k] += n;
        newest[k] = n;
      }
      JsonNode read = read("sums");
      assertThat(read.at("/values/rows").toString()).isEqualTo(text(rows));
      assertThat(read.at("/values/total").toString()).isEqualTo(text(totals));
      assertThat(read.at("/values/newest").toString()).isEqualTo(text(newest));
    }
  }

  @Test
  void rowsOfFilesLookUpWhatIsKnownAtThem() throws Exception {
    send("names", "{\"ts\":\"2026-01-01T00:00:00Z\",\"k\":%d,\"name\":\"a\"}", 900);
    String rows =
        "SELECT toDateTime64('2026-01-01 00:00:00', 6, 'UTC') AS ts, toUInt32(900) AS k,"
            + " toInt64(number) AS n, 'x' AS label FROM numbers(3)";
    importFile("events", rows);
    assertThat(read("named", 900).at("/values/names").toString())
        .isEqualTo("[[\"a\",\"a\",\"a\"]]");
    importFile(
        "names",
        "SELECT toDateTime64('2026-01-02 00:00:00', 6, 'UTC') AS ts, toUInt32(900) AS k, 'b' AS name");
    send("events", "{\"ts\":\"2026-01-03T00:00:00Z\",\"k\":%d,\"n\":1,\"label\":\"\"}", 900);
    importFile("events", rows.replace("2026-01-01", "2026-01-04"));
    assertThat(read("named", 900).at("/values/names").toString())
        .isEqualTo("[[\"a\",\"a\",\"a\",\"b\",\"b\",\"b\",\"b\"]]");
    assertThat(read("named", 900).at("/values/a_rows/0").asInt()).isEqualTo(3);
  }

  @Test
  void eventsBesideAFileAreVisibleWhenTheyAreAnswered() throws Exception {
    try (ExecutorService beside = Threads.virtual("beside")) {
      List<Future<?>> files = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        files.add(
            beside.submit(() -> {
              importFile(
                  "events",
                  "SELECT toDateTime64('2026-01-01 00:00:00', 6, 'UTC') AS ts, toUInt32(7000) AS k,"
                      + " toInt64(1) AS n, 'file' AS label FROM numbers(50000)");
              return null;
            }));
      }
      for (int n = 1; n <= 100; n++) {
        send("events", "{\"ts\":\"2026-01-01T00:00:00Z\",\"k\":%d,\"n\":1,\"label\":\"\"}", 7001);
        assertThat(read("sums", 7001).at("/values/rows/0").asInt()).isEqualTo(n);
      }
      for (Future<?> file : files) {
        Object _ = file.get();
      }
    }
    assertThat(read("sums", 7000).at("/values/total/0").asInt()).isEqualTo(150_000);
  }

  @Test
  void rowsOfACopyAreTakenIn() throws Exception {
    send(
        "events&wait=true",
        "{\"ts\":\"2026-01-01T00:00:00Z\",\"k\":%d,\"n\":11,\"label\":\"\"}",
        50);
    HttpResponse<String> started = server.post("/v0/pipes/copying/copy", "", "text/plain");
    String job = TestServer.json(started).at("/job/job_id").asString();
    JsonNode state;
    do {
      state = TestServer.json(server.get("/v0/jobs/" + job));
    } while (List.of("waiting", "working").contains(state.path("status").asString()));
    assertThat(state.path("status").asString()).as(state.toString()).isEqualTo("done");
    JsonNode sum =
        TestServer.json(server.get("/v0/sql?q=SELECT+sum(n)+AS+n+FROM+copied+FORMAT+JSON"));
    assertThat(read("copies", 50).at("/values/total/0").asLong())
        .isEqualTo(sum.at("/data/0/n").asLong())
        .isPositive();
  }

  private static void importFile(String source, String select) throws IOException {
    byte[] file;
    try (InputStream parquet = server.server().read(select + " FORMAT Parquet")) {
      file = parquet.readAllBytes();
    }
    HttpResponse<String> answer =
        server.send(
            server
                .authorized("/v0/datasources?mode=append&format=parquet&name=" + source)
                .timeout(Duration.ofSeconds(30))
                .POST(BodyPublishers.ofByteArray(file)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(TestServer.json(answer).path("error").asBoolean(true)).isFalse();
  }

  private static void send(String source, String row, Object... values) {
    HttpResponse<String> answer =
        server.post("/v0/events?name=" + source, row.formatted(values), "application/x-ndjson");
    assertThat(answer.statusCode()).as(answer.body()).isIn(200, 202);
  }

  private static JsonNode read(String view) {
    return read(view, 0, 1, 2, 3, 4);
  }

  private static JsonNode read(String view, int... keys) {
    HttpResponse<String> answer =
        server.post(
            "/v0/features/" + view,
            "{\"keys\":{\"k\":" + java.util.Arrays.toString(keys) + "}}",
            "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer);
  }

  private static String text(long[] values) {
    return java.util.Arrays.toString(values).replace(" ", "");
  }
}
