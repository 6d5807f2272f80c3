// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A deployment that takes longer than its call waits: it goes on, and clients ask how it stands.
final class LongDeploymentIT {
  /// Each is filled by a statement of its own.
  private static final int PARTITIONS = 60;

  @TempDir Path folder;

  private static Map<String, String> project(String type, String more) {
    return Map.of(
        "events.datasource",
        "SCHEMA >\n    `n` UInt32 `json:$.n`,\n    `t` "
            + type
            + " `json:$.t`\nENGINE MergeTree\nENGINE_PARTITION_KEY n\nENGINE_SORTING_KEY n\n"
            + more);
  }

  @Test
  void callsAnswerWhileTheDeploymentGoesOn() {
    try (TestServer server = TestServer.start(folder, Map.of("deploy.answer-timeout", "1ms"))) {
      server.awaitReady();
      String first = id(server.project("/v1/deploy?auto_promote=true", project("String", "")));
      assertThat(ended(server, first).path("live").asBoolean()).isTrue();
      StringBuilder rows = new StringBuilder();
      for (int n = 0; n < PARTITIONS; n++) {
        rows.append("{\"n\":").append(n).append(",\"t\":\"").append(n).append("\"}\n");
      }
      assertThat(
              server
                  .post("/v0/events?wait=true&name=events", rows.toString(), "text/plain")
                  .statusCode())
          .isEqualTo(200);

      Map<String, String> moved =
          project("UInt32", "FORWARD_QUERY >\n    SELECT n, CAST(t, 'UInt32') AS t\n");
      JsonNode checked = json(server.project("/v1/deploy?check=true", moved));
      assertThat(checked.path("result").asString()).isEqualTo("success");
      HttpResponse<String> answer = server.project("/v1/deploy?auto_promote=true", moved);
      JsonNode begun = json(answer).path("deployment");
      assertThat(begun.path("status").asString()).as(answer.body()).isEqualTo("creating_schema");
      assertThat(begun.path("data_movements").toString()).contains("backfill_with_forward_query");
      String second = begun.path("id").asString();
      JsonNode live = ended(server, second);
      assertThat(live.path("live").asBoolean()).as(live.toString()).isTrue();
      assertThat(server.get("/v0/sql?q=SELECT%20sum(t)%20FROM%20events%20FORMAT%20TSV").body())
          .isEqualTo(PARTITIONS * (PARTITIONS - 1) / 2 + "\n");

      String third =
          id(
              server.project(
                  "/v1/deploy?auto_promote=true",
                  project(
                      "String",
                      "FORWARD_QUERY >\n    SELECT n, toString(throwIf(n = "
                          + (PARTITIONS - 1)
                          + ", 'the last one')) AS t\n")));
      JsonNode failed = ended(server, third);
      assertThat(failed.path("status").asString()).isEqualTo("deleted");
      assertThat(failed.path("errors").toString()).contains("the last one");
    }
  }

  private static String id(HttpResponse<String> answer) {
    String id = json(answer).path("deployment").path("id").asString("");
    assertThat(id).as(answer.body()).isNotEmpty();
    return id;
  }

  private static JsonNode ended(TestServer server, String id) {
    JsonNode deployment;
    do {
      deployment = json(server.get("/v1/deployments/" + id + "?wait=true")).path("deployment");
    } while (deployment.path("status").asString().equals("creating_schema")
        || (deployment.path("status").asString().equals("data_ready")
            && !deployment.path("live").asBoolean()));
    return deployment;
  }
}
