// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Files of every format into data sources, from bodies, forms and URLs.
final class ImportIT {
  private static final Map<String, byte[]> REMOTE = new ConcurrentHashMap<>();

  @TempDir static Path directory;

  private static TestServer server;
  private static HttpServer remote;

  @BeforeAll
  static void start() throws IOException {
    server =
        TestServer.start(directory.resolve("data"), Map.of("ingest.url-private-addresses", "true"));
    server.awaitReady();
    String plain =
        "SCHEMA >\n    `id` UInt64 `json:$.id`,\n    `name` String `json:$.name`\n\n"
            + "ENGINE MergeTree\nENGINE_SORTING_KEY id\n";
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy",
            files(
                "datasources/csvs.datasource", plain,
                "datasources/forms.datasource", plain,
                "datasources/jobs.datasource", plain,
                "datasources/parquets.datasource", plain,
                "datasources/refused.datasource", plain,
                "datasources/busy.datasource", plain,
                "datasources/visits.datasource",
                    "SCHEMA >\n    `day` Date,\n    `n` UInt64\n\nENGINE MergeTree\n"
                        + "ENGINE_PARTITION_KEY day\nENGINE_SORTING_KEY n\n",
                "datasources/counts.datasource",
                    "SCHEMA >\n    `ids` UInt64\n\nENGINE SummingMergeTree\n"
                        + "ENGINE_SORTING_KEY tuple()\n",
                "datasources/filled.datasource", plain,
                "datasources/filled_counts.datasource",
                    "SCHEMA >\n    `rows` UInt64\n\nENGINE SummingMergeTree\n"
                        + "ENGINE_SORTING_KEY tuple()\n",
                "pipes/filled_view.pipe",
                    "NODE n\nSQL >\n    SELECT count() AS rows FROM filled\n\n"
                        + "TYPE MATERIALIZED\nDATASOURCE filled_counts\n",
                "datasources/busy_counts.datasource",
                    "SCHEMA >\n    `rows` UInt64\n\nENGINE SummingMergeTree\n"
                        + "ENGINE_SORTING_KEY tuple()\n",
                "pipes/busy_view.pipe",
                    "NODE n\nSQL >\n    SELECT count() AS rows FROM busy\n\n"
                        + "TYPE MATERIALIZED\nDATASOURCE busy_counts\n",
                "datasources/visits_by_day.datasource",
                    "SCHEMA >\n    `day` Date,\n    `n` UInt64\n\nENGINE SummingMergeTree\n"
                        + "ENGINE_PARTITION_KEY day\nENGINE_SORTING_KEY day\n",
                "datasources/visits_in_all.datasource",
                    "SCHEMA >\n    `total` UInt64\n\nENGINE SummingMergeTree\n"
                        + "ENGINE_SORTING_KEY tuple()\n",
                "pipes/by_day.pipe",
                    "NODE n\nSQL >\n    SELECT day, sum(n) AS n FROM visits GROUP BY day\n\n"
                        + "TYPE MATERIALIZED\nDATASOURCE visits_by_day\n",
                "pipes/in_all.pipe",
                    "NODE n\nSQL >\n    SELECT sum(n) AS total FROM visits_by_day\n\n"
                        + "TYPE MATERIALIZED\nDATASOURCE visits_in_all\n",
                "pipes/counting.pipe",
                    "NODE n\nSQL >\n    SELECT count() AS ids FROM parquets\n\n"
                        + "TYPE MATERIALIZED\nDATASOURCE counts\n",
                "datasources/typed.datasource",
                    """
                    SCHEMA >
                        `small` UInt8 `json:$.small`,
                        `at` DateTime `json:$.at`,
                        `maybe` Nullable(Int32) `json:$.maybe`,
                        `kind` Enum8('a' = 1, 'b' = 2) `json:$.kind`,
                        `tags` Array(LowCardinality(String)) `json:$.tags[:]`,
                        `deep` Int64 `json:$.inner.deep`,
                        `twice` Int64 `json:$.twice` DEFAULT deep * 2,
                        `label` LowCardinality(String) `json:$.label` DEFAULT 'none'

                    ENGINE MergeTree
                    ENGINE_SORTING_KEY at
                    """));
    assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(200);
    remote = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    remote.createContext("/", ImportIT::serve);
    remote.start();
  }

  /// Path, text, path, text.
  private static Map<String, String> files(String... pairs) {
    Map<String, String> files = new LinkedHashMap<>();
    for (int at = 0; at < pairs.length; at += 2) {
      files.put(pairs[at], pairs[at + 1]);
    }
    return files;
  }

  private static void serve(HttpExchange exchange) throws IOException {
    byte[] body = REMOTE.get(exchange.getRequestURI().getPath().substring(1));
    if (body == null) {
      exchange.sendResponseHeaders(404, -1);
    } else {
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @AfterAll
  static void stop() {
    remote.stop(0);
    server.close();
  }

  private static JsonNode append(String query, byte[] body, String contentType) {
    HttpResponse<String> answer = send("mode=append&" + query, body, contentType);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private static HttpResponse<String> send(String query, byte[] body, String contentType) {
    return server.send(
        server
            .authorized("/v0/datasources?" + query)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  private static String sql(String query) {
    HttpResponse<String> answer =
        server.get("/v0/sql?q=" + URLEncoder.encode(query + " FORMAT TSV", UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body().strip();
  }

  /// Sees the hidden columns too.
  private static String whole(String query) throws IOException {
    try (InputStream rows = server.server().read(query.replace("%s", database()) + " FORMAT TSV")) {
      return new String(rows.readAllBytes(), UTF_8).strip();
    }
  }

  private static String database() throws IOException {
    String sql = "SELECT database FROM system.tables WHERE name = 'parquets' FORMAT TSV";
    try (InputStream row = server.server().read(sql)) {
      return new String(row.readAllBytes(), UTF_8).strip();
    }
  }

  private static byte[] parquet(String select) throws IOException {
    try (InputStream file = server.server().read(select + " FORMAT Parquet")) {
      return file.readAllBytes();
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void csvIsReadInItsDialectWhateverItsContentType() throws IOException {
    JsonNode first = append("name=csvs", "id,name\n1,a\n2,b\n".getBytes(UTF_8), "text/html");
    assertThat(first.path("successful_rows").asLong()).isEqualTo(2);
    assertThat(first.path("error").asBoolean(true)).isFalse();
    assertThat(first.path("datasource").path("name").asString("")).isEqualTo("csvs");
    append("name=csvs&format=csv", gzip("name,id\nc,3\n"), "application/x-www-form-urlencoded");
    append(
        "name=csvs&format=csv&dialect_delimiter=%3B&dialect_escapechar=%5C",
        "4;\"d\\\"d\"\n".getBytes(UTF_8), "text/csv");
    JsonNode partly = append("name=csvs", "5,e\nx,f\nonly\n".getBytes(UTF_8), "text/csv");
    assertThat(partly.path("quarantine_rows").asLong()).isEqualTo(2);
    assertThat(partly.path("invalid_lines").asLong()).isEqualTo(1);
    assertThat(partly.path("error").asString(""))
        .isEqualTo(
            "There was an error with file contents: 2 rows in quarantine and 1 invalid line.");
    assertThat(sql("SELECT id, name FROM csvs ORDER BY id"))
        .isEqualTo("1\ta\n2\tb\n3\tc\n4\td\"d\n5\te");
    HttpResponse<String> dialect =
        send("mode=append&name=csvs&dialect_delimiter=ab", new byte[] {'1'}, "text/csv");
    assertThat(dialect.statusCode()).isEqualTo(400);
    assertThat(dialect.body()).contains("dialect_delimiter='ab' is not one ASCII character");
  }

  @Test
  void formsMayCallTheFileAnything() {
    String form =
        "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nforms\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"csv\"; filename=\"rows.ndjson\"\r\n\r\n"
            + "{\"id\":1,\"name\":\"a\"}\n{\"id\":2,\"name\":\"b\"}\n\r\n--b--\r\n";
    append("name=forms", form.getBytes(UTF_8), "multipart/form-data; boundary=b");
    String bare =
        "--b\r\nContent-Disposition: form-data; name=\"whatever\"\r\n\r\n"
            + "{\"id\":3,\"name\":\"c\"}\r\n--b--\r\n";
    append("name=forms", bare.getBytes(UTF_8), "multipart/form-data; boundary=b");
    assertThat(sql("SELECT id, name FROM forms ORDER BY id")).isEqualTo("1\ta\n2\tb\n3\tc");
  }

  @Test
  void parquetIsReadByClickHouseAndNumberedInOrder() throws IOException {
    byte[] rows = parquet("SELECT number AS id, toString(number) AS name FROM numbers(30000)");
    JsonNode answer = append("name=parquets", rows, "application/octet-stream");
    assertThat(answer.path("successful_rows").asLong()).isEqualTo(30_000);
    assertThat(answer.path("error").asBoolean(true)).isFalse();
    append("name=parquets&format=parquet", rows, "text/plain");
    assertThat(whole("SELECT count(), uniqExact(__seq) FROM %s.parquets"))
        .isEqualTo("60000\t60000");
    assertThat(
            whole(
                "SELECT uniqExact(__seq - id), min(toInt64(name) = id), uniqExact(__ingested_at)"
                    + " FROM %s.parquets"))
        .isEqualTo("2\t1\t2");
    assertThat(sql("SELECT sum(ids) FROM counts")).isEqualTo("60000");
    assertThat(files()).isEmpty();
  }

  private static Stream<Path> files() throws IOException {
    return Files.list(directory.resolve("data/imports"));
  }

  @Test
  void whatDoesNotFitGoesToQuarantineWithTheReason() throws IOException {
    byte[] rows =
        parquet(
            """
            SELECT toInt64([5, 300, 6, 7, 8][number + 1]) AS small,
                   ['2026-01-01T10:00:00Z', '2026-01-02', 'soon', '2026-01-03 00:00:00',
                    '1767225600'][number + 1] AS at,
                   if(number = 0, NULL, toInt64(number)) AS maybe,
                   ['a', 'b', 'a', 'c', 'b'][number + 1] AS kind,
                   ['x', toString(number)] AS tags,
                   CAST(tuple(if(number = 4, NULL, number)), 'Tuple(deep Nullable(UInt64))') AS inner,
                   if(number = 1, 100, NULL) AS twice
            FROM numbers(5)
            """);
    JsonNode answer = append("name=typed", rows, "application/octet-stream");
    assertThat(answer.path("successful_rows").asLong()).isEqualTo(1);
    assertThat(answer.path("quarantine_rows").asLong()).isEqualTo(4);
    assertThat(answer.path("error").asString(""))
        .isEqualTo("There was an error with file contents: 4 rows in quarantine.");
    assertThat(sql("SELECT small, at, maybe, kind, tags, deep, twice, label FROM typed"))
        .isEqualTo("5\t2026-01-01 10:00:00\t\\N\ta\t['x','0']\t0\t0\tnone");
    assertThat(
            sql(
                "SELECT c__error_column, c__error, small, length(c__import_id) > 9"
                    + " FROM typed_quarantine ORDER BY toInt64(small)"))
        .isEqualTo(
            """
            ['at']\t['value \\'soon\\' on column \\'at\\' is not DateTime']\t6\t1
            ['kind']\t['value \\'c\\' on column \\'kind\\' is not Enum8(\\'a\\' = 1, \\'b\\' = 2)']\t7\t1
            ['deep']\t['value null on column \\'deep\\' is not Int64']\t8\t1
            ['small']\t['value \\'300\\' on column \\'small\\' is not UInt8']\t300\t1\
            """);
  }

  @Test
  void filesThatCannotBeReadAreRefusedAsAWhole() throws IOException {
    HttpResponse<String> other =
        send("mode=append&name=refused", parquet("SELECT 1 AS id"), "application/octet-stream");
    assertThat(other.statusCode()).isEqualTo(400);
    assertThat(other.body()).contains("the file has no column for name; its columns are id");
    byte[] broken = parquet("SELECT number AS id, randomString(9) AS name FROM numbers(9999)");
    java.util.Arrays.fill(broken, 100, broken.length / 2, (byte) 0x5A);
    HttpResponse<String> damaged =
        send("mode=append&name=refused", broken, "application/octet-stream");
    assertThat(damaged.statusCode()).isEqualTo(400);
    assertThat(damaged.body())
        .contains("the file cannot be read as Parquet")
        .doesNotContain(directory.toString());
    assertThat(
            send("mode=append&name=refused&format=parquet", new byte[] {'x'}, "text/plain").body())
        .contains("unreadable-file");
    assertThat(send("mode=append&name=refused&format=xml", new byte[] {'x'}, "a/b").body())
        .contains("format='xml' is neither csv, ndjson nor parquet");
    assertThat(sql("SELECT count() FROM refused")).isEqualTo("0");
    assertThat(files()).isEmpty();
  }

  @Test
  void urlsAreFetchedByAJob() throws IOException {
    REMOTE.put("a.csv.gz", gzip("id,name\n1,a\nx,b\n"));
    REMOTE.put("b.parquet", parquet("SELECT number AS id, 'p' AS name FROM numbers(10, 1000)"));
    String base = "http://127.0.0.1:" + remote.getAddress().getPort() + "/";
    HttpResponse<String> started =
        send(
            "mode=append&name=jobs", ("url=" + base + "a.csv.gz").getBytes(UTF_8), TestServer.FORM);
    assertThat(started.statusCode()).as(started.body()).isEqualTo(200);
    assertThat(json(started).path("kind").asString("")).isEqualTo("import");
    JsonNode csv = ended(json(started).path("id").asString(""));
    assertThat(csv.path("status").asString("")).isEqualTo("done");
    assertThat(csv.path("quarantine_rows").asLong()).isEqualTo(1);
    assertThat(csv.path("error").asString("")).contains("1 row in quarantine");
    assertThat(csv.path("datasource").path("name").asString("")).isEqualTo("jobs");
    assertThat(csv.path("url").asString("")).endsWith("a.csv.gz");
    JsonNode parquet =
        ended(
            json(send("mode=append&name=jobs&url=" + base + "b.parquet", new byte[0], "a/b"))
                .path("id")
                .asString(""));
    assertThat(parquet.path("status").asString("")).isEqualTo("done");
    assertThat(parquet.path("progress_percentage").asDouble(0)).isEqualTo(100);
    assertThat(parquet.path("statistics").path("row_count").asLong()).isEqualTo(1000);
    assertThat(whole("SELECT count(), uniqExact(__seq) FROM %s.jobs")).isEqualTo("1001\t1001");
    JsonNode missing =
        ended(
            json(send("mode=append&name=jobs&url=" + base + "c.csv", new byte[0], "a/b"))
                .path("id")
                .asString(""));
    assertThat(missing.path("status").asString("")).isEqualTo("error");
    assertThat(missing.path("error").asString("")).isEqualTo("127.0.0.1 answers 404 for the file");
    HttpResponse<String> file =
        send("mode=append&name=jobs&url=file%3A%2F%2F%2Fetc%2Fpasswd", new byte[0], "a/b");
    assertThat(file.statusCode()).isEqualTo(400);
    assertThat(file.body()).contains("a URL begins with http:// or https://, not with file:");
    assertThat(server.get("/v0/jobs?kind=import&status=error").body()).contains("answers 404");
    assertThat(files()).isEmpty();
  }

  private static JsonNode populate(String pipe, String form) {
    HttpResponse<String> answer =
        server.post("/v0/pipes/" + pipe + "/population", form, TestServer.FORM);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).path("kind").asString("")).isEqualTo("populateview");
    JsonNode job = ended(json(answer).path("id").asString(""));
    assertThat(job.path("status").asString("")).as(job.toString()).isEqualTo("done");
    return job;
  }

  @Test
  void viewsAreFilledFromTheirSources() throws IOException {
    String total = "SELECT sum(rows) FROM filled_counts";
    append("name=filled", parquet("SELECT number AS id, 'x' AS name FROM numbers(1000)"), "a/b");
    JsonNode job = populate("filled_view", "truncate=true");
    assertThat(job.path("pipe_name").asString("")).isEqualTo("filled_view");
    assertThat(job.path("datasource").path("name").asString("")).isEqualTo("filled_counts");
    assertThat(sql(total)).isEqualTo("1000");
    populate("filled_view/nodes/n", "populate_condition=id+%3C+10");
    assertThat(sql(total)).as("without truncate it adds").isEqualTo("1010");
    populate("filled_view", "truncate=true&populate_subset=0.5");
    assertThat(Long.parseLong(sql(total))).isBetween(300L, 700L);
    append("name=filled", "5,y\n".getBytes(UTF_8), "text/csv");
    populate("filled_view", "truncate=true");
    append("name=filled", "6,y\n".getBytes(UTF_8), "text/csv");
    assertThat(sql(total)).isEqualTo("1002");
    assertThat(whole("SELECT count() FROM system.tables WHERE name LIKE '\\\\_\\\\_populate%'"))
        .isEqualTo("0");
    HttpResponse<String> wrong =
        server.post("/v0/pipes/filled_view/population?populate_subset=2", "", TestServer.FORM);
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("populate_subset='2' is not a number above 0");
    assertThat(server.post("/v0/pipes/nowhere/population", "", TestServer.FORM).statusCode())
        .isEqualTo(404);
    HttpResponse<String> elsewhere =
        server.post("/v0/pipes/filled_view/nodes/nowhere/population", "", TestServer.FORM);
    assertThat(elsewhere.statusCode()).as(elsewhere.body()).isEqualTo(404);
  }

  private static JsonNode replace(String query, String body) {
    HttpResponse<String> answer = send("mode=replace&" + query, body.getBytes(UTF_8), "text/csv");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private static String events(String name, String body) {
    HttpResponse<String> answer =
        server.post("/v0/events?wait=true&name=" + name, body, "application/x-ndjson");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void allRowsAreReplacedAndTheViewsFollow() {
    String days = "SELECT groupArray((day, n)) FROM (SELECT day, n FROM visits ORDER BY day, n)";
    String totals =
        "SELECT groupArray((day, total)) FROM"
            + " (SELECT day, sum(n) AS total FROM visits_by_day GROUP BY day ORDER BY day)";
    String whole = "SELECT sum(total) FROM visits_in_all";
    append("name=visits", "2026-01-01,1\n2026-01-01,2\n2026-01-02,3\n".getBytes(UTF_8), "text/csv");
    assertThat(sql(whole)).isEqualTo("6");
    JsonNode replaced = replace("name=visits", "2026-01-02,5\nsoon,1\n2026-01-03,6\n");
    assertThat(replaced.path("successful_rows").asLong()).isEqualTo(2);
    assertThat(replaced.path("quarantine_rows").asLong()).isEqualTo(1);
    assertThat(sql(days)).isEqualTo("[('2026-01-02',5),('2026-01-03',6)]");
    assertThat(sql(totals)).isEqualTo("[('2026-01-02',5),('2026-01-03',6)]");
    assertThat(sql(whole)).isEqualTo("11");
    assertThat(sql("SELECT day FROM visits_quarantine")).isEqualTo("soon");
    append("name=visits", "2026-01-03,1\n".getBytes(UTF_8), "text/csv");
    assertThat(sql(totals)).isEqualTo("[('2026-01-02',5),('2026-01-03',7)]");
    assertThat(sql(whole)).isEqualTo("12");

    HttpResponse<String> empty = send("mode=replace&name=visits", new byte[0], "text/csv");
    assertThat(empty.statusCode()).isEqualTo(400);
    assertThat(empty.body()).contains("nothing was replaced").contains("truncate_when_empty=true");
    assertThat(sql(whole)).isEqualTo("12");

    JsonNode partly =
        replace(
            "name=visits&skip_incompatible_partition_key=true&replace_condition="
                + URLEncoder.encode("day = '2026-01-03'", UTF_8),
            "2026-01-03,2\n2026-01-09,9\n");
    assertThat(partly.path("error").asBoolean(true)).isFalse();
    assertThat(sql(days)).isEqualTo("[('2026-01-02',5),('2026-01-03',2)]");
    assertThat(sql(totals)).isEqualTo("[('2026-01-02',5),('2026-01-03',2)]");
    assertThat(sql(whole)).as("another partition key: left as it was").isEqualTo("12");
    HttpResponse<String> refused =
        send(
            "mode=replace&name=visits&replace_condition="
                + URLEncoder.encode("day = '2026-01-03'", UTF_8),
            "2026-01-03,3\n".getBytes(UTF_8),
            "text/csv");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("visits_in_all").contains("another partition key");
    assertThat(sql(days)).isEqualTo("[('2026-01-02',5),('2026-01-03',2)]");

    replace("name=visits&replace_truncate_when_empty=true", "");
    assertThat(sql("SELECT count() FROM visits")).isEqualTo("0");
    assertThat(sql(whole)).isEqualTo("0");
    HttpResponse<String> target =
        send("mode=replace&name=counts", "1\n".getBytes(UTF_8), "text/csv");
    assertThat(target.statusCode()).isEqualTo(409);
  }

  @Test
  void rowsThatArriveMeanwhileAreNeitherLostNorDoubled() throws Exception {
    AtomicBoolean more = new AtomicBoolean(true);
    AtomicInteger sent = new AtomicInteger();
    Thread sender =
        Thread.ofPlatform()
            .start(() -> {
              while (more.get()) {
                int number = 1000 + sent.incrementAndGet();
                HttpResponse<String> answer =
                    server.post(
                        "/v0/events?name=busy",
                        "{\"id\":" + number + ",\"name\":\"e\"}",
                        "application/x-ndjson");
                assertThat(answer.statusCode()).isEqualTo(202);
              }
            });
    int before = 0;
    for (int round = 0; round < 4; round++) {
      before = sent.get();
      replace("name=busy", "1,r" + round + "\n2,r" + round + "\n");
    }
    more.set(false);
    sender.join();
    events("busy", "{\"id\":0,\"name\":\"last\"}");
    assertThat(sql("SELECT groupArray(name) FROM busy WHERE id IN (1, 2)"))
        .isEqualTo("['r3','r3']");
    String events = "FROM busy WHERE id > 1000";
    assertThat(sql("SELECT count() - uniqExact(id) " + events)).isEqualTo("0");
    assertThat(sql("SELECT max(id) - 1000 " + events)).isEqualTo(Integer.toString(sent.get()));
    assertThat(sql("SELECT min(id) - 1000 <= " + (before + 2) + " " + events)).isEqualTo("1");
    assertThat(sql("SELECT max(id) - min(id) + 1 - count() " + events)).isEqualTo("0");
    assertThat(sql("SELECT sum(rows) = (SELECT count() FROM busy) FROM busy_counts"))
        .isEqualTo("1");
  }

  private static JsonNode ended(String id) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < endNanos) {
      JsonNode job = json(server.get("/v0/jobs/" + id));
      if (!java.util.Set.of("waiting", "working").contains(job.path("status").asString(""))) {
        return job;
      }
    }
    throw new AssertionError("the job does not end: " + id);
  }
}
