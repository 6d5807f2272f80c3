// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Calls that change single data sources of a deployed project.
final class DataSourceChangesIT {
  private static final String EVENTS =
      """
      TOKEN "reader" READ

      SCHEMA >
          `at` DateTime `json:$.at`,
          `user` String `json:$.user`

      ENGINE MergeTree
      ENGINE_SORTING_KEY at
      """;
  private static final String USERS =
      """
      SCHEMA >
          `user` String,
          `events` AggregateFunction(count)

      ENGINE AggregatingMergeTree
      ENGINE_SORTING_KEY user
      """;
  private static final String BY_USER =
      """
      NODE counted
      SQL >
          SELECT user, countState() AS events FROM events GROUP BY user

      TYPE materialized
      DATASOURCE users
      """;
  private static final String LATEST =
      """
      NODE latest
      SQL >
          SELECT max(at) AS at FROM raw

      TYPE endpoint
      """;

  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void deploy() {
    HttpResponse<String> built =
        server.project(
            "/v1/build",
            Map.of(
                "datasources/events.datasource", EVENTS,
                "datasources/users.datasource", USERS,
                "datasources/raw.datasource", EVENTS,
                "datasources/other.datasource", EVENTS,
                "pipes/by_user.pipe", BY_USER,
                "pipes/latest_at.pipe", LATEST));
    assertThat(json(built).path("errors").toString()).isEqualTo("[]");
  }

  private static HttpResponse<String> post(String path, Map<String, String> form) {
    return server.post(
        path,
        form.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&")),
        FORM);
  }

  private static HttpResponse<String> call(String method, String path) {
    return server.request(method, path, BodyPublishers.noBody());
  }

