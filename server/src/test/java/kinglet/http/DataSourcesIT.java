// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What data sources there are, as clients see them, and emptying them.
final class DataSourcesIT {
  private static final String EVENTS =
      """
      DESCRIPTION >
          What users do

      TOKEN "reader" READ

      TAGS "web, raw"

      SCHEMA >
          `at` DateTime64(3) `json:$.at` CODEC(ZSTD(1)),
          `user` LowCardinality(Nullable(String)) `json:$.user`,
          `note` Nullable(String) `json:$.note`,
          `amount` UInt32 `json:$.amount` DEFAULT 7

      ENGINE MergeTree
      ENGINE_PARTITION_KEY toYYYYMM(at)
      ENGINE_SORTING_KEY at
      ENGINE_TTL toDateTime(at) + INTERVAL 50 YEAR
      INDEXES >
          INDEX by_amount amount TYPE minmax GRANULARITY 4
      """;
  private static final String DAYS =
      """
      SCHEMA >
          `day` Date,
          `amount` SimpleAggregateFunction(sum, UInt64)

      ENGINE AggregatingMergeTree
      ENGINE_SORTING_KEY day
      """;
  private static final String BY_DAY =
      """
      NODE day
      SQL >
          SELECT toDate(at) AS day, sum(amount) AS amount FROM events GROUP BY day

      TYPE materialized
      DATASOURCE days
      """;
  private static final String TOTAL =
      """
      NODE sum
      SQL >
          %
          SELECT sum(amount) AS total FROM events {% if defined(user) %} WHERE user = {{String(user)}} {% end %}

      TYPE endpoint
      """;

  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    JsonNode deployed =
        json(
            server.project(
                "/v1/deploy",
                Map.of(
                    "datasources/events.datasource", EVENTS,
                    "datasources/days.datasource", DAYS,
                    "datasources/raw.datasource", "SCHEMA >\n    a Int32, b String\n",
                    "datasources/shared.datasource",
                        "SCHEMA >\n    a Int32\n\nINCLUDE \"e.incl\"\n",
                    "datasources/e.incl", "ENGINE MergeTree\nENGINE_SORTING_KEY a\n",
                    "pipes/by_day.pipe", BY_DAY,
                    "pipes/total.pipe", TOTAL)));
    assertThat(deployed.path("result").asString()).as(deployed.toString()).isEqualTo("success");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode get(String path) {
    HttpResponse<String> answer = server.get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private static List<String> fields(JsonNode node) {
    return new ArrayList<>(node.propertyNames());
  }

  private static String rows(String table) {
    return server
        .get("/v0/sql?q=SELECT%20count()%20FROM%20" + table + "%20FORMAT%20TSV")
        .body()
        .strip();
  }

  private static void append(String rows) {
    HttpResponse<String> answer =
        server.post("/v0/events?name=events", rows, "application/x-ndjson");
    assertThat(answer.statusCode()).isEqualTo(202);
  }

  @Test
  void aListHasItsShape() {
    JsonNode sources = get("/v0/datasources").path("datasources");
    JsonNode events =
        sources
            .valueStream()
            .filter(s -> s.path("name").asString().equals("events"))
            .findFirst()
            .orElseThrow();
    assertThat(fields(events))
        .contains(
            "id",
            "name",
            "description",
            "engine",
            "columns",
            "statistics",
            "used_by",
            "shared_with",
            "tags",
            "type",
            "replicated",
            "cluster",
            "version",
            "project",
            "headers",
            "created_at",
            "updated_at",
            "last_commit",
            "new_columns_detected",
            "quarantine_rows")
        .doesNotContain("schema");
    assertThat(fields(events.path("engine")))
        .containsExactly("engine", "engine_sorting_key", "engine_partition_key");
    assertThat(events.path("used_by").findValuesAsString("name"))
        .containsExactly("by_day", "total");
    JsonNode some = get("/v0/datasources?attrs=id,name").path("datasources").path(0);
    assertThat(fields(some)).containsExactly("id", "name");
  }

  @Test
  void oneHasItsShapeByNameAndById() {
    JsonNode events = get("/v0/datasources/events");
    assertThat(fields(events))
        .contains(
            "cluster",
            "created_at",
            "description",
            "engine",
            "errors_discarded_at",
            "headers",
            "id",
            "indexes",
            "last_commit",
            "name",
            "new_columns_detected",
            "project",
            "replicated",
            "schema",
            "shared_with",
            "statistics",
            "tags",
            "type",
            "updated_at",
            "used_by",
            "version")
        .doesNotContain("columns");
    assertThat(fields(events.path("engine")))
        .containsExactly("engine", "engine_full", "sorting_key", "partition_key");
    assertThat(events.path("schema").path("columns").path(2).toString())
        .isEqualTo(
            "{\"name\":\"note\",\"type\":\"String\",\"codec\":null,\"default_value\":null,"
                + "\"jsonpath\":\"$.note\",\"nullable\":true,\"normalized_name\":\"note\","
                + "\"auto\":false}");
    assertThat(events.path("schema").path("columns").path(3).path("default_value").asString())
        .isEqualTo("DEFAULT 7");
    assertThat(events.path("schema").path("columns").path(0).path("codec").asString())
        .isEqualTo("CODEC(ZSTD(1))");
    assertThat(events.path("type").asString()).isEqualTo("ndjson");
    assertThat(events.path("tags").toString()).isEqualTo("{\"filtering_tags\":[\"web\",\"raw\"]}");
    assertThat(get("/v0/datasources/" + events.path("id").asString()).path("name").asString())
        .isEqualTo("events");
    assertThat(get("/v0/datasources/raw").path("engine").path("sorting_key").asString())
        .isEqualTo("tuple()");
    assertThat(fields(get("/v0/datasources/events?attrs=used_by"))).containsExactly("used_by");
    HttpResponse<String> absent = server.get("/v0/datasources/absent");
    assertThat(absent.statusCode()).isEqualTo(404);
    assertThat(json(absent).path("error").asString())
        .isEqualTo("Data Source \"absent\" does not exist");
  }

  @Test
  void aFileIsGivenBackAsItWasSentAndWithWhatItIncludes() {
    for (String path : List.of("events.datasource", "events?format=datasource")) {
      HttpResponse<String> file = server.get("/v0/datasources/" + path);
      assertThat(file.statusCode()).isEqualTo(200);
      assertThat(file.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
      assertThat(file.body()).isEqualTo(EVENTS);
    }
    assertThat(server.get("/v0/datasources/shared.datasource").body())
        .isEqualTo("SCHEMA >\n    `a` Int32\n\nENGINE \"MergeTree\"\nENGINE_SORTING_KEY \"a\"\n");
    assertThat(server.get("/v0/datasources/absent.datasource").statusCode()).isEqualTo(404);
  }

  @Test
  void onlyWhatATokenMayReadIsShown() {
    String token = json(server.get("/v0/tokens/reader")).path("token").asString();
    HttpResponse<String> list =
        server.anonymous("GET", "/v0/datasources?attrs=name&token=" + token, "");
    assertThat(list.body()).isEqualTo("{\"datasources\":[{\"name\":\"events\"}]}");
    for (String path : List.of("days", "days.datasource")) {
      assertThat(
              server
                  .anonymous("GET", "/v0/datasources/" + path + "?token=" + token, "")
                  .statusCode())
          .isEqualTo(403);
    }
    assertThat(
            server
                .anonymous("POST", "/v0/datasources/events/truncate?token=" + token, "")
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void rowsOnTheirWayDoNotComeBackAfterATruncation() {
    append("{\"at\":\"2026-01-01 00:00:00\",\"amount\":1}\n{\"at\":\"never\",\"amount\":2}\n");
    HttpResponse<String> truncated =
        server.request("POST", "/v0/datasources/events/truncate", BodyPublishers.noBody());
    assertThat(truncated.statusCode()).isEqualTo(205);
    assertThat(truncated.body()).isEmpty();
    assertThat(rows("events")).isEqualTo("0");
    assertThat(rows("days")).isEqualTo("1");
    assertThat(rows("events_quarantine")).isEqualTo("1");
    append("{\"at\":\"never\",\"amount\":2}\n");
    assertThat(
            server
                .request(
                    "POST", "/v0/datasources/events_quarantine/truncate", BodyPublishers.noBody())
                .statusCode())
        .isEqualTo(205);
    assertThat(rows("events_quarantine")).isEqualTo("0");
    assertThat(
            server
                .post(
                    "/v0/events?name=events&wait=true",
                    "{\"at\":\"2026-01-02 00:00:00\",\"amount\":1}",
                    "application/json")
                .statusCode())
        .isEqualTo(200);
    assertThat(rows("events")).isEqualTo("1");
  }

  @Test
  void dependenciesSayWhatIsMadeFromWhat() {
    assertThat(get("/v0/dependencies?datasource=events&recursive=false").toString())
        .isEqualTo("{\"dependencies\":{\"days\":[\"by_day\"]},\"incompatible_datasources\":{}}");
    assertThat(get("/v0/dependencies?pipe=total").path("dependencies").toString())
        .isEqualTo("{\"total\":[\"events\"]}");
    assertThat(get("/v0/dependencies?no_deps=true").path("dependencies").toString())
        .isEqualTo("{\"days\":[\"by_day\"],\"by_day\":[\"events\"],\"total\":[\"events\"]}");
  }

  @Test
  void anImportAnswersHowManyRowsThereAreNow() {
    for (int rows = 1; rows <= 2; rows++) {
      JsonNode answer =
          json(server.post("/v0/datasources?mode=append&name=raw", "1,x\n", "text/csv"));
      assertThat(answer.path("error").isBoolean()).as(answer.toString()).isTrue();
      assertThat(answer.path("datasource").path("statistics").path("row_count").asInt())
          .isEqualTo(rows);
    }
  }

  @Test
  void pipesShowTheAttributesThatAreAskedFor() {
    assertThat(get("/v0/pipes/total?attrs=name,nodes&node_attrs=name").toString())
        .isEqualTo("{\"name\":\"total\",\"nodes\":[{\"name\":\"sum\"}]}");
    assertThat(get("/v0/pipes?attrs=name").toString())
        .isEqualTo("{\"pipes\":[{\"name\":\"by_day\"},{\"name\":\"total\"}]}");
  }

  @Test
  void thereAreNoJobsOfKindsThatClientsKnowFromElsewhere() {
    assertThat(get("/v0/jobs?kind=sink").toString()).isEqualTo("{\"jobs\":[]}");
    assertThat(server.get("/v0/jobs?kind=deploiment").statusCode()).isEqualTo(400);
  }

  @Test
  void theTokenMayStandInTheFormOfAFile() {
    String token = json(server.get("/v0/tokens/reader")).path("token").asString();
    for (String name : List.of(server.adminToken(), token)) {
      HttpResponse<String> answer =
          server.send(
              HttpRequest.newBuilder(server.uri("/v0/datasources?mode=append&name=shared"))
                  .header("Content-Type", "multipart/form-data; boundary=edge")
                  .POST(
                      BodyPublishers.ofString(
                          "--edge\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n"
                              + name
                              + "\r\n--edge\r\nContent-Disposition: form-data; name=\"csv\";"
                              + " filename=\"a.csv\"\r\n\r\n1\n\r\n--edge--\r\n")));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(name.equals(token) ? 403 : 200);
    }
  }
}
