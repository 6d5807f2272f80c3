// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Queries over feature views that ClickHouse answers, and formats that it writes.
final class FeatureQueriesIT {
  private static final int USERS = 30;
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/shop_events.datasource",
          """
          SCHEMA >
              ts DateTime64(3, 'UTC') `json:$.ts`,
              user_id LowCardinality(String) `json:$.user_id`,
              country UInt16 `json:$.country`,
              price Float64 `json:$.price` DEFAULT 0
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, ts
          """,
          "datasources/countries.datasource",
          """
          SCHEMA >
              id UInt16 `json:$.id`,
              name String `json:$.name`
          ENGINE MergeTree
          ENGINE_SORTING_KEY id
          """,
          "features/shopper.pipe",
          """
          NODE shopper
          SQL >
              SELECT
                  user_id,
                  country,
                  count() OVER last_24h AS views_24h,
                  sum(price) OVER last_24h AS spend_24h,
                  groupArrayLast(3)(price) OVER last_24h AS prices,
                  avg(price) OVER last_1h AS avg_1h
              FROM shop_events
              WINDOW
                  last_1h AS (PARTITION BY user_id, country ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
                  last_24h AS (PARTITION BY user_id, country ORDER BY ts RANGE BETWEEN INTERVAL 24 HOUR PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id, country
          EVENT_TIME ts
          """,
          "endpoints/top.pipe",
          """
          TOKEN "top_reader" READ
          NODE spenders
          SQL >
              %
              SELECT name, sum(spend_24h) AS spend, uniqExact(user_id) AS users
              FROM shopper
              JOIN countries ON countries.id = shopper.country
              GROUP BY name
              HAVING users >= {{ Int32(least, 0) }}
              ORDER BY name
          TYPE endpoint
          """,
          "endpoints/one.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT * FROM shopper WHERE user_id = {{ String(user_id) }} AND country = {{ UInt16(country) }}
          TYPE endpoint
          """);

  @TempDir private static Path data;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(data);
    JsonNode deployed = TestServer.json(server.project("/v1/deploy", PROJECT));
    assertThat(deployed.path("result").asString()).as(deployed.toString()).isEqualTo("success");
    Instant now = Instant.now();
    String rows =
        IntStream.range(0, USERS * 2)
            .mapToObj(i ->
                "{\"ts\":\"%s\",\"user_id\":\"u%d\",\"country\":%d,\"price\":%d}"
                    .formatted(now.minusSeconds(i), i % USERS, i % 3, i))
            .collect(Collectors.joining("\n"));
    send("shop_events", rows);
    send(
        "shop_events",
        "{\"ts\":\"%s\",\"user_id\":\"idle\",\"country\":1,\"price\":1}"
            .formatted(now.minusSeconds(10_000)));
    send(
        "countries",
        "{\"id\":0,\"name\":\"Chile\"}\n{\"id\":1,\"name\":\"Spain\"}\n{\"id\":2,\"name\":\"Kenya\"}");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void send(String source, String rows) {
    HttpResponse<String> answer =
        server.post("/v0/events?wait=true&name=" + source, rows, "application/json");
    assertThat(answer.body()).contains("\"quarantined_rows\":0");
  }

  private static JsonNode sql(String sql) {
    HttpResponse<String> answer = get("/v0/sql?q=" + encoded(sql + " FORMAT JSON"));
    return TestServer.json(answer).path("data");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static HttpResponse<String> get(String path) {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer;
  }

  @Test
  void aViewIsATable() {
    assertThat(
            sql("SELECT count() AS n, sum(views_24h) AS views, sum(spend_24h) AS spend FROM shopper WHERE country < 9")
                .toString())
        .isEqualTo("[{\"n\":31,\"views\":61,\"spend\":1771}]");
    assertThat(
            sql("SELECT user_id, arraySort(prices) AS p FROM shopper WHERE startsWith(user_id, 'u1') AND country = 1 ORDER BY user_id LIMIT 2")
                .toString())
        .isEqualTo("[{\"user_id\":\"u1\",\"p\":[1,31]},{\"user_id\":\"u10\",\"p\":[10,40]}]");
    assertThat(sql("SELECT user_id, avg_1h FROM shopper WHERE avg_1h IS NULL").toString())
        .isEqualTo("[{\"user_id\":\"idle\",\"avg_1h\":null}]");
  }

  @Test
  void theNextQueryKnowsTheLastEvent() {
    for (int i = 1; i <= 5; i++) {
      HttpResponse<String> answer =
          server.post(
              "/v0/events?name=shop_events",
              "{\"ts\":\"%s\",\"user_id\":\"fresh\",\"country\":9,\"price\":0}"
                  .formatted(Instant.now()),
              "application/json");
      assertThat(answer.statusCode()).isEqualTo(202);
      assertThat(sql("SELECT max(views_24h) AS n FROM shopper WHERE country > 8").toString())
          .isEqualTo("[{\"n\":" + i + "}]");
    }
  }

  @Test
  void aPipeJoinsAViewWithADataSource() {
    JsonNode answer = TestServer.json(get("/v0/pipes/top.json?least=1"));
    assertThat(answer.path("data").toString())
        .isEqualTo(
            "[{\"name\":\"Chile\",\"spend\":570,\"users\":10},"
                + "{\"name\":\"Kenya\",\"spend\":610,\"users\":10},"
                + "{\"name\":\"Spain\",\"spend\":591,\"users\":11}]");
    JsonNode explained = TestServer.json(get("/v0/pipes/top/explain?least=1"));
    assertThat(explained.path("served").asString()).isEqualTo("clickhouse");
    assertThat(explained.toString()).contains("shopper").doesNotContain("_features");
    assertThat(get("/v0/pipes/top.csv?q=" + encoded("SELECT name FROM _ WHERE users > 10")).body())
        .isEqualTo("\"name\"\n\"Spain\"\n");
  }

  @Test
  void onlyThosePermittedReadAView() {
    String token =
        TestServer.json(server.get("/v0/tokens"))
            .path("tokens")
            .valueStream()
            .filter(one -> one.path("name").asString().equals("top_reader"))
            .findFirst()
            .orElseThrow()
            .path("token")
            .asString();
    assertThat(server.anonymous("GET", "/v0/pipes/top.json?token=" + token, "").statusCode())
        .isEqualTo(200);
    HttpResponse<String> refused =
        server.anonymous(
            "GET", "/v0/sql?token=" + token + "&q=" + encoded("SELECT count() FROM shopper"), "");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    HttpResponse<String> hidden =
        server.get("/v0/sql?q=" + encoded("SELECT count() FROM system.databases"));
    assertThat(hidden.statusCode()).isGreaterThanOrEqualTo(400);
  }

  @Test
  void failuresNameTheViewAlone() {
    HttpResponse<String> answer =
        server.get("/v0/sql?q=" + encoded("SELECT nothing, count() FROM shopper GROUP BY 1"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("nothing").doesNotContain("_features");
  }

  @Test
  void aReadFromMemoryHasEveryFormatOfAnEndpoint() {
    String call = "/v0/pipes/one.%s?user_id=u1&country=1";
    assertThat(get(call.formatted("csv")).body())
        .startsWith("\"user_id\",\"country\",\"views_24h\",\"spend_24h\",\"prices\",\"avg_1h\"\n")
        .contains("\"u1\",1,2,32,\"[31,1]\",16");
    assertThat(get(call.formatted("ndjson")).body()).contains("\"spend_24h\":32");
    assertThat(get(call.formatted("parquet")).body()).startsWith("PAR1");
    assertThat(get(call.formatted("arrow")).body()).contains("spend_24h");
    assertThat(
            TestServer.json(get("/v0/pipes/one/explain?user_id=u1&country=1"))
                .path("served")
                .asString())
        .isEqualTo("memory");
    assertThat(
            get(call.formatted("prometheus")
                    + "&q="
                    + encoded("SELECT 'spend' AS name, ifNull(spend_24h, 0) AS value FROM _"))
                .body())
        .contains("spend 32");
  }
}
