// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// JWTs made by the server, and what their holders can and cannot do.
final class JwtIT {
  private static final String JSON = "application/json";
  private static final long LATER = 4_000_000_000L;

  @TempDir static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy",
            Map.of(
                "datasources/orders.datasource",
                "SCHEMA >\n    `org` String `json:$.org`,\n    `n` Int32 `json:$.n`\n\n"
                    + "ENGINE MergeTree\nENGINE_SORTING_KEY org\n",
                "pipes/by_org.pipe",
                "NODE rows\nSQL >\n    %\n    SELECT n FROM orders WHERE org = {{String(org,"
                    + " 'none')}} AND n >= {{Int32(least, 0)}} ORDER BY n\n\nTYPE ENDPOINT\n",
                "pipes/outer_org.pipe",
                "NODE rows\nSQL >\n    SELECT sum(n) AS total FROM by_org\n\nTYPE ENDPOINT\n",
                "pipes/chosen.pipe",
                "NODE rows\nSQL >\n    %\n    SELECT n FROM orders WHERE n IN {{Array(ids, 'Int32',"
                    + " '0')}} ORDER BY n\n\nTYPE ENDPOINT\n"));
    assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(200);
    HttpResponse<String> filled =
        server.post(
            "/v0/events?name=orders&wait=true",
            "{\"org\":\"a\",\"n\":1}\n{\"org\":\"a\",\"n\":2}\n{\"org\":\"b\",\"n\":30}\n",
            JSON);
    assertThat(filled.statusCode()).as(filled.body()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> create(String query, String body) {
    return server.post("/v0/tokens/?" + query, body, JSON);
  }

  private static String jwt(String scopes) {
    HttpResponse<String> made =
        create("name=screen&expiration_time=" + LATER, "{\"scopes\":[" + scopes + "]}");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    return json(made).path("token").asString("");
  }

  private static HttpResponse<String> get(String token, String path) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path)).header("Authorization", "Bearer " + token));
  }

  private static HttpResponse<String> post(String token, String path, String body, String type) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body)));
  }

  private static String sql(String q) {
    return "/v0/sql?q=" + java.net.URLEncoder.encode(q, java.nio.charset.StandardCharsets.UTF_8);
  }

  private static final String FIXED =
      "{\"type\":\"PIPES:READ\",\"resource\":\"by_org\",\"fixed_params\":{\"org\":\"a\"}}";

  @Test
  void fixedParametersWinOverWhateverTheCallSays() {
    String token = jwt(FIXED);
    assertThat(token).startsWith("eyJ");
    String rows = "[{\"n\":1},{\"n\":2}]";
    for (String query :
        new String[] {
          "",
          "?org=b",
          "?org=b&org=b",
          "?org=b&org=a",
          "?%6Frg=b",
          "?org",
          "?org=",
          "?q=SELECT+*+FROM+_&org=b",
          "?q=SELECT+*+FROM+by_org&org=b"
        }) {
      HttpResponse<String> answer = get(token, "/v0/pipes/by_org.json" + query);
      assertThat(json(answer).path("data").toString()).as("%s", query).isEqualTo(rows);
    }
    String path = "/v0/pipes/by_org.json";
    assertThat(json(post(token, path, "org=b", FORM)).path("data").toString()).isEqualTo(rows);
    assertThat(json(post(token, path, "{\"org\":\"b\"}", JSON)).path("data").toString())
        .isEqualTo(rows);
    assertThat(json(post(token, path + "?org=b", "{\"org\":[\"b\"]}", JSON)).path("rows").asInt())
        .isEqualTo(2);
    assertThat(json(get(token, path + "?org=b&least=2")).path("data").toString())
        .as("other parameters are the caller's")
        .isEqualTo("[{\"n\":2}]");
    assertThat(json(get(token, "/v0/pipes/by_org.json?token=" + token)).path("rows").asInt())
        .isEqualTo(2);
  }

  @Test
  void fixedParametersHoldInSqlToo() {
    String token = jwt(FIXED);
    for (String query :
        new String[] {
          "SELECT sum(n) AS s FROM by_org FORMAT CSV",
          "% SELECT sum(n) AS s FROM by_org WHERE {{String(org)}} = 'b' FORMAT CSV",
          "SELECT sum(n) FROM (SELECT * FROM by_org UNION ALL SELECT 0 AS n) FORMAT CSV"
        }) {
      assertThat(get(token, sql(query) + "&org=b").body()).as(query).isEqualTo("3\n");
    }
    assertThat(get(token, sql("SELECT sum(n) FROM _ FORMAT CSV") + "&pipeline=by_org&org=b").body())
        .isEqualTo("3\n");
  }

  @Test
  void listsCanBeFixed() {
    String token =
        jwt("{\"type\":\"PIPES:READ\",\"resource\":\"chosen\",\"fixed_params\":{\"ids\":[1,30]}}");
    assertThat(json(get(token, "/v0/pipes/chosen.json?ids=2")).path("data").toString())
        .isEqualTo("[{\"n\":1},{\"n\":30}]");
  }

  @Test
  void aPipeAppliesItsOwnFixedParametersToWhatItReads() {
    String scope =
        "{\"type\":\"PIPES:READ\",\"resource\":\"outer_org\",\"fixed_params\":{\"org\":\"b\"}}";
    assertThat(json(get(jwt(scope), "/v0/pipes/outer_org.json?org=a")).path("data").toString())
        .isEqualTo("[{\"total\":30}]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT sum(n) FROM orders | 3",
        "SELECT sum(n) FROM main.orders | 3",
        "SELECT sum(o.n) FROM orders AS o | 3",
        "SELECT sum(n) FROM (SELECT * FROM orders) | 3",
        "WITH x AS (SELECT * FROM orders) SELECT sum(n) FROM x | 3",
        "SELECT count() FROM orders WHERE org = 'b' OR 1 | 2",
        "SELECT (SELECT max(n) FROM orders) | 2",
        "SELECT count() FROM numbers(40) WHERE number IN (SELECT n FROM orders) | 2",
        "SELECT sum(a.n) FROM orders AS a JOIN orders AS b USING n | 3",
        "SELECT sum(n) FROM (SELECT n FROM orders UNION ALL SELECT n FROM orders) | 6"
      })
  void rowFiltersHold(String query, String expected) {
    String token =
        jwt("{\"type\":\"DATASOURCES:READ\",\"resource\":\"orders\",\"filter\":\"org = 'a'\"}");
    assertThat(get(token, sql(query + " FORMAT TSV")).body()).isEqualTo(expected + "\n");
  }

  @Test
  void aFilterThatReadsTablesIsRefused() {
    String token =
        jwt(
            "{\"type\":\"DATASOURCES:READ\",\"resource\":\"orders\","
                + "\"filter\":\"n IN (SELECT 1) UNION ALL SELECT 1\"}");
    assertThat(get(token, sql("SELECT 1 FROM orders")).statusCode()).isEqualTo(400);
  }

  @Test
  void eventsAreAppendedWithAJwt() {
    String token = jwt("{\"type\":\"DATASOURCES:APPEND\",\"resource\":\"orders\"}");
    HttpResponse<String> appended =
        post(token, "/v0/events?name=orders&wait=true", "{\"org\":\"z\",\"n\":0}", JSON);
    assertThat(appended.statusCode()).as(appended.body()).isEqualTo(200);
    assertThat(get(token, sql("SELECT 1 FROM orders")).statusCode()).isEqualTo(403);
    HttpResponse<String> reader = post(jwt(FIXED), "/v0/events?name=orders", "{}", JSON);
    assertThat(reader.statusCode()).isEqualTo(403);
    assertThat(reader.body()).contains("may not append to the data source orders");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/v0/pipes",
    "GET,/v0/pipes/by_org",
    "GET,/v0/pipes/by_org/explain",
    "GET,/v0/pipes/by_org.json?explain=true",
    "GET,/v0/datasources",
    "GET,/v0/datasources/orders",
    "GET,/v0/tokens",
    "GET,/v0/tokens/screen",
    "POST,/v0/tokens?name=x&scope=ADMIN",
    "GET,/v0/workspace",
    "GET,/v1/user/workspaces",
    "POST,/v1/deploy",
    "GET,/v1/deployments",
    "POST,/v0/datasources?mode=append&name=orders",
    "POST,/v0/datasources/orders/truncate"
  })
  void everythingElseNeedsAStaticToken(String method, String path) {
    String token =
        jwt(
            FIXED
                + ",{\"type\":\"DATASOURCES:READ\",\"resource\":\"orders\"},"
                + "{\"type\":\"DATASOURCES:APPEND\",\"resource\":\"orders\"}");
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(server.uri(path))
                .header("Authorization", "Bearer " + token)
                .method(method, BodyPublishers.noBody()));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
    assertThat(answer.body()).contains("a JWT is for endpoints, SQL and events");
  }

  @Test
  void otherResourcesStayClosed() {
    String token = jwt(FIXED);
    for (String path :
        new String[] {
          "/v0/pipes/chosen.json",
          "/v0/pipes/outer_org.json",
          sql("SELECT * FROM orders"),
          sql("SELECT * FROM orders_quarantine"),
          sql("SELECT * FROM by_org JOIN orders USING n")
        }) {
      HttpResponse<String> answer = get(token, path);
      assertThat(answer.statusCode()).as(path).isEqualTo(403);
      assertThat(answer.body()).contains("The token 'screen' may not read");
    }
    assertThat(get(token, sql("SELECT * FROM _") + "&pipeline=chosen").statusCode())
        .isGreaterThanOrEqualTo(400);
  }

  @Test
  void theRateOfATokenIsItsOwn() {
    HttpResponse<String> made =
        create(
            "expiration_time=" + LATER,
            "{\"name\":\"slow\",\"scopes\":[" + FIXED + "],\"limits\":{\"rps\":1}}");
    String token = json(made).path("token").asString("");
    HttpResponse<String> refused =
        IntStream.range(0, 60)
            .mapToObj(_ -> get(token, "/v0/pipes/by_org.json"))
            .filter(answer -> answer.statusCode() == 429)
            .findFirst()
            .orElseThrow();
    assertThat(refused.headers().firstValue("retry-after")).contains("1");
    assertThat(refused.headers().firstValue("x-ratelimit-limit")).contains("1");
    assertThat(refused.headers().firstValue("x-ratelimit-remaining")).contains("0");
    assertThat(refused.headers().firstValue("x-ratelimit-reset")).contains("1");
    assertThat(get(jwt(FIXED), "/v0/pipes/by_org.json").statusCode()).isEqualTo(200);
  }

  @Test
  void whatCannotBeAJwtIsRefusedWithTheReason() {
    String scopes = "{\"scopes\":[" + FIXED + "]}";
    assertThat(create("name=x", scopes).body()).contains("a JWT needs expiration_time=");
    assertThat(create("name=x&expiration_time=soon", scopes).statusCode()).isEqualTo(400);
    assertThat(create("name=x&expiration_time=1", scopes).body()).contains("has passed already");
    assertThat(create("expiration_time=" + LATER, scopes).body()).contains("name= is missing");
    assertThat(create("name=x&expiration_time=" + LATER, "{}").body())
        .contains("'scopes' must be a list");
    HttpResponse<String> admin =
        create("name=x&expiration_time=" + LATER, "{\"scopes\":[{\"type\":\"ADMIN\"}]}");
    assertThat(admin.statusCode()).isEqualTo(400);
    assertThat(json(admin).path("code").asString("")).isEqualTo("invalid-jwt");
    String reader =
        json(server.post("/v0/tokens?name=reader&scope=PIPES:READ:by_org", "", FORM))
            .path("token")
            .asString("");
    assertThat(
            post(reader, "/v0/tokens?name=x&expiration_time=" + LATER, scopes, JSON).statusCode())
        .isEqualTo(403);
  }

  @Test
  void aTokenOfNobodyIsRefusedWithoutDetails() {
    HttpResponse<String> answer =
        get(jwt(FIXED).replaceAll(".$", "") + "_", "/v0/pipes/by_org.json");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("invalid authentication token");
  }
}
