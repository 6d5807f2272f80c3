// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import kinglet.type.Known;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// From when on rows count as known, by the way they came.
final class KnownAtIT {
  private static final String ALWAYS = Long.toString(Known.ALWAYS_MICROS);
  private static final String SCHEMA =
      """
      SCHEMA >
          `id` UInt64 `json:$.id`,
          `at` DateTime64(3) `json:$.at`,
          `day` Nullable(Date) `json:$.day`,
          `seen` LowCardinality(DateTime) `json:$.seen` DEFAULT now(),
          `name` String `json:$.name` DEFAULT 'none'

      ENGINE "MergeTree"
      ENGINE_SORTING_KEY "%s"
      """;
  private static final String ROWS =
      """
      {"id":1,"at":"2026-01-02 03:04:05.678","day":"2026-01-03","seen":"2026-01-04 00:00:01"}
      {"id":2,"at":"1970-01-01 00:00:00.000","day":null}
      """;

  @TempDir static Path directory;

  private static TestServer server;
  private static HttpServer remote;

  @BeforeAll
  static void start() throws IOException {
    remote = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    remote.createContext(
        "/rows.ndjson",
        exchange -> {
          exchange.sendResponseHeaders(200, ROWS.getBytes(UTF_8).length);
          exchange.getResponseBody().write(ROWS.getBytes(UTF_8));
          exchange.close();
        });
    remote.start();
    server = started();
    deploy("id");
  }

  private static TestServer started() {
    TestServer started =
        TestServer.start(directory.resolve("data"), Map.of("ingest.url-private-addresses", "true"));
    started.awaitReady();
    return started;
  }

  private static void deploy(String key) {
    Map<String, String> files = new LinkedHashMap<>();
    for (String name : List.of("events", "files", "columns", "refused", "replaced", "migrated")) {
      String sorted = name.equals("migrated") ? key : "id";
      files.put("datasources/" + name + ".datasource", SCHEMA.formatted(sorted));
    }
    files.put(
        "datasources/passing.datasource", SCHEMA.formatted("id").replace("MergeTree", "Null"));
    HttpResponse<String> deployed =
        server.project("/v1/deploy?allow_destructive_operations=true", files);
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
  }

  @AfterAll
  static void stop() {
    server.close();
    remote.stop(0);
  }

