// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

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

/// The calls of deployments, as the published clients make them.
final class DeploymentCallsIT {
  private static final String EVENTS =
      "SCHEMA >\n    `n` UInt32 `json:$.n`\nENGINE MergeTree\nENGINE_SORTING_KEY n\n";
  private static final String FRESH =
      "SCHEMA >\n    `k` String `json:$.k`\nENGINE MergeTree\nENGINE_SORTING_KEY k\n";

  @TempDir static Path folder;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String total(int factor) {
    return "NODE n\nSQL >\n    SELECT sum(n) * "
        + factor
        + " AS total FROM events\nTYPE endpoint\n";
  }

  private static Map<String, String> project(int factor) {
    return Map.of("events.datasource", EVENTS, "total.pipe", total(factor));
  }

  @Test
  void oneDeploymentWaitsIsReadAndSetLive() {
    JsonNode first = json(server.get("/v1/deployments")).path("deployments");
    assertThat(first).hasSize(1);
    assertThat(first.path(0).path("id").asString()).isEqualTo("0");
    assertThat(first.path(0).path("live").asBoolean()).isTrue();

    JsonNode deployed = json(server.project("/v1/deploy?auto_promote=true", project(1)));
    assertThat(deployed.path("result").asString()).isEqualTo("success");
    String live = deployed.path("deployment").path("id").asString();
    JsonNode polled = json(server.get("/v1/deployments/" + live)).path("deployment");
    assertThat(polled.path("status").asString()).isEqualTo("data_ready");
    assertThat(polled.path("live").asBoolean()).isTrue();
    event("events", "", "{\"n\":1}");

    Map<String, String> next =
        Map.of("events.datasource", EVENTS, "total.pipe", total(10), "fresh.datasource", FRESH);
    JsonNode staged = json(server.project("/v1/deploy?auto_promote=false", next));
    String id = staged.path("deployment").path("id").asString();
    assertThat(staged.path("result").asString()).isEqualTo("success");
    assertThat(staged.path("deployment").path("status").asString()).isEqualTo("data_ready");
    assertThat(staged.path("deployment").path("live").asBoolean()).isFalse();
    assertThat(ids()).containsExactly(live, id);

    assertThat(total("")).isEqualTo(1);
    assertThat(total("__tb__deployment=staging")).isEqualTo(10);
    event("events", "", "{\"n\":2}");
    event("events", "&__tb__deployment=staging", "{\"n\":3}");
    assertThat(total("")).isEqualTo(6);
    assertThat(total("__tb__deployment=staging")).isEqualTo(60);

    assertThat(server.get("/v0/datasources/fresh").statusCode()).isEqualTo(404);
    assertThat(server.get("/v0/datasources/fresh?__tb__deployment=staging").statusCode())
        .isEqualTo(200);
    event("fresh", "&__tb__deployment=staging", "{\"k\":\"a\"}");
    assertThat(sql("SELECT k FROM fresh FORMAT TSV", "&__tb__deployment=staging").body())
        .isEqualTo("a\n");
    assertThat(sql("SELECT k FROM fresh", "").statusCode()).isGreaterThanOrEqualTo(400);

    HttpResponse<String> second = server.project("/v1/deploy?auto_promote=true", project(3));
    assertThat(second.statusCode()).isEqualTo(409);
    assertThat(second.body()).contains("waits as staging");

    assertThat(json(server.post("/v1/deployments/" + id + "/set-live", "", "")).path("result"))
        .hasToString("\"success\"");
    assertThat(ids()).containsExactly(id);
    assertThat(total("")).isEqualTo(60);
    assertThat(sql("SELECT k FROM fresh FORMAT TSV", "").body()).isEqualTo("a\n");
    assertThat(server.get("/v0/pipes/total.json?__tb__deployment=staging").statusCode())
        .isEqualTo(404);

    // What clients do with the one that was live before.
    assertThat(delete(live).statusCode()).isEqualTo(200);
    assertThat(
            json(server.get("/v1/deployments/" + live))
                .path("deployment")
                .path("status")
                .asString())
        .isEqualTo("deleted");
    assertThat(delete(id).statusCode()).isEqualTo(409);
    assertThat(server.post("/v1/deployments/" + live + "/set-live", "", "").statusCode())
        .isEqualTo(409);

    discarded(id);
  }

  private void discarded(String live) {
    Map<String, String> next = Map.of("events.datasource", EVENTS, "total.pipe", total(7));
    JsonNode refused = json(server.project("/v1/deploy?auto_promote=false", next));
    assertThat(refused.path("result").asString()).isEqualTo("failed");
    assertThat(refused.path("error").asString()).contains("'fresh' is not in the project");
    String id =
        json(server.project(
                "/v1/deploy?auto_promote=false&allow_destructive_operations=true", next))
            .path("deployment")
            .path("id")
            .asString();
    assertThat(total("__tb__deployment=staging")).isEqualTo(42);
    JsonNode gone = json(delete(id));
    assertThat(gone.path("result").asString()).isEqualTo("success");
    assertThat(gone.path("deployment").path("status").asString()).isEqualTo("deleted");
    assertThat(ids()).containsExactly(live);
    assertThat(sql("SELECT k FROM fresh FORMAT TSV", "").body()).isEqualTo("a\n");
    assertThat(total("")).isEqualTo(60);
  }

  private static HttpResponse<String> delete(String id) {
    return server.request("DELETE", "/v1/deployments/" + id, BodyPublishers.noBody());
  }

  private static List<String> ids() {
    List<String> ids = new ArrayList<>();
    json(server.get("/v1/deployments"))
        .path("deployments")
        .forEach(deployment -> ids.add(deployment.path("id").asString()));
    return ids;
  }

  private static void event(String name, String more, String row) {
    HttpResponse<String> answer =
        server.post("/v0/events?wait=true&name=" + name + more, row, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static HttpResponse<String> sql(String sql, String more) {
    return server.get("/v0/sql?q=" + sql.replace(" ", "%20") + more);
  }

  private static long total(String parameters) {
    HttpResponse<String> answer = server.get("/v0/pipes/total.json?" + parameters);
    return json(answer).path("data").path(0).path("total").asLong();
  }

  @Test
  void changesAreLoggedWithTheirAuthor() {
    server.post("/v0/tokens", "name=mine&scope=ADMIN", TestServer.FORM);
    server.post("/v0/variables", "name=KEY&value=hidden", TestServer.FORM);
    server.request("DELETE", "/v0/tokens/mine", BodyPublishers.noBody());
    HttpResponse<String> answer = server.get("/v1/changes?limit=3");
    List<String> changes = new ArrayList<>();
    json(answer)
        .path("changes")
        .forEach(change ->
            changes.add(
                change.path("author").asString()
                    + ": "
                    + change.path("change").asString()
                    + " "
                    + change.path("detail").asString()));
    assertThat(changes)
        .containsExactly(
            "workspace admin token: remove token mine",
            "workspace admin token: create secret KEY",
            "workspace admin token: create token mine");
    assertThat(answer.body()).doesNotContain("hidden");
    assertThat(server.get("/v1/changes?limit=x").statusCode()).isEqualTo(400);
  }
}
