// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A view that looks up a view of its own data source sees, at each row, what was before it and the
/// row itself: as the rows come in, when they are read again, and in training sets.
final class OwnSourceLookupIT {
  private static final String EVENTS =
      """
      SCHEMA >
          ts DateTime64(3, 'UTC') `json:$.ts`,
          k String `json:$.k`,
          n Int64 `json:$.n`
      ENGINE MergeTree
      ENGINE_SORTING_KEY k
      """;
  private static final String NEWEST =
      """
      NODE newest
      SQL >
          SELECT k, n FROM events
      TYPE FEATURES
      ENTITY k
      EVENT_TIME ts
      """;
  private static final String SUMS =
      """
      NODE sums
      SQL >
          SELECT k, sum(newest.n) OVER ever AS total, groupArrayLast(20)(newest.n) OVER ever AS seen
          FROM events
          LEFT JOIN newest ON newest.k = events.k
          WINDOW ever AS (PARTITION BY k ORDER BY ts)
      TYPE FEATURES
      ENTITY k
      EVENT_TIME ts
      """;
  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");

  /// The third row is older than the two before it.
  private static final String ROWS =
      """
      {"ts":"2026-01-01 10:00:01.000","k":"a","n":1}
      {"ts":"2026-01-01 10:00:03.000","k":"a","n":20}
      {"ts":"2026-01-01 10:00:02.000","k":"a","n":300}
      {"ts":"2026-01-01 10:00:04.000","k":"a","n":4000}
      {"ts":"2026-01-01 10:00:04.000","k":"b","n":5}
      """;

  /// What was looked up, in the order of the event times.
  private static final String SEEN = "[1,20,20,4000]";

  @TempDir Path data;

  @Test
  void aRowIsLookedUpAfterTheRowsBeforeItAlone() {
    Map<String, String> project =
        new HashMap<>(
            Map.of("events.datasource", EVENTS, "newest.pipe", NEWEST, "sums.pipe", SUMS));
    try (TestServer server = TestServer.ready(data)) {
      deploy(server, project);
      HttpResponse<String> answer =
          server.post("/v0/events?name=events", ROWS, "application/x-ndjson");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
      assertThat(read(server, "sums").path("total").get(0).asInt()).isEqualTo(4041);
      assertThat(read(server, "sums").path("seen").get(0)).hasToString(SEEN);

      project.put("again.pipe", SUMS.replace("NODE sums", "NODE again"));
      deploy(server, project);
      assertThat(read(server, "again")).isEqualTo(read(server, "sums"));

      assertThat(trained(server, "as_known")).contains(SEEN);
      // What happened until then, whenever it came in.
      assertThat(trained(server, "corrected")).contains("[1,300,20,4000]");
    }
    try (TestServer server = TestServer.start(data, Map.of())) {
      while (server.anonymous("GET", "/ready", "").statusCode() != 200) {
        Thread.onSpinWait();
      }
      assertThat(server.get("/v0/feature_views").body()).doesNotContain("\"building\"");
      assertThat(read(server, "sums").path("seen").get(0)).hasToString(SEEN);
      assertThat(read(server, "again").path("seen").get(0)).hasToString(SEEN);
    }
  }

  private static void deploy(TestServer server, Map<String, String> project) {
    HttpResponse<String> answer = server.project("/v1/deploy", project);
    assertThat(answer.body()).contains("\"success\"");
  }

  private static JsonNode read(TestServer server, String view) {
    HttpResponse<String> answer =
        server.post("/v0/features/" + view, "{\"keys\":{\"k\":[\"a\",\"b\"]}}", "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer).path("values");
  }

  private static String trained(TestServer server, String mode) {
    String request =
        """
        {"name":"%1$s","features":["sums"],"mode":"%1$s","time":"at",
         "spine":{"q":"SELECT 'a' AS k, toDateTime64('2099-01-01 00:00:00', 3) AS at"}}
        """
            .formatted(mode);
    JsonNode set = json(server.post("/v0/training_sets", request, "application/json"));
    while (!ENDS.contains(set.path("status").asString(""))) {
      set = json(server.get("/v0/training_sets/" + mode));
    }
    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    return server.get("/v0/training_sets/" + mode + ".ndjson").body();
  }
}