  private static void append(String query, byte[] body, String type) {
    HttpResponse<String> answer = send("mode=append&" + query, body, type);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static HttpResponse<String> send(String query, byte[] body, String type) {
    return server.send(
        server
            .authorized("/v0/datasources?" + query)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void send(String source, String rows) {
    HttpResponse<String> answer =
        server.post("/v0/events?wait=true&name=" + source, rows, "application/x-ndjson");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static byte[] parquet(String select) throws IOException {
    try (InputStream file = server.server().read(select + " FORMAT Parquet")) {
      return file.readAllBytes();
    }
  }

  /// Each row's number and the microseconds from which on it counts as known.
  private static List<String> known(String table) throws IOException {
    String database =
        ask("SELECT database FROM system.tables WHERE name = 'events_quarantine'").getFirst();
    return ask(
        "SELECT concat(id, ' ', toUnixTimestamp64Micro(__known_at)) FROM `%s`.`%s` ORDER BY id, __seq"
            .formatted(database, table));
  }

  private static List<String> ask(String sql) throws IOException {
    try (InputStream rows = server.server().read(sql + " FORMAT TSVRaw")) {
      return new String(rows.readAllBytes(), UTF_8).lines().toList();
    }
  }

  private static JsonNode ended(HttpResponse<String> submitted) {
    assertThat(submitted.statusCode()).as(submitted.body()).isEqualTo(200);
    String path = "/v0/jobs/" + json(submitted).path("id").asString("");
    JsonNode job;
    do {
      job = json(server.get(path));
    } while (List.of("waiting", "working").contains(job.path("status").asString("")));
    return job;
  }

  private static String url() {
    return "http://127.0.0.1:" + remote.getAddress().getPort() + "/rows.ndjson";
  }

  @Test
  void eventsAreKnownFromTheirIngestionOn() throws IOException {
    send("events", ROWS);
    assertThat(known("events")).containsExactly("1 0", "2 0");
    send("passing", ROWS);
  }

  @Test
  void filesAreKnownAtTheirEventTimeUnlessTheyAreNew() throws IOException {
    append("name=files", bytes("id,at\n1,2026-01-01 00:00:00\n"), "text/csv");
    append("name=files&format=ndjson", bytes("{\"id\":2,\"at\":\"2026-01-01\"}\n"), "text/plain");
    append(
        "name=files",
        parquet(
            "SELECT 3 AS id, now64(3) AS at, NULL::Nullable(Date) AS day, now() AS seen, 'p' AS name"),
        "text/plain");
    String form =
        "--b\r\nContent-Disposition: form-data; name=\"ndjson\"\r\n\r\n"
            + "{\"id\":4,\"at\":\"2026-01-01\"}\r\n--b--\r\n";
    append("name=files&format=ndjson", bytes(form), "multipart/form-data; boundary=b");
    assertThat(known("files"))
        .containsExactly("1 " + ALWAYS, "2 " + ALWAYS, "3 " + ALWAYS, "4 " + ALWAYS);
    append("name=files&known_at=now", bytes("id,at\n5,2026-01-01 00:00:00\n"), "text/csv");
    append("name=files&known_at=now", parquet("SELECT 6 AS id, now64(3) AS at"), "text/plain");
    send("files", "{\"id\":7,\"at\":\"2026-01-01\"}\n");
    assertThat(known("files").subList(4, 7)).containsExactly("5 0", "6 0", "7 0");
    append("name=passing", bytes("id,at\n1,2026-01-01 00:00:00\n"), "text/csv");
  }

  @Test
  void nobodySeesTheColumn() {
    assertThat(server.get("/v0/sql?q=SELECT+*+FROM+files+FORMAT+JSON").body())
        .contains("\"name\"")
        .doesNotContain("__known_at");
    HttpResponse<String> named = server.get("/v0/sql?q=SELECT+__known_at+FROM+files");
    assertThat(named.statusCode()).isEqualTo(400);
    assertThat(named.body()).contains("the name is reserved");
  }

  @Test
  void aColumnMaySayIt() throws IOException {
    long at = Duration.ofMillis(1_767_323_045_678L).toNanos() / 1000;
    long day = Duration.ofDays(20456).toNanos() / 1000;
    long seen = Duration.ofSeconds(1_767_484_801L).toNanos() / 1000;
    append("name=columns&format=ndjson&known_at=at", bytes(ROWS), "text/plain");
    // A time that would stand for the ingestion is moved on by the smallest step.
    assertThat(known("columns")).containsExactly("1 " + at, "2 1");
    append("name=columns&format=ndjson&known_at=day", bytes(ROWS), "text/plain");
    assertThat(known("columns")).containsExactly("1 " + at, "1 " + day, "2 1", "2 0");
    append("name=columns&format=ndjson&known_at=seen", bytes(ROWS), "text/plain");
    assertThat(known("columns"))
        .containsExactly("1 " + at, "1 " + day, "1 " + seen, "2 1", "2 0", "2 0");
    String rows =
        """
        SELECT 3 + number AS id, CAST(number = 1 ? '2026-01-02 03:04:05.678' : '1970-01-01',
            'DateTime64(3)') AS at, if(number = 1, toDate('2026-01-03'), NULL) AS day,
            toDateTime('2026-01-04 00:00:01') AS seen FROM numbers(2)
        """;
    for (String column : List.of("at", "day", "seen")) {
      append("name=columns&known_at=" + column, parquet(rows), "text/plain");
    }
    assertThat(known("columns").subList(6, 12))
        .containsExactly("3 1", "3 0", "3 " + seen, "4 " + at, "4 " + day, "4 " + seen);
    HttpResponse<String> missing =
        send(
            "mode=append&name=columns&known_at=day",
            parquet("SELECT 9 AS id, now64(3) AS at"),
            "text/plain");
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(missing.body())
        .contains("file-schema-mismatch", "no column for known_at='day'; its columns are id, at");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mode=append", "mode=replace"})
  void whatIsNoTimeIsRefused(String mode) throws IOException {
    for (String column : List.of("name", "nope", "")) {
      HttpResponse<String> refused =
          send(mode + "&name=refused&known_at=" + column, bytes(ROWS), "text/plain");
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body())
          .contains(
              "not-a-time-column",
              "known_at='" + column + "' is neither 'now' nor a column",
              "such columns are at, day, seen");
    }
    HttpResponse<String> job =
        send(mode + "&name=refused&known_at=name&url=" + url(), new byte[0], "text/plain");
    assertThat(job.statusCode()).isEqualTo(400);
    assertThat(known("refused")).isEmpty();
  }

  @Test
  void urlsReplacementsAndNewDataSourcesSayItToo() throws IOException {
    String address = URLEncoder.encode(url(), UTF_8);
    String query = "mode=replace&name=replaced&url=" + address;
    JsonNode job = ended(send(query, new byte[0], "a/b"));
    assertThat(job.path("status").asString("")).as("%s", job).isEqualTo("done");
    assertThat(known("replaced")).containsExactly("1 " + ALWAYS, "2 " + ALWAYS);
    send("replaced", "{\"id\":3,\"at\":\"2026-01-01\"}\n");
    HttpResponse<String> part =
        send(
            "mode=replace&name=replaced&replace_condition=id%3D1&known_at=at&format=ndjson",
            bytes(ROWS), "text/plain");
    assertThat(part.statusCode()).as(part.body()).isEqualTo(200);
    assertThat(known("replaced")).containsExactly("1 1767323045678000", "2 " + ALWAYS, "3 0");
    ended(send("mode=create&name=made&known_at=now&url=" + address, new byte[0], "a/b"));
    assertThat(known("made")).containsExactly("1 0", "2 0");
    assertThat(
            send(
                    "mode=create&name=again&known_at=at",
                    bytes("id,at\n1,2026-01-01 00:00:00\n"),
                    "text/csv")
                .statusCode())
        .isEqualTo(200);
    assertThat(known("again")).containsExactly("1 1767225600000000");
  }

  @Test
  void aMigrationAndARestartKeepIt() throws IOException {
    append("name=migrated&format=ndjson", bytes(ROWS), "text/plain");
    append("name=migrated&format=ndjson&known_at=seen", bytes(ROWS), "text/plain");
    send("migrated", "{\"id\":3,\"at\":\"2026-01-01\"}\n");
    List<String> before = known("migrated");
    assertThat(before)
        .containsExactly("1 " + ALWAYS, "1 1767484801000000", "2 " + ALWAYS, "2 0", "3 0");
    deploy("at, id");
    String table =
        ask("SELECT name FROM system.tables WHERE match(name, '^migrated__[0-9]+$')").getFirst();
    assertThat(known(table)).isEqualTo(before);
    server.close();
    server = started();
    append("name=migrated&format=ndjson", bytes("{\"id\":4,\"at\":\"2026-01-01\"}\n"), "a/b");
    assertThat(known(table).getLast()).isEqualTo("4 " + ALWAYS);
  }
}
