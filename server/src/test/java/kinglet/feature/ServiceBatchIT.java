// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.testkit.TestEngine;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Batch calls of feature services.
final class ServiceBatchIT {
  private static final String CHECKOUT =
      """
      NODE vector
      SQL >
          %
          SELECT
              user_id,
              views_1h,
              spend_24h,
              weight,
              {{ Float64(cart_value, 1) }} * 2 AS doubled,
              spend_24h + {{ Float64(cart_value, 1) }} AS total,
              {{ Float64(cart_value, 1) }} + {{ Int(bonus, 0) }} AS offered
              {% if defined(shout) and shout == 'yes' %}, upper(user_id) AS shouted{% end %}
          FROM shopper, stock
          WHERE user_id = {{ String(user_id) }} AND item = {{ UInt32(item) }}
      TYPE endpoint
      """;
  private static final Instant AS_OF =
      Instant.now().minusSeconds(30).truncatedTo(ChronoUnit.SECONDS);
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/shop_events.datasource",
          """
          SCHEMA >
              ts DateTime64(3, 'UTC') `json:$.ts`,
              user_id String `json:$.user_id`,
              price Float64 `json:$.price` DEFAULT 0
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, ts
          """,
          "datasources/items.datasource",
          """
          SCHEMA >
              at DateTime64(3, 'UTC') `json:$.at`,
              item UInt32 `json:$.item`,
              weight Int64 `json:$.weight`
          ENGINE MergeTree
          ENGINE_SORTING_KEY item
          """,
          "features/shopper.pipe",
          """
          NODE shopper
          SQL >
              SELECT
                  user_id,
                  count() OVER last_1h AS views_1h,
                  sum(price) OVER last_24h AS spend_24h
              FROM shop_events
              WINDOW
                  last_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
                  last_24h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 24 HOUR PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
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
          "endpoints/checkout.pipe",
          CHECKOUT,
          "endpoints/plain.pipe",
          """
          NODE answer
          SQL >
              SELECT 1 AS one
          TYPE endpoint
          """,
          "endpoints/rich.pipe",
          """
          NODE answer
          SQL >
              %
              SELECT views_1h FROM shopper WHERE user_id = {{ String(user_id) }} AND spend_24h > 0
          TYPE endpoint
          """);

  @TempDir private static Path data;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(data);
    JsonNode deployed = TestServer.json(server.project("/v1/deploy", PROJECT));
    assertThat(deployed.path("result").asString()).as(deployed.toString()).isEqualTo("success");
    shop("f1", 4, AS_OF.minusSeconds(60));
    weigh(50, 10, AS_OF.minusSeconds(600));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void shop(String user, double price, Instant time) {
    sent(
        "shop_events",
        "{\"ts\":\"%s\",\"user_id\":\"%s\",\"price\":%s}".formatted(time, user, price));
  }

  private static void weigh(int item, long weight, Instant time) {
    sent("items", "{\"at\":\"%s\",\"item\":%d,\"weight\":%d}".formatted(time, item, weight));
  }

  private static void sent(String source, String row) {
    HttpResponse<String> answer = server.post("/v0/events?name=" + source, row, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(answer.body()).contains("\"quarantined_rows\":0");
  }

  private static JsonNode read(String service, String request) {
    HttpResponse<String> answer =
        server.post("/v0/features/" + service, request, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer);
  }

  private static void wrong(String service, String request, int status, String... says) {
    HttpResponse<String> answer =
        server.post("/v0/features/" + service, request, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(says);
  }

  @Test
  void keysAndRequestColumnsGiveOneRowEach() {
    Instant now = Instant.now();
    shop("b1", 4, now.minusSeconds(5));
    shop("b2", 6, now.minusSeconds(7_200));
    weigh(1, 10, now.minusSeconds(60));
    JsonNode answer =
        read(
            "checkout",
            """
            {"keys": {"user_id": ["b1", "b2", "nobody"], "item": [1, 1, 2]},
             "request": {"cart_value": [1.5, 2, 3], "bonus": [1, -1, 0]},
             "with": ["status", "freshness", "interval"]}\
            """);
    assertThat(answer.path("service").asString()).isEqualTo("checkout");
    assertThat(answer.path("version").asInt()).isPositive();
    assertThat(answer.path("journal_seq").asLong()).isPositive();
    assertThat(answer.path("keys").toString())
        .isEqualTo("{\"user_id\":[\"b1\",\"b2\",\"nobody\"],\"item\":[1,1,2]}");
    JsonNode values = answer.path("values");
    assertThat(values.path("views_1h").toString()).isEqualTo("[1,0,0]");
    assertThat(values.path("spend_24h").toString()).isEqualTo("[4,6,null]");
    assertThat(values.path("weight").toString()).isEqualTo("[10,10,null]");
    assertThat(values.path("doubled").toString()).isEqualTo("[3,4,6]");
    assertThat(values.path("total").toString()).isEqualTo("[5.5,8,null]");
    assertThat(values.path("offered").toString()).isEqualTo("[2.5,1,3]");
    JsonNode status = answer.path("status");
    assertThat(status.path("views_1h").toString())
        .isEqualTo("[\"PRESENT\",\"PRESENT\",\"NOT_FOUND\"]");
    assertThat(status.path("weight").toString())
        .isEqualTo("[\"PRESENT\",\"PRESENT\",\"NOT_FOUND\"]");
    assertThat(status.path("doubled").toString())
        .isEqualTo("[\"PRESENT\",\"PRESENT\",\"PRESENT\"]");
    assertThat(answer.at("/freshness/0").asString())
        .isEqualTo(
            now.minusSeconds(5).truncatedTo(ChronoUnit.MILLIS).toString().replace("Z", "000Z"));
    assertThat(answer.at("/freshness/2").isNull()).isTrue();
    Instant asOf = Instant.parse(answer.path("as_of").asString());
    assertThat(answer.at("/interval/views_1h/1").asString())
        .isEqualTo(answer.path("as_of").asString());
    assertThat(Instant.parse(answer.at("/interval/views_1h/0").asString()))
        .isEqualTo(asOf.minusSeconds(3_600));
    assertThat(Instant.parse(answer.at("/interval/total/0").asString()))
        .isEqualTo(asOf.minusSeconds(86_400));
    assertThat(answer.at("/interval/doubled/0").isNull()).isTrue();
  }

  @Test
  void aBatchGivesWhatTheEndpointGives() {
    Instant now = Instant.now();
    for (int i = 0; i < 20; i++) {
      shop("e" + i % 7, i, now.minusSeconds(i));
      weigh(i, i * 10L, now.minusSeconds(60));
    }
    JsonNode values =
        read(
                "checkout",
                "{\"keys\":{\"user_id\":[%s],\"item\":[%s]},\"request\":{\"cart_value\":[%s]}}"
                    .formatted(list("\"e%d\""), list("%d"), list("%d.25")))
            .path("values");
    for (int i = 0; i < 10; i++) {
      HttpResponse<String> one =
          server.get(
              "/v0/pipes/checkout.json?user_id=e" + i + "&item=" + i + "&cart_value=" + i + ".25");
      JsonNode row = TestServer.json(one).at("/data/0");
      assertThat(row.size()).as(one.body()).isEqualTo(values.size());
      int place = i;
      values
          .properties()
          .forEach(column ->
              assertThat(column.getValue().get(place))
                  .as(column.getKey())
                  .isEqualTo(row.path(column.getKey())));
    }
  }

  private static String list(String format) {
    return IntStream.range(0, 10).mapToObj(format::formatted).collect(Collectors.joining(","));
  }

  @Test
  void aTemplateMayDecideByAParameter() {
    shop("t1", 1, Instant.now());
    assertThat(
            read(
                    "checkout",
                    "{\"keys\":{\"user_id\":[\"t1\",\"t2\"],\"item\":[1,2]},\"request\":{\"shout\":[\"yes\",\"yes\"]}}")
                .at("/values/shouted")
                .toString())
        .isEqualTo("[\"T1\",\"T2\"]");
    assertThat(
            read(
                    "checkout",
                    "{\"keys\":{\"user_id\":[\"t1\"],\"item\":[1]},\"request\":{\"shout\":[\"no\"]}}")
                .path("values")
                .has("shouted"))
        .isFalse();
    wrong(
        "checkout",
        "{\"keys\":{\"user_id\":[\"t1\",\"t1\"],\"item\":[1,1]},\"request\":{\"shout\":[\"no\",\"yes\"]}}",
        400,
        "row 1",
        "shouted");
  }

  /// A parameter that a row does not give has its default.
  @Test
  void nullIsNoValue() {
    assertThat(
            read(
                    "checkout",
                    "{\"keys\":{\"user_id\":[\"n1\",\"n1\"],\"item\":[1,1]},\"request\":{\"cart_value\":[null,7]}}")
                .at("/values/doubled")
                .toString())
        .isEqualTo("[2,14]");
  }

  @Test
  void aReadOfThePastGivesWhatWasKnownThen() {
    Instant now = Instant.now();
    shop("p1", 1, now.minusSeconds(120));
    shop("p1", 1, now.minusSeconds(30));
    String request = "{\"keys\":{\"user_id\":[\"p1\"],\"item\":[1]},\"as_of\":%s}";
    assertThat(
            read("checkout", request.formatted("\"" + now.minusSeconds(60) + "\""))
                .at("/values/views_1h")
                .toString())
        .isEqualTo("[1]");
    assertThat(read("checkout", request.formatted("null")).at("/values/views_1h").toString())
        .isEqualTo("[2]");
    // An event that no window sees any more says until where nothing is kept.
    shop("old", 1, now);
    shop("old", 1, now.minusSeconds(200_000));
    wrong(
        "checkout",
        "{\"keys\":{\"user_id\":[\"old\"],\"item\":[1]},\"as_of\":\"1999-01-01T00:00:00Z\"}",
        400,
        "known from");
  }

  @Test
  void rowsThatAreNotReadInTimeFailTheReadOrSaySo() {
    String late = "\"keys\":{\"user_id\":[\"a\",\"b\"],\"item\":[1,2]},\"timeout_ms\":0";
    wrong("checkout", "{" + late + "}", 504, "longer than it may");
    JsonNode partial = read("checkout", "{" + late + ",\"partial\":true}");
    assertThat(partial.at("/status/views_1h").toString()).isEqualTo("[\"TIMEOUT\",\"TIMEOUT\"]");
    assertThat(partial.at("/values/views_1h").toString()).isEqualTo("[null,null]");
    assertThat(partial.at("/keys/user_id").toString()).isEqualTo("[\"a\",\"b\"]");
    String view = "\"keys\":{\"user_id\":[\"a\"]},\"timeout_ms\":0";
    wrong("shopper", "{" + view + "}", 504, "longer than it may");
    assertThat(
            read("shopper", "{" + view + ",\"partial\":true}").at("/status/spend_24h").toString())
        .isEqualTo("[\"TIMEOUT\"]");
    assertThat(
            read(
                    "shopper",
                    "{\"keys\":{\"user_id\":[\"a\"]},\"timeout_ms\":100000,\"partial\":true}")
                .at("/status/spend_24h")
                .toString())
        .isEqualTo("[\"NOT_FOUND\"]");
  }

  @Test
  void wrongCallsSayWhatIsWrong() {
    wrong(
        "checkout",
        "{\"keys\":{\"user_id\":[\"a\",null],\"item\":[1,1]}}",
        400,
        "'keys.user_id[1]' is missing");
    wrong("nothing", "{}", 404, "nothing");
    wrong("plain", "{\"keys\":{\"user_id\":[1]}}", 404, "plain", "no feature service");
    wrong("checkout", "{}", 400, "keys is missing");
    wrong("checkout", "{\"keys\":{\"user_id\":[\"a\"]}}", 400, "'item' is missing");
    wrong(
        "checkout",
        "{\"keys\":{\"user_id\":[\"a\"],\"item\":[1],\"x\":[1]}}",
        400,
        "'x' is no parameter of the service 'checkout'",
        "user_id");
    wrong(
        "checkout",
        "{\"keys\":{\"user_id\":[\"a\",\"b\"],\"item\":[1,-1]}}",
        400,
        "keys.item[1] is not a UInt32");
    wrong(
        "checkout",
        "{\"keys\":{\"user_id\":[\"a\",7],\"item\":[1,1]}}",
        400,
        "keys.user_id[1] is not a String");
    wrong(
        "checkout",
        "{\"keys\":{\"user_id\":[\"a\"],\"item\":[1]},\"request\":{\"cart_value\":[\"much\"]}}",
        400,
        "request.cart_value[0] is not a Float64");
    wrong(
        "checkout",
        "{\"keys\":{\"user_id\":[\"a\",\"b\"],\"item\":[1]}}",
        400,
        "keys.item has 1 values and keys.user_id has 2");
    wrong("rich", "{\"keys\":{\"user_id\":[\"poor\"]}}", 400, "gives 0 rows for row 0");
    String many = IntStream.range(0, 10_001).mapToObj(i -> "1").collect(Collectors.joining(","));
    wrong("checkout", "{\"keys\":{\"item\":[" + many + "]}}", 413, "10000");
  }

  private static HttpResponse<byte[]> accepting(String accept, String service, String body)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<byte[]> answer =
          client.send(
              server
                  .authorized("/v0/features/" + service)
                  .header("Accept", accept)
                  .POST(BodyPublishers.ofString(body))
                  .build(),
              BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith(accept);
      assertThat(answer.headers().firstValue("kinglet-version").orElseThrow()).matches("[0-9]+");
      assertThat(answer.headers().firstValue("kinglet-as-of").orElseThrow()).isEqualTo(time(AS_OF));
      assertThat(answer.headers().firstValue("kinglet-journal-seq").orElseThrow())
          .matches("[0-9]+");
      return answer;
    }
  }

  private static final String FORMATS =
      """
      {"keys": {"user_id": ["f1", "none"], "item": [50, 51]}, "request": {"cart_value": [1.5, 2]},
       "as_of": "%s", "with": ["status", "freshness", "interval"]}\
      """
          .formatted(AS_OF);

  private static String time(Instant time) {
    return time.toString().replace("Z", ".000000Z");
  }

  private static String sqlTime(Instant time) {
    return time(time).replace("T", " ").replace("Z", "");
  }

  @Test
  void rowsComeAsLinesOfJson() throws Exception {
    String[] lines =
        new String(
                accepting("application/x-ndjson", "checkout", FORMATS).body(),
                StandardCharsets.UTF_8)
            .split("\n");
    assertThat(lines).hasSize(2);
    assertThat(lines[1])
        .contains(
            "{\"keys\":{\"user_id\":\"none\",\"item\":51},\"values\":{\"user_id\":\"none\",\"views_1h\":0")
        .contains("\"status\":{\"user_id\":\"NOT_FOUND\"")
        .contains("\"freshness\":null")
        .contains(
            "\"views_1h\":[\"" + time(AS_OF.minusSeconds(3_600)) + "\",\"" + time(AS_OF) + "\"]");
  }

  @Test
  void clickHouseReadsTheBinaryForms() throws Exception {
    Map<String, String> forms =
        Map.of(
            "application/x-row-binary", "RowBinaryWithNamesAndTypes",
            "application/vnd.apache.arrow.stream", "ArrowStream");
    for (Map.Entry<String, String> form : forms.entrySet()) {
      byte[] bytes = accepting(form.getKey(), "checkout", FORMATS).body();
      ClickHouse clickHouse = TestEngine.shared().client();
      String database = TestEngine.shared().newDatabase();
      clickHouse.execute(
          Statement.of(
              Role.ADMIN,
              "CREATE TABLE "
                  + database
                  + ".t (user_id String, item UInt32, views_1h Nullable(UInt64), views_1h__status"
                  + " String, spend_24h Nullable(Float64), weight Nullable(Int64), total"
                  + " Nullable(Float64), total__from Nullable(DateTime64(6, 'UTC')), __freshness"
                  + " Nullable(DateTime64(6, 'UTC'))) ENGINE = Memory"));
      long unused =
          clickHouse.insert(
              InsertTarget.of(database, "t", List.of(), form.getValue())
                  .withSettings(Map.of("input_format_skip_unknown_fields", "1")),
              InsertBody.of(bytes));
      assertThat(
              clickHouse.text(
                  Statement.of(Role.READER, "SELECT * FROM " + database + ".t ORDER BY item")
                      .withFormat("CSV")))
          .as(form.getValue())
          .isEqualTo(
              "\"f1\",50,1,\"PRESENT\",4,10,5.5,\"%s\",\"%s\"\n\"none\",51,0,\"NOT_FOUND\",\\N,\\N,\\N,\"%s\",\\N"
                  .formatted(
                      sqlTime(AS_OF.minusSeconds(86_400)),
                      sqlTime(AS_OF.minusSeconds(60)),
                      sqlTime(AS_OF.minusSeconds(86_400))));
    }
  }

  @Test
  void aViewHasTheSameForms() throws Exception {
    String body = "{\"keys\":{\"user_id\":[\"f1\"]},\"as_of\":\"" + AS_OF + "\"}";
    assertThat(
            new String(
                accepting("application/x-ndjson", "shopper", body).body(), StandardCharsets.UTF_8))
        .isEqualTo("{\"keys\":{\"user_id\":\"f1\"},\"values\":{\"views_1h\":1,\"spend_24h\":4}}\n");
    byte[] rows = accepting("application/x-row-binary", "shopper", body).body();
    assertThat(new String(rows, StandardCharsets.ISO_8859_1))
        .startsWith(
            "\u0003\u0007user_id\u0008views_1h\u0009spend_24h\u0006String\u0010Nullable(UInt64)")
        .contains("\u0002f1\u0000\u0001\u0000\u0000");
    assertThat(accepting("application/vnd.apache.arrow.stream", "shopper", body).body())
        .startsWith(0xFF, 0xFF, 0xFF, 0xFF);
    HttpResponse<String> refused =
        server.send(
            server
                .authorized("/v0/features/shopper")
                .header("Accept", "text/html")
                .POST(BodyPublishers.ofString(body)));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("application/x-row-binary");
  }

  @Test
  void aChangedServiceHasTheNextVersion() {
    int version = version();
    Map<String, String> changed = new LinkedHashMap<>(PROJECT);
    changed.put("endpoints/checkout.pipe", CHECKOUT.replace("* 2 AS", "* 2.0 AS"));
    assertThat(TestServer.json(server.project("/v1/deploy", changed)).path("result").asString())
        .isEqualTo("success");
    assertThat(version()).isEqualTo(version + 1);
    assertThat(TestServer.json(server.project("/v1/deploy", PROJECT)).path("result").asString())
        .isEqualTo("success");
    assertThat(version()).isEqualTo(version + 2);
  }

  private static int version() {
    int version =
        read("checkout", "{\"keys\":{\"user_id\":[\"v\"],\"item\":[1]}}").path("version").asInt();
    assertThat(TestServer.json(server.get("/v0/feature_services/checkout")).path("version").asInt())
        .isEqualTo(version);
    return version;
  }
}
