// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A view whose history is being read when the engine dies, or when the server stops, has every row
/// once.
final class InterruptedBuildIT {
  private static final long ROWS = 1_500_000;

  private static final String EVENTS =
      """
      SCHEMA >
          ts DateTime `json:$.ts`,
          k UInt64 `json:$.k`,
          n UInt64 `json:$.n`
      ENGINE MergeTree
      ENGINE_SORTING_KEY k
      """;
  private static final String FILL =
      """
      NODE rows
      SQL >
          SELECT toDateTime('2026-01-01 00:00:00') + number %% 86400 AS ts, number %% 10 AS k, number AS n
          FROM numbers(%d)
      TYPE COPY
      TARGET_DATASOURCE events
      COPY_SCHEDULE @on-demand
      """
          .formatted(ROWS);
  private static final String VIEW =
      """
      NODE sums
      SQL >
          SELECT k, count() OVER ever AS rows, sum(n) OVER ever AS total
          FROM events
          WINDOW ever AS (PARTITION BY k ORDER BY ts)
      TYPE FEATURES
      ENTITY k
      EVENT_TIME ts
      """;

  private static final String TOTALS = totals();

  @TempDir Path data;

  private final Map<String, String> project =
      new HashMap<>(Map.of("events.datasource", EVENTS, "fill.pipe", FILL));

  private static String totals() {
    long rows = ROWS / 10;
    return "{\"rows\":[%d,%d],\"total\":[%d,%d]}"
        .formatted(
            rows, rows, 10 * (rows * (rows - 1) / 2), 10 * (rows * (rows - 1) / 2) + 9 * rows);
  }

  @Test
  void everyRowIsReadOnce() {
    try (TestServer server = TestServer.ready(data)) {
      deploy(server);
      JsonNode job = json(server.post("/v0/pipes/fill/copy", "", "text/plain"));
      String url = "/v0/jobs/" + job.path("job").path("id").asString("");
      while (!json(server.get(url)).path("status").asString("").equals("done")) {
        Thread.onSpinWait();
      }

      project.put("first.pipe", VIEW);
      deploy(server);
      awaitMiddle(server, "first");
      engine().destroyForcibly();
      assertThat(built(server, "first").path("history_rows").asLong()).isGreaterThanOrEqualTo(ROWS);
      assertThat(values(server, "first")).isEqualTo(TOTALS);

      project.put("second.pipe", VIEW);
      deploy(server);
      awaitMiddle(server, "second");
    }
    try (TestServer server = TestServer.ready(data)) {
      assertThat(built(server, "second").path("history_rows").asLong())
          .as("what was read before the stop is not read again")
          .isBetween(1L, ROWS - 1);
      assertThat(values(server, "second")).isEqualTo(TOTALS);
      assertThat(values(server, "first")).isEqualTo(TOTALS);
    }
  }

  private void deploy(TestServer server) {
    HttpResponse<String> answer = server.project("/v1/deploy", project);
    assertThat(answer.body()).contains("\"success\"");
  }

  private ProcessHandle engine() {
    List<ProcessHandle> engines =
        ProcessHandle.current()
            .children()
            .filter(child -> child.info().commandLine().orElse("").contains(data.toString()))
            .toList();
    assertThat(engines).hasSize(1);
    return engines.getFirst();
  }

  private static JsonNode view(TestServer server, String name) {
    return json(server.get("/v0/feature_views/" + name));
  }

  private static void awaitMiddle(TestServer server, String name) {
    JsonNode view = view(server, name);
    while (view.path("history_rows").asLong() == 0) {
      view = view(server, name);
    }
    assertThat(view.path("status").asString("")).isEqualTo("building");
  }

  private static JsonNode built(TestServer server, String name) {
    JsonNode view = view(server, name);
    while (!view.path("status").asString("").equals("live")) {
      view = view(server, name);
    }
    return view;
  }

  private static String values(TestServer server, String name) {
    HttpResponse<String> answer =
        server.post("/v0/features/" + name, "{\"keys\":{\"k\":[0,9]}}", "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer).path("values").toString();
  }
}