  private static JsonNode source(String name) {
    HttpResponse<String> answer = server.get("/v0/datasources/" + name);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private static void append(String name, String rows) {
    assertThat(
            server
                .post("/v0/events?wait=true&name=" + name, rows, "application/x-ndjson")
                .statusCode())
        .isEqualTo(200);
  }

  private static String rows(String table) {
    return server
        .get("/v0/sql?q=SELECT%20count()%20FROM%20" + table + "%20FORMAT%20TSV")
        .body()
        .strip();
  }

  private static String token(String name, String scope) {
    return json(server.post("/v0/tokens?name=" + name + "&scope=" + scope, "", FORM))
        .path("token")
        .asString();
  }

  @Test
  void alterChangesColumnsInPlaceAndSaysHow() {
    append("other", "{\"at\":1,\"user\":\"ann\"}");
    Map<String, String> change =
        Map.of(
            "schema",
            "`at` DateTime `json:$.at`, `user` String `json:$.user`, `note` Nullable(String)"
                + " `json:$.note`",
            "description",
            "With notes",
            "ttl",
            "at + INTERVAL 100 DAY");
    HttpResponse<String> dry = post("/v0/datasources/other/alter?dry=true", change);
    assertThat(dry.statusCode()).as(dry.body()).isEqualTo(200);
    assertThat(dry.body()).doesNotContain("w_", "__seq", "datasource");
    assertThat(json(dry).path("operations").path(0).asString())
        .isEqualTo(
            "ALTER TABLE `other` ADD COLUMN IF NOT EXISTS `note` Nullable(String) AFTER `user`");
    assertThat(source("other").path("schema").path("columns").size()).isEqualTo(2);

    JsonNode altered = json(post("/v0/datasources/other/alter", change));
    assertThat(altered.path("operations")).isEqualTo(json(dry).path("operations"));
    assertThat(altered.path("datasource").path("description").asString()).isEqualTo("With notes");
    assertThat(altered.path("datasource").path("engine").path("engine_full").asString())
        .contains("TTL at + INTERVAL 100 DAY");
    assertThat(server.get("/v0/datasources/other.datasource").body())
        .contains("`note` Nullable(String) `json:$.note`", "TOKEN \"reader\" READ");

    JsonNode without = json(post("/v0/datasources/other/alter", Map.of("ttl", "false")));
    assertThat(without.path("operations").toString())
        .isEqualTo("[\"ALTER TABLE `other` REMOVE TTL\"]");
    HttpResponse<String> wrong =
        post("/v0/datasources/other/alter", Map.of("schema", "`at` Never `json:$.at`"));
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(json(wrong).path("code").asString()).isEqualTo("change-refused");
    assertThat(wrong.body()).contains("Never");
  }

  @Test
  void indexesAreAddedAndDropped() {
    post("/v0/datasources/raw/alter", Map.of("indexes", "INDEX by_user user TYPE set(100)"));
    assertThat(source("raw").path("indexes").path(0).path("name").asString()).isEqualTo("by_user");
    post("/v0/datasources/raw/alter", Map.of("indexes", "false"));
    assertThat(source("raw").path("indexes").size()).isZero();
  }

  @Test
  void aNameADescriptionAndTagsAreChanged() {
    String id = source("other").path("id").asString();
    append("other", "{\"at\":1,\"user\":\"ann\"}");
    HttpResponse<String> renamed =
        call("PUT", "/v0/datasources/other?name=renamed&description=Mine&tags=a,b");
    assertThat(renamed.statusCode()).as(renamed.body()).isEqualTo(200);
    assertThat(json(renamed).path("id").asString()).isEqualTo(id);
    assertThat(json(renamed).path("name").asString()).isEqualTo("renamed");
    assertThat(json(renamed).path("description").asString()).isEqualTo("Mine");
    assertThat(json(renamed).path("tags").toString())
        .isEqualTo("{\"filtering_tags\":[\"a\",\"b\"]}");
    assertThat(rows("renamed")).isEqualTo("1");
    assertThat(server.get("/v0/datasources/other").statusCode()).isEqualTo(404);

    HttpResponse<String> used = call("PUT", "/v0/datasources/raw?name=raw2");
    assertThat(used.statusCode()).isEqualTo(409);
    assertThat(json(used).path("dependent_pipes").path(0).path("name").asString())
        .isEqualTo("latest_at");
    assertThat(call("PUT", "/v0/datasources/renamed?name=raw").statusCode()).isEqualTo(400);
    assertThat(call("PUT", "/v0/datasources/renamed?name=no%20name").statusCode()).isEqualTo(400);
  }

  @Test
  void twoDataSourcesAreExchanged() {
    append("raw", "{\"at\":1,\"user\":\"ann\"}");
    append("other", "{\"at\":86400,\"user\":\"ann\"}\n{\"at\":86400,\"user\":\"bob\"}");
    HttpResponse<String> exchanged =
        post("/v0/datasources/exchange", Map.of("datasource_a", "raw", "datasource_b", "other"));
    assertThat(exchanged.statusCode()).as(exchanged.body()).isEqualTo(200);
    assertThat(rows("raw")).isEqualTo("2");
    assertThat(rows("other")).isEqualTo("1");
    assertThat(server.get("/v0/pipes/latest_at.csv").body()).contains("1970-01-02 00:00:00");
    append("raw", "{\"at\":1,\"user\":\"cid\"}");
    assertThat(rows("raw")).isEqualTo("3");
    HttpResponse<String> watched =
        post("/v0/datasources/exchange", Map.of("datasource_a", "raw", "datasource_b", "events"));
    assertThat(watched.statusCode()).isEqualTo(409);
    assertThat(watched.body()).contains("by_user");
    assertThat(post("/v0/datasources/exchange", Map.of("datasource_a", "raw")).statusCode())
        .isEqualTo(400);
  }

  @Test
  void aDataSourceIsRemovedWhenNothingDependsOnItOrByForce() {
    HttpResponse<String> used = call("DELETE", "/v0/datasources/events");
    assertThat(used.statusCode()).isEqualTo(409);
    assertThat(json(used).path("dependent_pipes").path(0).path("name").asString())
        .isEqualTo("by_user");
    assertThat(
            json(call("DELETE", "/v0/datasources/events?dry_run=true"))
                .path("dependent_pipes")
                .size())
        .isEqualTo(1);
    assertThat(call("DELETE", "/v0/datasources/events?force=true").statusCode()).isEqualTo(204);
    assertThat(server.get("/v0/datasources/events").statusCode()).isEqualTo(404);
    assertThat(server.get("/v0/pipes/by_user").statusCode()).isEqualTo(404);
    assertThat(source("users").path("name").asString()).isEqualTo("users");

    HttpResponse<String> read = call("DELETE", "/v0/datasources/raw?force=true");
    assertThat(read.statusCode()).as("endpoints are not removed by force").isEqualTo(409);
    assertThat(call("DELETE", "/v0/datasources/other").statusCode()).isEqualTo(204);
    assertThat(call("DELETE", "/v0/datasources/other").statusCode()).isEqualTo(404);
  }

  @Test
  void tagsAreGivenMovedRenamedAndTakenAway() {
    HttpResponse<String> made =
        server.post(
            "/v0/tags",
            "{\"name\":\"web\",\"resources\":[{\"name\":\"raw\"},\"latest_at\",\"by_user\"]}",
            "application/json");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    JsonNode tags = json(server.get("/v0/tags")).path("tags");
    assertThat(tags.path(0).path("name").asString()).isEqualTo("web");
    assertThat(tags.path(0).path("resources").findValuesAsString("name"))
        .containsExactly("raw", "by_user", "latest_at");
    assertThat(source("raw").path("tags").toString()).contains("web");
    assertThat(server.get("/v0/pipes/latest_at.json").statusCode()).isEqualTo(200);

    HttpResponse<String> moved =
        server.request(
            "PUT",
            "/v0/tags/web",
            BodyPublishers.ofString("{\"name\":\"shop\",\"resources\":[{\"name\":\"other\"}]}"));
    assertThat(moved.statusCode()).as(moved.body()).isEqualTo(200);
    assertThat(json(server.get("/v0/tags")).path("tags").size()).isEqualTo(1);
    assertThat(server.get("/v0/tags").body())
        .contains("shop", "other")
        .doesNotContain("web", "raw");
    assertThat(call("DELETE", "/v0/tags/shop").statusCode()).isEqualTo(204);
    assertThat(server.get("/v0/tags").body()).isEqualTo("{\"tags\":[]}");
    assertThat(call("DELETE", "/v0/tags/shop").statusCode()).isEqualTo(404);
    for (String body :
        List.of("{}", "{\"name\":\"a,b\",\"resources\":[\"raw\"]}", "{\"name\":\"a\"}")) {
      assertThat(server.post("/v0/tags", body, "application/json").statusCode())
          .as(body)
          .isEqualTo(400);
    }
    assertThat(
            server
                .post("/v0/tags", "{\"name\":\"a\",\"resources\":[\"absent\"]}", "application/json")
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void scopesDecideWhoChangesWhat() {
    String reader = json(server.get("/v0/tokens/reader")).path("token").asString();
    for (String path : List.of("events/alter", "exchange?datasource_a=raw&datasource_b=other")) {
      String joint = path.contains("?") ? "&" : "?";
      assertThat(
              server
                  .anonymous("POST", "/v0/datasources/" + path + joint + "token=" + reader, "")
                  .statusCode())
          .as(path)
          .isEqualTo(403);
    }
    for (String method : List.of("PUT", "DELETE")) {
      assertThat(
              server
                  .anonymous(method, "/v0/datasources/other?description=x&token=" + reader, "")
                  .statusCode())
          .as(method)
          .isEqualTo(403);
    }
    String creator = token("creator", "DATASOURCES:CREATE");
    HttpResponse<String> dropsColumn =
        server.anonymous(
            "POST",
            "/v0/datasources/other/alter?token="
                + creator
                + "&schema=at%20DateTime%20%60json:$.at%60",
            "");
    assertThat(dropsColumn.statusCode()).as(dropsColumn.body()).isEqualTo(400);
    assertThat(dropsColumn.body()).contains("deletes its values");
    String dropper = token("dropper", "DATASOURCES:DROP:other");
    assertThat(server.anonymous("DELETE", "/v0/datasources/raw?token=" + dropper, "").statusCode())
        .isEqualTo(403);
    assertThat(
            server.anonymous("DELETE", "/v0/datasources/other?token=" + dropper, "").statusCode())
        .isEqualTo(204);
  }
}
