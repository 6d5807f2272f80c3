// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import kinglet.testkit.Answers;
import kinglet.testkit.Seed;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Training sets from a request to their bytes.
final class TrainingSetIT {
  private static final String VISITS =
      """
      NODE day
      SQL >
          SELECT %1$s, count() OVER day AS visits, sum(spent) OVER day AS spent, argMax(spent, ts) OVER day AS newest
          FROM visits
          WINDOW day AS (PARTITION BY %1$s ORDER BY ts RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW)
      TYPE FEATURES
      ENTITY %1$s
      EVENT_TIME ts
      """;

  private static final Map<String, String> VISITED =
      Map.of(
          "datasources/visits.datasource",
          """
          SCHEMA >
              ts DateTime64(3, 'UTC') `json:$.ts`,
              shop LowCardinality(String) `json:$.shop`,
              visitor Nullable(Int32) `json:$.visitor`,
              spent Float64 `json:$.spent`
          ENGINE MergeTree
          ENGINE_SORTING_KEY shop, ts
          """,
          "features/shop.pipe",
          VISITS.formatted("shop"),
          "features/visitor.pipe",
          VISITS.formatted("shop, visitor"));

  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/items.datasource",
          """
          SCHEMA >
              ts DateTime64(3, 'UTC') `json:$.ts`,
              item LowCardinality(String) `json:$.item`
          ENGINE MergeTree
          ENGINE_SORTING_KEY item, ts
          """,
          "features/item.pipe",
          """
          NODE item
          SQL >
              SELECT item, count() OVER ever AS seen
              FROM items
              WINDOW ever AS (PARTITION BY item ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY item
          EVENT_TIME ts
          """,
          "datasources/shop_events.datasource",
          """
          SCHEMA >
              ts DateTime64(3, 'UTC') `json:$.ts`,
              user_id String `json:$.user_id`,
              price Float64 `json:$.price`
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, ts
          """,
          "datasources/labels.datasource",
          """
          SCHEMA >
              label_ts DateTime64(6, 'UTC') `json:$.label_ts`,
              user_id String `json:$.user_id`,
              bought UInt8 `json:$.bought`
          ENGINE MergeTree
          ENGINE_SORTING_KEY bought
          """,
          "features/shopper.pipe",
          """
          NODE shopper
          SQL >
              SELECT
                  user_id,
                  count() OVER last_1h AS views_1h,
                  sum(price) OVER last_1h AS spend_1h,
                  groupArrayLast(3)(price) OVER last_1h AS prices
              FROM shop_events
              WINDOW last_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
          """,
          "endpoints/offer.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT
                  views_1h,
                  spend_1h,
                  {{ Float64(cart, 0) }} / nullIf(spend_1h, 0) AS cart_share
              FROM shopper
              WHERE user_id = {{ String(buyer) }}
          TYPE endpoint
          """,
          "endpoints/with_key.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT
                  user_id,
                  {{ Float64(cart, 0) }} AS cart,
                  {{ Float64(tip, 0) }} * 2 AS tip,
                  views_1h
              FROM shopper
              WHERE user_id = {{ String(user_id) }}
          TYPE endpoint
          """,
          "endpoints/delayed.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT views_1h FROM shopper WHERE user_id = {{ String(buyer) }}
          TYPE endpoint
          FEATURE_DELAY 30 minutes
          """);

  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");

  /// With their view's, more histories than ClickHouse has connections for jobs.
  private static final int LOOKUPS = 12;

  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory.resolve("data"));
    Map<String, String> project = new LinkedHashMap<>(PROJECT);
    project.putAll(joiningLookups());
    project.putAll(VISITED);
    HttpResponse<String> deployed = server.project("/v1/deploy", project);
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
    append(
        "shop_events",
        """
        {"ts":"2026-01-01 10:00:00.000","user_id":"a","price":1.5}
        {"ts":"2026-01-01 10:30:00.000","user_id":"a","price":2}
        {"ts":"2026-01-01 11:00:00.001","user_id":"a","price":4}
        {"ts":"2026-01-01 10:30:00.000","user_id":"b","price":8}
        """);
    append(
        "labels",
        """
        {"label_ts":"2026-01-01 10:30:00","user_id":"b","bought":9}
        {"label_ts":"2026-01-01 11:00:00.001","user_id":"a","bought":1}
        {"label_ts":"2026-01-01 10:00:00","user_id":"a","bought":0}
        {"label_ts":"2026-01-01 11:00:00","user_id":"nobody","bought":0}
        {"label_ts":"2026-01-01 10:00:00","user_id":"a","bought":0}
        {"label_ts":"2026-01-01 09:59:59.999999","user_id":"a","bought":1}
        """);
  }

  /// A view that joins lookup views, each with the last price above another bound.
  private static Map<String, String> joiningLookups() {
    Map<String, String> files = new LinkedHashMap<>();
    StringBuilder sums = new StringBuilder();
    StringBuilder joins = new StringBuilder();
    for (int bound = 0; bound < LOOKUPS; bound++) {
      files.put(
          "features/above_%d.pipe".formatted(bound),
          """
          NODE above
          SQL >
              SELECT user_id, price FROM shop_events WHERE price > %d
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
          """
              .formatted(bound));
      sums.append(", sum(above_%1$d.price) OVER ever AS sum_%1$d".formatted(bound));
      joins.append(
          " LEFT JOIN above_%1$d ON above_%1$d.user_id = shop_events.user_id".formatted(bound));
    }
    files.put(
        "features/joined.pipe",
        """
        NODE joined
        SQL >
            SELECT user_id%s FROM shop_events%s
            WINDOW ever AS (PARTITION BY user_id ORDER BY ts)
        TYPE FEATURES
        ENTITY user_id
        EVENT_TIME ts
        """
            .formatted(sums, joins));
    return files;
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// History that nobody served from, as files are.
  private static void append(String source, String rows) {
    HttpResponse<String> answer =
        server.send(
            server
                .authorized("/v0/datasources?mode=append&format=ndjson&name=" + source)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(rows)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static JsonNode build(String request) {
    HttpResponse<String> made = server.post("/v0/training_sets", request, "application/json");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
    return ended(json(made));
  }

  private static JsonNode ended(JsonNode begun) {
    JsonNode set = begun;
    String name = begun.path("name").asString();
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!ENDS.contains(set.path("status").asString("")) && System.nanoTime() < endNanos) {
      set = json(server.get("/v0/training_sets/" + name));
    }
    return set;
  }

  private static String written(String file) {
    HttpResponse<String> answer = server.get("/v0/training_sets/" + file);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void keepsTheRowsOfTheSpineInOrder() {
    JsonNode set =
        build(
            """
            {"name": "first", "features": ["shopper"], "spine": {"datasource": "labels"},
             "time": "label_ts", "with": ["status"]}
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    assertThat(written("first.csv"))
        .isEqualTo(
            """
            "label_ts","user_id","bought","views_1h","views_1h__status","spend_1h","spend_1h__status","prices","prices__status"
            "2026-01-01 10:30:00.000000","b",9,1,"PRESENT",8,"PRESENT","[8]","PRESENT"
            "2026-01-01 11:00:00.001000","a",1,2,"PRESENT",6,"PRESENT","[2,4]","PRESENT"
            "2026-01-01 10:00:00.000000","a",0,1,"PRESENT",1.5,"PRESENT","[1.5]","PRESENT"
            "2026-01-01 11:00:00.000000","nobody",0,0,"NOT_FOUND",\\N,"NOT_FOUND","[]","NOT_FOUND"
            "2026-01-01 10:00:00.000000","a",0,1,"PRESENT",1.5,"PRESENT","[1.5]","PRESENT"
            "2026-01-01 09:59:59.999999","a",1,0,"NOT_FOUND",\\N,"NOT_FOUND","[]","NOT_FOUND"
            """);
  }

  @Test
  void takesWhatAQueryGives() {
    JsonNode set =
        build(
            """
            {"name": "queried", "features": ["shopper:spend_1h"],
             "spine": {"q": "SELECT bought AS y, user_id, label_ts AS at FROM labels ORDER BY label_ts, bought"},
             "time": "at"}
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    assertThat(written("queried.ndjson").lines().findFirst().orElseThrow())
        .isEqualTo(
            "{\"y\":1,\"user_id\":\"a\",\"at\":\"2026-01-01 09:59:59.999999\",\"spend_1h\":null}");
  }

  /// Sends a request with a file of the spine.
  private static JsonNode sent(String request, String file, String spine) {
    return sent(request, file, spine.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode sent(String request, String file, byte[] spine) {
    String head =
        "--%1$s\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n%2$s\r\n--%1$s\r\nContent-Disposition: form-data; name=\"spine\"; filename=\"%3$s\"\r\n\r\n"
            .formatted("b0undary", request, file);
    BodyPublisher body =
        BodyPublishers.concat(
            BodyPublishers.ofString(head),
            BodyPublishers.ofByteArray(spine),
            BodyPublishers.ofString("\r\n--b0undary--\r\n"));
    HttpResponse<String> made =
        server.send(
            server
                .authorized("/v0/training_sets")
                .header("Content-Type", "multipart/form-data; boundary=b0undary")
                .POST(body));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
    return ended(json(made));
  }

  @Test
  void theSameRowsInEveryFormatAndAFileOfOneIsTheSpineOfAnother() throws Exception {
    JsonNode set =
        build(
            """
            {"name": "formats", "features": ["shopper:views_1h", "shopper:prices"], "format": "arrow",
             "spine": {"datasource": "labels"}, "time": "label_ts", "with": ["status"]}
            """);
    assertThat(set.path("url").asString("")).endsWith("/v0/training_sets/formats.arrow");
    String rows = written("formats.ndjson");
    for (String format : List.of("Arrow", "Parquet")) {
      Path file = directory.resolve("formats." + format);
      byte[] bytes = bytes("formats." + format.toLowerCase(Locale.ROOT));
      Files.write(file, bytes);
      try (InputStream read =
          server
              .server()
              .read("SELECT * FROM file('%s', '%s') FORMAT JSONEachRow".formatted(file, format))) {
        assertThat(new String(read.readAllBytes(), StandardCharsets.UTF_8))
            .as(format)
            .isEqualTo(rows);
      }
    }

    JsonNode again =
        sent(
            "{\"name\":\"of_parquet\",\"features\":[\"shopper:spend_1h\"],\"time\":\"label_ts\"}",
            "spine.parquet",
            bytes("formats.parquet"));

    assertThat(again.path("status").asString("")).as(again.toString()).isEqualTo("done");
    assertThat(written("of_parquet.ndjson").lines().map(line -> line.replaceAll(",\"spend.*", "}")))
        .containsExactlyElementsOf(rows.lines().toList());
    assertThat(written("of_parquet.ndjson").lines().map(line -> line.replaceAll(".*spend_1h", "")))
        .containsExactly("\":8}", "\":6}", "\":1.5}", "\":null}", "\":1.5}", "\":null}");
  }

  @Test
  void aDelayOfAnEndpointThatReadsNoFeaturesIsRefused() {
    Map<String, String> files = new HashMap<>(PROJECT);
    files.put(
        "endpoints/plain.pipe",
        """
        NODE rows
        SQL >
            SELECT count() AS rows FROM labels
        TYPE endpoint
        FEATURE_DELAY 5 minutes
        """);

    HttpResponse<String> refused = server.project("/v1/deploy", files);

    assertThat(json(refused).path("result").asString("")).isEqualTo("failed");
    assertThat(refused.body())
        .contains(
            "FEATURE_DELAY is of feature services, and 'plain' reads no feature view: leave it out");
  }

  @Test
  void aServiceTakesItsParametersFromTheSpine() {
    JsonNode set =
        sent(
            "{\"name\":\"offers\",\"service\":\"offer\",\"time\":\"at\",\"with\":[\"status\"]}",
            "spine.csv",
            """
            at,buyer,cart,note
            2026-01-01 10:30:00,a,7,007
            2026-01-01T10:30:00Z,nobody,7,
            2026-01-01 12:30:00,a,7,x
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    assertThat(set.at("/manifest/service/name").asString("")).isEqualTo("offer");
    assertThat(set.at("/manifest/feature_views/shopper").asInt()).isEqualTo(1);
    assertThat(written("offers.ndjson"))
        .isEqualTo(
            """
            {"at":"2026-01-01 10:30:00","buyer":"a","cart":7,"note":"007","views_1h":2,"views_1h__status":"PRESENT","spend_1h":3.5,"spend_1h__status":"PRESENT","cart_share":2,"cart_share__status":"PRESENT"}
            {"at":"2026-01-01T10:30:00Z","buyer":"nobody","cart":7,"note":null,"views_1h":0,"views_1h__status":"NOT_FOUND","spend_1h":null,"spend_1h__status":"NOT_FOUND","cart_share":null,"cart_share__status":"NOT_FOUND"}
            {"at":"2026-01-01 12:30:00","buyer":"a","cart":7,"note":"x","views_1h":0,"views_1h__status":"PRESENT","spend_1h":null,"spend_1h__status":"NULL","cart_share":null,"cart_share__status":"NULL"}
            """);
  }

  @Test
  void aDelayShiftsTheTimeBack() {
    JsonNode set =
        sent(
            "{\"name\":\"delayed\",\"service\":\"delayed\",\"time\":\"at\"}",
            "spine.ndjson",
            """
            {"at":"2026-01-01 10:59:59.999","buyer":"a"}
            {"at":"2026-01-01 11:00:00","buyer":"a"}
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    assertThat(set.at("/manifest/feature_delay_seconds").asInt()).isEqualTo(1800);
    assertThat(written("delayed.csv"))
        .isEqualTo(
            """
            "at","buyer","views_1h"
            "2026-01-01 10:59:59.999","a",1
            "2026-01-01 11:00:00","a",2
            """);
  }

  @Test
  void aBadSpineIsAnErrorThatNamesRowAndColumn() {
    String request = "{\"name\":\"bad\",\"features\":[\"shopper\"],\"time\":\"at\"}";
    assertThat(
            sent(request, "s.csv", "at,user_id\n2026-01-01,a\nsoon,b\n").path("error").asString(""))
        .isEqualTo("row 2 of the spine, column 'at': 'soon' is no time");
    assertThat(sent(request, "s.csv", "at,user\n2026-01-01,a\n").path("error").asString(""))
        .isEqualTo("the spine has no column 'user_id'; its columns are at, user");
    assertThat(
            sent(request, "s.ndjson", "{\"at\":\"2026-01-01\",\"user_id\":[1]}\n")
                .path("error")
                .asString(""))
        .contains("user_id");
    assertThat(
            sent(request, "s.csv", "at,user_id,spend_1h\n2026-01-01,a,1\n")
                .path("error")
                .asString(""))
        .contains("'spend_1h'");
    assertThat(server.get("/v0/training_sets/bad.parquet").statusCode()).isEqualTo(409);
    Answers.refused(
        server.post(
            "/v0/training_sets",
            "{\"name\":\"bad\",\"features\":[\"shopper:nothing\"],\"spine\":{\"datasource\":\"labels\"},\"time\":\"label_ts\"}",
            "application/json"),
        400,
        "invalid-training-set");
    assertThat(
            server.request("DELETE", "/v0/training_sets/bad", BodyPublishers.noBody()).statusCode())
        .isEqualTo(204);
    Answers.refused(server.get("/v0/training_sets/bad"), 404, "unknown-training-set");
  }

  @Test
  void theSameIsTheSameBytesAndSinceGoesOn() throws Exception {
    String all =
        "SELECT number AS n, concat('a', toString(modulo(number, 3))) AS user_id, toDateTime('2026-01-01 10:00:00') + number AS at FROM numbers(%d) ORDER BY n";
    String of =
        "{\"name\":\"%s\",\"features\":[\"shopper\"],\"spine\":{\"q\":\"%s\"},\"time\":\"at\",\"with\":[\"status\"]%s}";
    JsonNode part = build(of.formatted("part", all.formatted(1000), ""));
    JsonNode whole = build(of.formatted("whole", all.formatted(5000), ""));
    long seq = whole.at("/manifest/journal_seq").asLong();
    JsonNode rest =
        build(
            of.formatted(
                "rest", all.formatted(5000), ",\"since\":\"part\",\"journal_seq\":" + seq));
    JsonNode again = build(of.formatted("again", all.formatted(5000), ",\"journal_seq\":" + seq));

    assertThat(part.path("status").asString("")).as(part.toString()).isEqualTo("done");
    assertThat(rest.at("/manifest/since/rows").asLong()).as(rest.toString()).isEqualTo(1000);
    assertThat(again.at("/manifest/spine")).isEqualTo(whole.at("/manifest/spine"));
    byte[] bytes = bytes("whole.parquet");
    assertThat(bytes("again.parquet")).isEqualTo(bytes);
    assertThat(bytes("rest.parquet")).isEqualTo(bytes);
    assertThat(
            build(
                    of.formatted(
                        "other", all.formatted(4000).replace("'a'", "'b'"), ",\"since\":\"part\""))
                .path("error")
                .asString(""))
        .contains("the first 1000 rows of the spine are not those of the training set 'part'");
  }

  private static byte[] bytes(String file) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            server.authorized("/v0/training_sets/" + file).build(),
            HttpResponse.BodyHandlers.ofByteArray())
        .body();
  }

  @Test
  void aCancelledJobLeavesNothingBehind() throws Exception {
    String request =
        "{\"name\":\"ended\",\"features\":[\"shopper\"],\"spine\":{\"q\":\"SELECT toString(number) AS user_id, now() AS at FROM numbers(%d)\"},\"time\":\"at\"}";
    JsonNode begun =
        json(server.post("/v0/training_sets", request.formatted(3_000_000), "application/json"));
    HttpResponse<String> cancelled =
        server.post("/v0/jobs/" + begun.path("job_id").asString() + "/cancel", "", "text/plain");
    assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(200);
    assertThat(ended(begun).path("status").asString("")).isEqualTo("cancelled");
    String id =
        json(server.get("/v0/jobs/" + begun.path("job_id").asString()))
            .path("training_set_id")
            .asString();
    try (InputStream tables =
        server
            .server()
            .read(
                "SELECT count() FROM system.tables WHERE startsWith(name, '__training_"
                    + id.replace("-", "")
                    + "') FORMAT TSV")) {
      assertThat(new String(tables.readAllBytes(), StandardCharsets.UTF_8).strip()).isEqualTo("0");
    }
    assertThat(build(request.formatted(10)).at("/manifest/rows").asLong()).isEqualTo(10);
  }

  @Test
  void requestsAreCheckedAtOnce() {
    for (String request :
        List.of(
            "[]",
            "{\"name\":\"x\"}",
            "{\"name\":\"x y\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"labels\"},\"time\":\"label_ts\"}",
            "{\"name\":\"x\",\"features\":[\"shopper\"],\"service\":\"offer\",\"spine\":{\"datasource\":\"labels\"},\"time\":\"label_ts\"}",
            "{\"name\":\"x\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"labels\",\"q\":\"SELECT 1\"},\"time\":\"label_ts\"}",
            "{\"name\":\"x\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"nothing\"},\"time\":\"label_ts\"}",
            "{\"name\":\"x\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"labels\"},\"time\":\"label_ts\",\"mode\":\"best\"}",
            "{\"name\":\"x\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"labels\"},\"time\":\"label_ts\",\"format\":\"xml\"}",
            "{\"name\":\"x\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"labels\"},\"time\":\"label_ts\",\"more\":1}")) {
      Answers.refused(
          server.post("/v0/training_sets", request, "application/json"),
          400,
          "invalid-training-set");
    }
    Answers.refused(
        server.post(
            "/v0/training_sets",
            "{\"name\":\"x\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"labels\"},\"time\":\"bought\"}",
            "application/json"),
        422,
        "invalid-spine");
    assertThat(server.anonymous("GET", "/v0/training_sets", "").statusCode()).isEqualTo(401);
  }

  private static JsonNode snapshot(String request) {
    JsonNode snapshot = json(server.post("/v0/snapshots", request, "application/json"));
    String path = "/v0/snapshots/" + snapshot.path("name").asString("");
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!ENDS.contains(snapshot.path("status").asString("")) && System.nanoTime() < endNanos) {
      snapshot = json(server.get(path));
    }
    assertThat(snapshot.path("status").asString("")).as("%s", snapshot).isEqualTo("done");
    return snapshot;
  }

  private static void delete(String source, String condition) {
    String path = "/v0/datasources/" + source + "/delete";
    String job =
        Answers.done(server.form("POST", path, "delete_condition=" + condition))
            .path("job_id")
            .asString();
    String status = "";
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!ENDS.contains(status) && System.nanoTime() < endNanos) {
      status = Answers.done(server.get("/v0/jobs/" + job)).path("status").asString("");
    }
    assertThat(status).isEqualTo("done");
  }

  @Test
  void isBuiltAgainFromSnapshotsWhenRowsAreGone() {
    append("shop_events", "{\"ts\":\"2026-01-01 10:15:00.000\",\"user_id\":\"gone\",\"price\":16}");
    append("labels", "{\"label_ts\":\"2026-01-01 10:20:00\",\"user_id\":\"gone\",\"bought\":7}");
    JsonNode events = snapshot("{\"name\":\"events_kept\",\"datasource\":\"shop_events\"}");
    JsonNode _ =
        snapshot("{\"name\":\"labels_kept\",\"datasource\":\"labels\",\"where\":\"bought = 7\"}");
    String request =
        """
        {"name": "%s", "features": ["shopper"], "spine": {"datasource": "snapshots.labels_kept"},
         "history": {"shop_events": "snapshots.events_kept"}, "time": "label_ts"}
        """;
    JsonNode before = build(request.formatted("kept_before"));
    delete("shop_events", "user_id%3D'gone'");
    delete("labels", "bought%3D7");
    JsonNode after = build(request.formatted("kept_after"));

    String rows =
        "{\"label_ts\":\"2026-01-01 10:20:00.000000\",\"user_id\":\"gone\",\"bought\":7,\"views_1h\":1,\"spend_1h\":16,\"prices\":[16]}\n";
    assertThat(written("kept_before.ndjson")).as(before.toString()).isEqualTo(rows);
    assertThat(written("kept_after.ndjson")).as(after.toString()).isEqualTo(rows);
    assertThat(after.at("/manifest/history/shop_events/snapshot").asString(""))
        .isEqualTo("snapshots.events_kept");
    assertThat(after.at("/manifest/history/shop_events/journal_seq").asLong())
        .isEqualTo(events.path("journal_seq").asLong());
    assertThat(after.at("/manifest/spine")).isEqualTo(before.at("/manifest/spine"));

    JsonNode live =
        build(
            """
            {"name": "not_kept", "features": ["shopper"], "time": "label_ts",
             "spine": {"datasource": "snapshots.labels_kept"}}
            """);
    assertThat(live.path("manifest").has("history")).isFalse();
    assertThat(written("not_kept.ndjson")).contains("\"views_1h\":0");
    JsonNode served =
        build(
            """
            {"name": "kept_service", "service": "offer", "time": "label_ts",
             "spine": {"q": "SELECT label_ts, user_id AS buyer FROM snapshots.labels_kept"},
             "history": {"shop_events": "snapshots.events_kept"}}
            """);
    assertThat(written("kept_service.ndjson")).as(served.toString()).contains("\"spend_1h\":16");

    Answers.refused(
        server.post(
            "/v0/training_sets",
            """
            {"name": "more", "features": ["shopper"], "time": "label_ts", "since": "kept_after",
             "spine": {"datasource": "snapshots.nothing"}}
            """,
            "application/json"),
        400,
        "invalid-training-set");
    JsonNode other =
        build(
            """
            {"name": "other_history", "features": ["shopper"], "time": "label_ts",
             "since": "kept_after", "spine": {"datasource": "snapshots.labels_kept"}}
            """);
    assertThat(other.path("error").asString("")).contains("'history' differs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|must be an object",
        "{\"shop_events\": \"labels\"}|write snapshots.NAME",
        "{\"shop_events\": 5}|write snapshots.NAME",
        "{\"shop_events\": \"snapshots.none\"}|no complete snapshot 'snapshots.none'",
        "{\"nothing\": \"snapshots.of_labels\"}|no data source 'nothing'",
        "{\"labels\": \"snapshots.of_labels\"}|no feature of the set is made of the data source 'labels'",
        "{\"shop_events\": \"snapshots.of_labels\"}|which the feature view 'shopper' reads as DateTime64(3, 'UTC'), is not in 'snapshots.of_labels'"
      })
  void saysWhatIsWrongWithAHistory(String history, String message) {
    if (server.get("/v0/snapshots/of_labels").statusCode() == 404) {
      JsonNode _ = snapshot("{\"name\":\"of_labels\",\"datasource\":\"labels\"}");
    }
    HttpResponse<String> answer =
        server.post(
            "/v0/training_sets",
            "{\"name\":\"wrong\",\"features\":[\"shopper\"],\"time\":\"label_ts\",\"spine\":{\"datasource\":\"labels\"},\"history\":"
                + history
                + "}",
            "application/json");
    Answers.refused(answer, 400, "invalid-training-set");
    assertThat(json(answer).path("detail").asString("")).contains(message);
  }

  @Test
  void aColumnOfAServiceThatIsItsParameterStandsInTheSpine() {
    JsonNode set =
        build(
            """
            {"name": "with_key", "service": "with_key", "time": "at", "with": ["status"],
             "spine": {"q": "SELECT user_id, label_ts AS at, 7 AS cart FROM labels WHERE bought = 9"}}
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    assertThat(written("with_key.ndjson"))
        .isEqualTo(
            "{\"user_id\":\"b\",\"at\":\"2026-01-01 10:30:00.000000\",\"cart\":7,\"tip\":0,\"tip__status\":\"PRESENT\","
                + "\"views_1h\":1,\"views_1h__status\":\"PRESENT\"}\n");
    assertThat(set.at("/manifest/features").valueStream().map(one -> one.asString()))
        .containsExactly("tip", "views_1h");
  }

  @Test
  void aColumnOfAServiceThatIsNotTheParameterOfItsNameIsRefused() {
    JsonNode set =
        build(
            """
            {"name": "with_tip", "service": "with_key", "time": "label_ts",
             "spine": {"q": "SELECT user_id, label_ts, bought AS tip FROM labels ORDER BY bought"}}
            """);

    assertThat(set.path("error").asString(""))
        .isEqualTo(
            "the column 'tip' of the service 'with_key' is not the parameter 'tip' in row 4 of the"
                + " spine: give the column of the service another name");
  }

  @Test
  void aNameThatIsTwiceThereIsSaidBeforeHistoryIsRead() {
    JsonNode set =
        build(
            """
            {"name": "twice", "features": ["shopper"], "time": "label_ts", "with": ["status"],
             "spine": {"q": "SELECT user_id, label_ts, 1 AS spend_1h__status FROM labels"}}
            """);

    assertThat(set.path("error").asString(""))
        .isEqualTo(
            "two columns of the training set would be called 'spend_1h__status': give the column of"
                + " the spine another name");
    JsonNode job = json(server.get("/v0/jobs/" + set.path("job_id").asString()));
    assertThat(job.at("/statistics/row_count").asLong(-1)).as(job.toString()).isZero();
  }

  private static JsonNode copied(String call) {
    HttpResponse<String> begun = server.form("POST", "/v0/training_sets/" + call, "");
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
    JsonNode job = json(begun);
    String path = "/v0/jobs/" + job.path("job_id").asString("");
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!ENDS.contains(job.path("status").asString("")) && System.nanoTime() < endNanos) {
      job = Answers.done(server.get(path));
    }
    return job;
  }

  private static String sql(String sql) {
    HttpResponse<String> answer = server.post("/v0/sql", sql, "text/plain");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void isWrittenIntoADataSource() {
    JsonNode set =
        build(
            """
            {"name": "as_source", "features": ["shopper"], "with": ["status"], "time": "at",
             "spine": {"q": "SELECT label_ts AS at, user_id, bought FROM labels WHERE bought < 2 ORDER BY label_ts DESC, user_id"}}
            """);
    JsonNode first = copied("as_source/copy");
    assertThat(first.path("status").asString("")).as(first.toString()).isEqualTo("done");
    assertThat(sql("SELECT * FROM as_source ORDER BY at DESC, user_id FORMAT CSVWithNames"))
        .as(set.toString())
        .isEqualTo(written("as_source.csv"));
    assertThat(
            sql("SELECT toTypeName(spend_1h__status), toTypeName(prices) FROM as_source LIMIT 1"))
        .contains("LowCardinality(String)")
        .contains("Array(Float64)");

    JsonNode again = copied("as_source/copy?mode=replace&datasource=as_source");
    assertThat(again.path("status").asString("")).as(again.toString()).isEqualTo("done");
    assertThat(sql("SELECT count() FROM as_source FORMAT TSV")).isEqualTo("5\n");
    JsonNode more = copied("as_source/copy?datasource=as_source");
    assertThat(more.path("status").asString("")).as(more.toString()).isEqualTo("done");
    assertThat(sql("SELECT count() FROM as_source FORMAT TSV")).isEqualTo("10\n");
    JsonNode spine =
        build(
            """
            {"name": "from_copy", "features": ["shopper:views_1h"], "time": "at",
             "spine": {"q": "SELECT at, user_id FROM as_source"}}
            """);
    assertThat(spine.at("/manifest/rows").asInt()).as(spine.toString()).isEqualTo(10);

    Answers.refused(
        server.form("POST", "/v0/training_sets/nobody/copy", ""), 404, "unknown-training-set");
    Answers.refused(
        server.form("POST", "/v0/training_sets/as_source/copy?mode=merge", ""),
        400,
        "invalid-request");
    JsonNode wrong = copied("as_source/copy?datasource=labels&mode=replace");
    assertThat(wrong.path("error").asString("")).as(wrong.toString()).contains("label_ts");
    assertThat(sql("SELECT count() > 0 FROM labels FORMAT TSV")).isEqualTo("1\n");
  }

  @Test
  void aKeyMayHaveADictionary() {
    append("items", "{\"ts\":\"2026-01-01 10:00:00.000\",\"item\":\"i1\"}");
    JsonNode set =
        build(
            """
            {"name": "dictionary", "features": ["item"], "time": "at",
             "spine": {"q": "SELECT 'i1' AS item, toDateTime('2026-01-01 10:00:00', 'UTC') AS at"}}
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    assertThat(written("dictionary.csv")).endsWith("\"i1\",\"2026-01-01 10:00:00\",1\n");
  }

  /// Of a spine with few keys only the rows of these are read.
  @Test
  void fewRowsGetWhatTheyGetAmongMany() {
    RandomGenerator random = Seed.next().random();
    StringBuilder visits = new StringBuilder();
    for (int i = 0; i < 4_000; i++) {
      String visitor = random.nextInt(4) == 0 ? "null" : Integer.toString(random.nextInt(5));
      visits.append(
          "{\"ts\":\"2026-01-%02d %02d:00:00.000\",\"shop\":\"s%d\",\"visitor\":%s,\"spent\":%s}\n"
              .formatted(
                  1 + random.nextInt(9),
                  random.nextInt(24),
                  random.nextInt(4),
                  visitor,
                  random.nextDouble()));
    }
    append("visits", visits.toString());
    String spine =
        "SELECT DISTINCT concat('s', toString(number %% 5)) AS shop, if(number %% 7 = 6, NULL, toInt64(number %% 7)) AS visitor,"
            + " toDateTime('2026-01-0%d 12:00:00', 'UTC') AS at FROM numbers(35) WHERE %s ORDER BY shop, visitor";
    List<String> many = new ArrayList<>();
    for (int day = 1; day <= 9; day++) {
      many.add("(" + spine.formatted(day, "1") + ")");
    }
    List<String> all = rows("many_visits", String.join(" UNION ALL ", many));
    List<String> some = rows("few_visits", spine.formatted(6, "number % 3 = 0"));

    assertThat(all).hasSize(9 * 35);
    assertThat(some).hasSize(12).isSubsetOf(all);
    assertThat(some).anyMatch(row -> row.contains("\\N,\"2026-01-06 12:00:00\",1"));
  }

  private static List<String> rows(String name, String spine) {
    JsonNode set =
        build(
            """
            {"name": "%s", "features": ["shop", "visitor"], "time": "at", "mode": "corrected", "spine": {"q": "%s"}}
            """
                .formatted(name, spine));
    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    return written(name + ".csv").lines().skip(1).toList();
  }

  @Test
  void aViewMayJoinMoreLookupViewsThanThereAreConnections() {
    JsonNode set =
        build(
            """
            {"name": "lookups", "features": ["joined"], "time": "at",
             "spine": {"q": "SELECT user_id, toDateTime('2026-01-01 12:00:00', 'UTC') AS at FROM shop_events GROUP BY user_id ORDER BY user_id"}}
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    String nothing = ",\\N";
    assertThat(written("lookups.csv").lines().skip(1))
        .containsExactly(
            "\"a\",\"2026-01-01 12:00:00\",7.5,7.5,4,4" + nothing.repeat(8),
            "\"b\",\"2026-01-01 12:00:00\"" + ",8".repeat(8) + nothing.repeat(4));
  }
}
