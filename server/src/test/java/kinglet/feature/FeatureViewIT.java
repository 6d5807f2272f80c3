// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.TestServer;
import kinglet.thread.Threads;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Feature views from a project to reads by key.
final class FeatureViewIT {
  private static final String EVENTS =
      """
      SCHEMA >
          ts DateTime64(3, 'UTC') `json:$.ts`,
          user_id String `json:$.user_id`,
          item UInt32 `json:$.item` DEFAULT 0,
          kind LowCardinality(String) `json:$.kind`,
          price Float64 `json:$.price` DEFAULT 0
      ENGINE MergeTree
      ENGINE_SORTING_KEY user_id, ts
      """;
  private static final String ITEMS =
      """
      SCHEMA >
          at DateTime64(3, 'UTC') `json:$.at`,
          item UInt32 `json:$.item`,
          weight Int64 `json:$.weight`
      ENGINE MergeTree
      ENGINE_SORTING_KEY item
      """;
  private static final String WINDOWS =
      """
          WINDOW
              last_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
              last_24h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 24 HOUR PRECEDING AND CURRENT ROW)
      TYPE FEATURES
      ENTITY user_id
      EVENT_TIME ts
      """;
  private static final String SHOPPER =
      """
      NODE shopper
      SQL >
          SELECT
              user_id,
              count() OVER last_1h AS views_1h,
              sum(price) OVER last_24h AS spend_24h
          FROM shop_events
      """
          + WINDOWS;
  private static final String STOCK =
      """
      NODE stock
      SQL >
          SELECT item, weight, at AS known_at FROM items
      TYPE FEATURES
      ENTITY item
      EVENT_TIME at
      """;
  private static final String WEIGHED =
      """
      NODE weighed
      SQL >
          SELECT
              user_id,
              sum(s.weight) OVER last_24h AS weight_24h
          FROM shop_events
          LEFT JOIN stock AS s ON s.item = shop_events.item
      """
          + WINDOWS;
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/shop_events.datasource",
          EVENTS,
          "datasources/items.datasource",
          ITEMS,
          "features/shopper.pipe",
          SHOPPER,
          "features/stock.pipe",
          STOCK,
          "features/weighed.pipe",
          WEIGHED,
          "endpoints/checkout.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT user_id, views_1h, spend_24h FROM shopper WHERE user_id = {{ String(user_id) }}
          NODE answer
          SQL >
              SELECT * FROM vector
          TYPE endpoint
          """,
          "endpoints/offer.pipe",
          """
          NODE vectors
          SQL >
              %
              SELECT user_id, views_1h, item AS item_id, weight
              FROM shopper, stock
              WHERE user_id IN ({{ String(one) }}, {{ String(other, 'nobody') }}) AND item = {{ UInt32(item) }}
          TYPE endpoint
          """);

  @TempDir private static Path data;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(data);
    JsonNode deployed = deploy(PROJECT);
    assertThat(deployed.path("result").asString()).as(deployed.toString()).isEqualTo("success");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode deploy(Map<String, String> files) {
    return TestServer.json(server.project("/v1/deploy", files));
  }

  private static JsonNode check(String file, String text) {
    Map<String, String> files = new LinkedHashMap<>(PROJECT);
    files.put(file, text);
    return TestServer.json(server.project("/v1/deploy?check=true", files));
  }

  private static void send(String source, String row) {
    HttpResponse<String> answer = server.post("/v0/events?name=" + source, row, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(answer.body()).contains("\"quarantined_rows\":0");
  }

  private static void send(String user, int item, double price, Instant time) {
    send(
        "shop_events",
        "{\"ts\":\"%s\",\"user_id\":\"%s\",\"item\":%d,\"kind\":\"view\",\"price\":%s}"
            .formatted(time, user, item, price));
  }

  private static JsonNode read(String view, String request) {
    HttpResponse<String> answer = server.post("/v0/features/" + view, request, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer);
  }

  private static JsonNode get(String path) {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer);
  }

  @Test
  void anEventIsSeenByTheNextRead() {
    Instant now = Instant.now();
    send("u1", 1, 1.5, now.minusSeconds(10));
    send("u1", 1, 2, now.minusSeconds(7_200));
    JsonNode answer =
        read(
            "shopper",
            "{\"keys\":{\"user_id\":[\"u1\",\"nobody\"]},\"with\":[\"status\",\"freshness\",\"interval\"]}");
    assertThat(answer.path("service").asString()).isEqualTo("shopper");
    assertThat(answer.path("version").asInt()).isEqualTo(1);
    assertThat(answer.path("journal_seq").asLong()).isPositive();
    JsonNode values = answer.path("values");
    assertThat(values.path("views_1h").toString()).isEqualTo("[1,0]");
    assertThat(values.path("spend_24h").toString()).isEqualTo("[3.5,null]");
    assertThat(answer.path("status").path("views_1h").toString())
        .isEqualTo("[\"PRESENT\",\"NOT_FOUND\"]");
    assertThat(answer.path("keys").path("user_id").toString()).isEqualTo("[\"u1\",\"nobody\"]");
    assertThat(answer.path("freshness").get(0).asString())
        .startsWith(now.minusSeconds(10).toString().substring(0, 19));
    assertThat(answer.path("freshness").get(1).isNull()).isTrue();
    send("u1", 1, 0, Instant.now());
    assertThat(
            read("shopper", "{\"keys\":{\"user_id\":[\"u1\"]}}").at("/values/views_1h").toString())
        .isEqualTo("[2]");
  }

  /// Each caller reads after its own acknowledged write; none may miss it.
  @Test
  void everyWriteIsReadWhileOthersWrite() throws Exception {
    try (ExecutorService callers = Threads.virtual("caller")) {
      List<Callable<Integer>> work =
          IntStream.range(0, 8)
              .<Callable<Integer>>mapToObj(caller -> () -> writeAndRead("load" + caller, 40))
              .toList();
      for (Future<Integer> done : callers.invokeAll(work)) {
        assertThat(done.get()).isEqualTo(40);
      }
    }
  }

  private static int writeAndRead(String user, int times) {
    for (int n = 1; n <= times; n++) {
      send(user, 1, 1, Instant.now());
      JsonNode answer = read("shopper", "{\"keys\":{\"user_id\":[\"" + user + "\"]}}");
      assertThat(answer.at("/values/views_1h/0").asInt()).as(user).isEqualTo(n);
    }
    return times;
  }

  @Test
  void aLookupViewEnrichesTheEventsThatFollow() {
    Instant now = Instant.now();
    send("items", "{\"at\":\"%s\",\"item\":7,\"weight\":100}".formatted(now.minusSeconds(60)));
    send("w1", 7, 0, now.minusSeconds(5));
    send("items", "{\"at\":\"%s\",\"item\":7,\"weight\":11}".formatted(now.minusSeconds(1)));
    send("w1", 7, 0, now.minusSeconds(4));
    send("w1", 8, 0, now.minusSeconds(3));
    assertThat(read("stock", "{\"keys\":{\"item\":[7,9]}}").at("/values/weight").toString())
        .isEqualTo("[11,null]");
    assertThat(
            read("weighed", "{\"keys\":{\"user_id\":[\"w1\"]}}")
                .at("/values/weight_24h")
                .toString())
        .isEqualTo("[111]");
  }

  @Test
  void anEndpointOverViewsIsServedFromMemory() {
    Instant now = Instant.now();
    send("s1", 1, 4, now.minusSeconds(5));
    send("items", "{\"at\":\"%s\",\"item\":3,\"weight\":5}".formatted(now.minusSeconds(60)));
    JsonNode answer = get("/v0/pipes/checkout.json?user_id=s1");
    assertThat(answer.at("/data/0").toString())
        .isEqualTo("{\"user_id\":\"s1\",\"views_1h\":1,\"spend_24h\":4}");
    assertThat(answer.at("/meta/1/type").asString()).isEqualTo("UInt64");
    assertThat(get("/v0/pipes/checkout/explain?user_id=s1").path("served").asString())
        .isEqualTo("memory");
    JsonNode offer = get("/v0/pipes/offer.json?one=s1&item=3");
    assertThat(offer.path("data").toString())
        .isEqualTo(
            "[{\"user_id\":\"s1\",\"views_1h\":1,\"item_id\":3,\"weight\":5},"
                + "{\"user_id\":\"nobody\",\"views_1h\":0,\"item_id\":3,\"weight\":5}]");
    send("s1", 1, 4, Instant.now());
    assertThat(get("/v0/pipes/checkout.json?user_id=s1").at("/data/0/views_1h").asInt())
        .isEqualTo(2);
    assertThat(
            get("/v0/sql?q=SELECT+views_1h+FROM+shopper+WHERE+user_id='s1'+FORMAT+JSON")
                .at("/data/0/views_1h")
                .asInt())
        .isEqualTo(2);
    assertThat(server.get("/v0/sql?q=SELECT+count()+FROM+shopper").statusCode()).isEqualTo(200);
  }

  @Test
  void aValueIsExplainedByItsEvents() {
    Instant now = Instant.now();
    send("x1", 1, 4, now.minusSeconds(50));
    send("x1", 1, 5, now.minusSeconds(5_000));
    JsonNode spend = get("/v0/features/shopper/explain?user_id=x1&feature=spend_24h");
    assertThat(spend.path("value").asDouble()).isEqualTo(9);
    assertThat(spend.at("/windows/0/window").asString()).isEqualTo("last_24h");
    assertThat(spend.at("/windows/0/events").size()).isEqualTo(2);
    assertThat(spend.at("/windows/0/events/0/seq").asLong())
        .isLessThan(spend.at("/windows/0/events/1/seq").asLong());
    JsonNode views = get("/v0/features/shopper/explain?user_id=x1&feature=views_1h");
    assertThat(views.at("/windows/0/events").size()).isEqualTo(1);
    assertThat(server.get("/v0/features/shopper/explain?user_id=x1&feature=no").body())
        .contains("views_1h, spend_24h");
  }

  @Test
  void wrongReadsSayWhatIsWrong() {
    wrong("/v0/features/nothing", "{\"keys\":{\"user_id\":[]}}", 404, "nothing");
    wrong("/v0/features/shopper", "{}", 400, "keys.user_id is missing");
    wrong("/v0/features/shopper", "[]", 400, "object");
    wrong("/v0/features/shopper", "{\"keys\"", 400, "not JSON");
    wrong("/v0/features/shopper", "{\"keys\":{\"user\":[1]}}", 400, "its key is user_id");
    wrong(
        "/v0/features/shopper",
        "{\"keys\":{\"user_id\":[\"a\",3]}}",
        400,
        "user_id[1] is not a String");
    wrong("/v0/features/stock", "{\"keys\":{\"item\":[-1]}}", 400, "item[0] is not a UInt32");
    wrong(
        "/v0/features/shopper",
        "{\"keys\":{\"user_id\":[\"a\"]},\"with\":[\"x\"]}",
        400,
        "status, freshness, interval");
    wrong(
        "/v0/features/shopper",
        "{\"keys\":{\"user_id\":[\"a\"]},\"as_of\":\"soon\"}",
        400,
        "as_of");
    String many =
        IntStream.range(0, 10_001).mapToObj(i -> "\"" + i + "\"").collect(Collectors.joining(","));
    wrong("/v0/features/shopper", "{\"keys\":{\"user_id\":[" + many + "]}}", 413, "10000");
  }

  private static void wrong(String path, String body, int status, String says) {
    HttpResponse<String> answer = server.post(path, body, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(says);
  }

  @Test
  void refusedDefinitionsHaveTheirPlace() {
    String noWindow = SHOPPER.replace("OVER last_1h AS", "OVER last_2h AS");
    refused("features/shopper.pipe", noWindow, "There is no window 'last_2h'", 5, 9);
    refused(
        "features/shopper.pipe",
        SHOPPER.replace("FROM shop_events", "FROM shop_event"),
        "There is no data source 'shop_event'; there are items, shop_events",
        7,
        10);
    refused(
        "features/shopper.pipe",
        SHOPPER.replace("EVENT_TIME ts", "EVENT_TIME kind"),
        "an event time is a Date",
        13,
        1);
    refused("features/shopper.pipe", SHOPPER.replace("sum(price)", "sum(prise)"), "prise", 6, 13);
    refused(
        "features/weighed.pipe",
        WEIGHED.replace("JOIN stock", "JOIN shopper"),
        "no lookup view 'shopper'",
        7,
        15);
    refused(
        "features/shopper.pipe",
        SHOPPER.replace("count()", "windowFunnelling()"),
        "windowFunnelling",
        5,
        9);
  }

  private static void refused(String file, String text, String says, int line, int column) {
    JsonNode answer = check(file, text);
    assertThat(answer.path("result").asString()).as(answer.toString()).isEqualTo("failed");
    assertThat(answer.path("errors").toString())
        .contains(says)
        .contains(" at " + line + ":" + column);
  }

  @Test
  void theRegistryKnowsViewsAndServices() {
    assertThat(get("/v0/entities").at("/entities").toString())
        .contains("\"user_id\"")
        .contains("\"shopper\"");
    JsonNode view = get("/v0/feature_views/shopper");
    assertThat(view.path("status").asString()).isEqualTo("live");
    assertThat(view.path("data_source").asString()).isEqualTo("shop_events");
    assertThat(view.path("feature_services").toString()).isEqualTo("[\"checkout\",\"offer\"]");
    assertThat(view.at("/windows/0/range_seconds").asInt()).isEqualTo(3_600);
    assertThat(view.at("/estimated_bytes_per_entity/0/events").asInt()).isEqualTo(1);
    assertThat(view.at("/estimated_bytes_per_entity/2/bytes").asLong())
        .isGreaterThan(view.at("/estimated_bytes_per_entity/0/bytes").asLong());
    assertThat(view.path("owner").asString("")).isNotEmpty();
    assertThat(get("/v0/feature_views/shopper@1").path("version").asInt()).isEqualTo(1);
    assertThat(server.get("/v0/feature_views/shopper@2").statusCode()).isEqualTo(404);
    assertThat(get("/v0/feature_views").at("/feature_views").size()).isEqualTo(3);
    assertThat(get("/v0/feature_services/offer").path("feature_views").toString())
        .isEqualTo("[\"shopper\",\"stock\"]");
  }

  @Test
  void feastsClientsReadTheSameFeatures() {
    send("f1", 1, 9, Instant.now());
    HttpResponse<String> answer =
        server.post(
            "/get-online-features",
            "{\"features\":[\"shopper:views_1h\",\"shopper:spend_24h\"],\"entities\":{\"user_id\":[\"f1\",\"nobody\"]},\"full_feature_names\":true}",
            "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode read = TestServer.json(answer);
    assertThat(read.at("/metadata/feature_names").toString())
        .isEqualTo("[\"user_id\",\"shopper__views_1h\",\"shopper__spend_24h\"]");
    assertThat(read.at("/results/1/values").toString()).isEqualTo("[1,0]");
    assertThat(read.at("/results/2/values").toString()).isEqualTo("[9,null]");
    assertThat(read.at("/results/2/statuses").toString()).isEqualTo("[\"PRESENT\",\"NOT_FOUND\"]");
    assertThat(read.at("/results/0/event_timestamps/0").asString())
        .isEqualTo("1970-01-01T00:00:00Z");
  }

  @Test
  void aDeploymentSaysWhatAnEntityOfANewViewTakes() {
    JsonNode answer = check("features/again.pipe", SHOPPER.replace("NODE shopper", "NODE again"));
    List<JsonNode> said =
        answer
            .path("deployment")
            .path("feedback")
            .valueStream()
            .filter(one -> one.path("resource").asString("").equals("Pipe again.pipe"))
            .toList();
    assertThat(said).as("%s", answer).hasSize(1);
    assertThat(said.getFirst().path("level").asString("")).isEqualTo("INFO");
    assertThat(said.getFirst().path("message").asString(""))
        .matches(
            "an entity takes about so much memory: \\d+ B with 1, [\\d.]+ KiB with 100, [\\d.]+ [KM]iB"
                + " with 10,000 events; a million entities with 100 events about [\\d.]+ [MG]iB");
    assertThat(answer.toString()).doesNotContain("Pipe stock.pipe");
  }
}
