// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import kinglet.testkit.Seed;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Training sets hold what reads gave: events come in at random, late, twice, with NULLs, from the
/// future; reads happen meanwhile; then a training set is built of exactly these keys and times.
final class TrainingProofIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");
  private static final int ROUNDS = 150;
  private static final int KEYS = 12;
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/shop_events.datasource",
          """
          SCHEMA >
              ts DateTime64(3, 'UTC') `json:$.ts`,
              user_id String `json:$.user_id`,
              item UInt32 `json:$.item` DEFAULT 0,
              kind LowCardinality(String) `json:$.kind`,
              price Nullable(Float64) `json:$.price`,
              pieces Int32 `json:$.pieces` DEFAULT 1
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, ts
          """,
          "datasources/items.datasource",
          """
          SCHEMA >
              at DateTime64(3, 'UTC') `json:$.at`,
              item UInt32 `json:$.item`,
              weight Float64 `json:$.weight`
          ENGINE MergeTree
          ENGINE_SORTING_KEY item
          """,
          "features/stock.pipe",
          """
          NODE stock
          SQL >
              SELECT item, weight FROM items
          TYPE FEATURES
          ENTITY item
          EVENT_TIME at
          """,
          "features/shopper.pipe",
          """
          NODE shopper
          SQL >
              SELECT
                  user_id,
                  count() OVER last_1h AS views_1h,
                  sum(price) OVER last_1h AS spend_1h,
                  avg(price) OVER last_1h AS mean_1h,
                  stddevPop(price) OVER last_1h AS spread_1h,
                  quantileTDigest(0.5)(price) OVER last_1h AS median_1h,
                  sumIf(pieces, kind = 'buy') OVER last_1h AS pieces_1h,
                  uniq(item) OVER tiled_1h AS items_1h,
                  sum(price) OVER tiled_1h AS tiled_spend,
                  count() OVER before_1h AS before_1h,
                  sum(price) OVER last_rows AS spend_rows,
                  groupArrayLast(5)(item) OVER ever AS recent,
                  sum(price) OVER ever AS spend_ever,
                  argMax(item, price) OVER ever AS dearest,
                  sum(s.weight) OVER last_1h AS weight_1h,
                  sum(price) OVER last_1h / nullIf(count() OVER last_1h, 0) AS ratio
              FROM shop_events
              LEFT JOIN stock AS s ON s.item = shop_events.item
              WHERE kind != 'noise'
              WINDOW
                  last_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
                  tiled_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
                  before_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW EXCLUDE GROUP),
                  last_rows AS (PARTITION BY user_id ORDER BY ts ROWS BETWEEN 20 PRECEDING AND CURRENT ROW),
                  ever AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
          TILE tiled_1h 5 minutes
          """,
          "features/brief.pipe",
          """
          NODE brief
          SQL >
              SELECT user_id, sum(price) OVER last_10m AS spend_10m, count() OVER last_10m AS views_10m
              FROM shop_events
              WINDOW last_10m AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 10 MINUTE PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
          TTL 30 minutes
          """);

  private static final String HISTORIC =
      """
      NODE historic
      SQL >
          SELECT
              user_id,
              count() OVER last_1h AS views_1h,
              sum(price) OVER last_1h AS spend_1h,
              sum(price) OVER tiled_1h AS tiled_spend,
              groupArrayLast(5)(item) OVER ever AS recent,
              sum(price) OVER ever AS spend_ever
          FROM history
          WINDOW
              last_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
              tiled_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
              ever AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      TYPE FEATURES
      ENTITY user_id
      EVENT_TIME ts
      TILE tiled_1h 5 minutes
      """;
  private static final String LABELS =
      """
      SCHEMA >
          n UInt32 `json:$.n`,
          user_id String `json:$.user_id`,
          read_at DateTime64(6, 'UTC') `json:$.read_at`
      ENGINE MergeTree
      ENGINE_SORTING_KEY user_id
      """;

  /// The events that were sent.
  private static final StringBuilder SENT = new StringBuilder();

  @TempDir static Path directory;

  private static TestServer server;

  /// What was read, in the order of the reads.
  private static final List<Read> READS = new ArrayList<>();

  private record Read(String user, String time, Map<String, JsonNode> values) {}

  @BeforeAll
  static void serve() {
    server =
        TestServer.start(directory.resolve("data"), Map.of("training.events-per-share", "500"));
    server.awaitReady();
    Map<String, String> project = new LinkedHashMap<>(PROJECT);
    project.put("features/historic.pipe", HISTORIC);
    project.put("datasources/labels.datasource", LABELS);
    project.put(
        "datasources/history.datasource", PROJECT.get("datasources/shop_events.datasource"));
    HttpResponse<String> deployed = server.project("/v1/deploy", project);
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
    RandomGenerator random = Seed.next().random();
    for (int round = 0; round < ROUNDS; round++) {
      if (random.nextInt(4) == 0) {
        send("items", item(random));
      }
      String events = events(random);
      SENT.append(events);
      send("shop_events", events);
      read(random);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void send(String source, String rows) {
    HttpResponse<String> answer =
        server.post("/v0/events?name=" + source, rows, "application/x-ndjson");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private static String item(RandomGenerator random) {
    return "{\"at\":\"%s\",\"item\":%d,\"weight\":%s}\n"
        .formatted(
            Instant.now().minusSeconds(random.nextInt(100)),
            random.nextInt(8),
            random.nextDouble() * 10);
  }

  private static String events(RandomGenerator random) {
    StringBuilder rows = new StringBuilder();
    int count = 1 + random.nextInt(40);
    String last = "";
    for (int i = 0; i < count; i++) {
      if (!last.isEmpty() && random.nextInt(10) == 0) {
        rows.append(last);
        continue;
      }
      // The last keys are seldom used, so that they expire.
      int user = random.nextInt(20) == 0 ? random.nextInt(KEYS) : random.nextInt(KEYS / 2);
      long age =
          switch (random.nextInt(8)) {
            case 0 -> random.nextInt(12_000_000);
            case 1 -> -random.nextInt(3_000);
            case 2 -> random.nextInt(4_000_000);
            default -> random.nextInt(60_000);
          };
      last =
          "{\"ts\":\"%s\",\"user_id\":\"u%d\",\"item\":%d,\"kind\":\"%s\",\"price\":%s,\"pieces\":%d}\n"
              .formatted(
                  Instant.now().minusMillis(age).truncatedTo(ChronoUnit.MILLIS),
                  user,
                  random.nextInt(10),
                  List.of("view", "buy", "noise").get(random.nextInt(3)),
                  random.nextInt(7) == 0 ? "null" : Double.toString(random.nextDouble() * 100),
                  random.nextInt(5));
      rows.append(last);
    }
    return rows.toString();
  }

  private static void read(RandomGenerator random) {
    List<String> users = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      users.add("u" + random.nextInt(KEYS + 1));
    }
    for (String view : List.of("shopper", "brief")) {
      String keys = "[\"" + String.join("\",\"", users) + "\"]";
      HttpResponse<String> answer =
          server.post(
              "/v0/features/" + view,
              "{\"keys\":{\"user_id\":" + keys + "},\"with\":[\"status\"]}",
              "application/json");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode body = json(answer);
      for (int i = 0; i < users.size(); i++) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        int row = i;
        body.path("values")
            .properties()
            .forEach(feature -> values.put(feature.getKey(), feature.getValue().get(row)));
        body.path("status")
            .properties()
            .forEach(
                feature -> values.put(feature.getKey() + "__status", feature.getValue().get(row)));
        READS.add(new Read(users.get(i), body.path("as_of").asString(), values));
      }
    }
  }

  private static List<JsonNode> build(String request, String spine) {
    String boundary = "b0undary";
    String body =
        "--%1$s\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n%2$s\r\n--%1$s\r\nContent-Disposition: form-data; name=\"spine\"; filename=\"spine.ndjson\"\r\n\r\n%3$s\r\n--%1$s--\r\n"
            .formatted(boundary, request, spine);
    HttpResponse<String> made =
        server.send(
            server
                .authorized("/v0/training_sets")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.ofString(body)));
    return rows(made);
  }

  private static List<JsonNode> rows(HttpResponse<String> made) {
    assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
    String name = json(made).path("name").asString();
    JsonNode set = json(made);
    long endNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!ENDS.contains(set.path("status").asString("")) && System.nanoTime() < endNanos) {
      set = json(server.get("/v0/training_sets/" + name));
    }
    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    return server
        .get("/v0/training_sets/" + name + ".ndjson")
        .body()
        .lines()
        .map(JSON::readTree)
        .toList();
  }

  private static String spine() {
    StringBuilder rows = new StringBuilder();
    for (Read read : READS) {
      rows.append("{\"user_id\":\"%s\",\"read_at\":\"%s\"}\n".formatted(read.user(), read.time()));
    }
    return rows.toString();
  }

  /// The same bits: both sides write a floating-point value as the shortest text that means it.
  private static boolean same(JsonNode served, JsonNode found) {
    if (served.isArray()) {
      if (!found.isArray() || served.size() != found.size()) {
        return false;
      }
      for (int i = 0; i < served.size(); i++) {
        if (!same(served.get(i), found.get(i))) {
          return false;
        }
      }
      return true;
    }
    if (served.isNumber() && found.isNumber()) {
      return Double.doubleToRawLongBits(served.asDouble())
          == Double.doubleToRawLongBits(found.asDouble());
    }
    return served.equals(found);
  }

  @Test
  void aTrainingSetAsKnownHoldsWhatWasServed() {
    List<JsonNode> rows =
        build(
            "{\"name\":\"served\",\"features\":[\"shopper\",\"brief\"],\"time\":\"read_at\",\"with\":[\"status\"]}",
            spine());

    assertThat(rows).hasSameSizeAs(READS);
    List<String> different = new ArrayList<>();
    int compared = 0;
    for (int i = 0; i < rows.size(); i++) {
      Read read = READS.get(i);
      assertThat(rows.get(i).path("user_id").asString()).isEqualTo(read.user());
      assertThat(rows.get(i).path("read_at").asString()).isEqualTo(read.time());
      for (Map.Entry<String, JsonNode> value : read.values().entrySet()) {
        JsonNode found = rows.get(i).path(value.getKey());
        compared++;
        if (!same(value.getValue(), found)) {
          different.add(i + " " + value.getKey() + " " + value.getValue() + " " + found);
        }
      }
    }
    assertThat(different).as("of %d values", compared).isEmpty();
    assertThat(compared).isGreaterThan(10_000);
  }

  /// What SQL over the stored events says of each read, whenever they came.
  @Test
  void aCorrectedTrainingSetHoldsWhatSqlSays() {
    StringBuilder labels = new StringBuilder();
    for (int n = 0; n < READS.size(); n++) {
      Read read = READS.get(n);
      labels.append(
          "{\"n\":%d,\"user_id\":\"%s\",\"read_at\":\"%s\"}\n"
              .formatted(n, read.user(), read.time().replace("T", " ").replace("Z", "")));
    }
    HttpResponse<String> stored =
        server.post("/v0/events?wait=true&name=labels", labels.toString(), "application/x-ndjson");
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(200);
    List<JsonNode> rows =
        rows(
            server.post(
                "/v0/training_sets",
                "{\"name\":\"corrected\",\"mode\":\"corrected\",\"features\":[\"shopper\"],\"spine\":{\"datasource\":\"labels\"},\"time\":\"read_at\"}",
                "application/json"));
    String window = "ts >= read_at - INTERVAL 1 HOUR";
    String sql =
        """
        SELECT
            n,
            countIf(seen AND %1$s) AS views_1h,
            sumIf(pieces, seen AND %1$s AND kind = 'buy') AS pieces_1h,
            countIf(seen AND %1$s AND ts < read_at) AS before_1h,
            sumIf(price, seen AND %1$s) AS spend_1h
        FROM (
            SELECT l.n AS n, l.read_at AS read_at, e.ts AS ts, e.kind AS kind, e.pieces AS pieces, e.price AS price,
                   e.user_id != '' AND e.kind != 'noise' AND e.ts <= l.read_at AS seen
            FROM labels AS l LEFT JOIN shop_events AS e ON e.user_id = l.user_id
        )
        GROUP BY n ORDER BY n
        """
            .formatted(window);
    HttpResponse<String> said =
        server.post("/v0/sql", sql + " FORMAT JSONEachRow", "text/plain; charset=utf-8");
    assertThat(said.statusCode()).as(said.body()).isEqualTo(200);
    List<JsonNode> expected = said.body().lines().map(JSON::readTree).toList();
    assertThat(rows).hasSameSizeAs(expected).hasSameSizeAs(READS);
    int later = 0;
    for (int n = 0; n < rows.size(); n++) {
      JsonNode row = rows.get(n);
      for (String feature : List.of("views_1h", "pieces_1h", "before_1h")) {
        JsonNode found = row.path(feature);
        assertThat(found.asLong(0))
            .as("%s of row %d", feature, n)
            .isEqualTo(expected.get(n).path(feature).asLong());
      }
      assertThat(row.path("spend_1h").asDouble(0))
          .as("spend_1h of row %d", n)
          .isCloseTo(expected.get(n).path("spend_1h").asDouble(0), within(1e-5));
      JsonNode served = READS.get(n).values().get("views_1h");
      later += served != null && served.asLong() != row.path("views_1h").asLong() ? 1 : 0;
    }
    assertThat(later).as("reads that events changed afterwards").isPositive();
  }

  /// Nobody served from a file: its rows are known when they happened.
  @Test
  void importedHistoryIsKnownWhenItHappened() {
    List<String> shuffled = new ArrayList<>(SENT.toString().lines().toList());
    Collections.shuffle(shuffled, Seed.next().random());
    HttpResponse<String> imported =
        server.send(
            server
                .authorized("/v0/datasources?mode=append&format=ndjson&name=history")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(String.join("\n", shuffled))));
    assertThat(imported.statusCode()).as(imported.body()).isEqualTo(200);
    String request =
        "{\"name\":\"%s\",\"mode\":\"%1$s\",\"features\":[\"historic\"],\"time\":\"read_at\",\"with\":[\"status\"]}";
    List<JsonNode> known = build(request.formatted("as_known"), spine());
    List<JsonNode> corrected =
        build(
            request
                .formatted("corrected_history")
                .replace("\"mode\":\"corrected_history\"", "\"mode\":\"corrected\""),
            spine());
    assertThat(known).isEqualTo(corrected).hasSameSizeAs(READS);
    assertThat(known.stream().filter(row -> row.path("views_1h").asLong() > 0).count())
        .isGreaterThan(READS.size() / 3);
  }
}
