// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kinglet.state.StateDamage;
import kinglet.testkit.Seed;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A view whose stored state is damaged says so and is made anew, with those that look it up.
final class DamagedStateIT {
  private static final String EVENTS =
      """
      SCHEMA >
          ts DateTime64(3, 'UTC') `json:$.ts`,
          k String `json:$.k`,
          n Int64 `json:$.n`
      ENGINE MergeTree
      ENGINE_SORTING_KEY k
      """;
  private static final Map<String, String> PROJECT =
      Map.of(
          "events.datasource",
          EVENTS,
          "names.datasource",
          EVENTS,
          "newest.pipe",
          """
          NODE newest
          SQL >
              SELECT k, n FROM names
          TYPE FEATURES
          ENTITY k
          EVENT_TIME ts
          """,
          "sums.pipe",
          """
          NODE sums
          SQL >
              SELECT k, sum(events.n) OVER ever AS total, sum(newest.n) OVER ever AS looked
              FROM events
              LEFT JOIN newest ON newest.k = events.k
              WINDOW ever AS (PARTITION BY k ORDER BY ts)
          TYPE FEATURES
          ENTITY k
          EVENT_TIME ts
          """,
          "counts.pipe",
          """
          NODE counts
          SQL >
              SELECT k, count() OVER ever AS rows
              FROM events
              WINDOW ever AS (PARTITION BY k ORDER BY ts)
          TYPE FEATURES
          ENTITY k
          EVENT_TIME ts
          """);

  @TempDir Path data;

  @Test
  void itIsMadeAnewOfItsHistory() throws Exception {
    try (TestServer server = TestServer.ready(data)) {
      HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT);
      assertThat(deployed.body()).contains("\"success\"");
      send(server, "names", 100);
      send(server, "events", 1);
      send(server, "events", 2);
      assertThat(read(server, "sums")).isEqualTo("{\"total\":[3],\"looked\":[200]}");
    }
    int damaged =
        StateDamage.flip(data.resolve("features"), "/counts@", Seed.next().random())
            + StateDamage.flip(data.resolve("features"), "/newest@", Seed.next().random());
    assertThat(damaged).isEqualTo(2);
    try (TestServer server = TestServer.start(data, Map.of())) {
      while (server.anonymous("GET", "/ready", "").statusCode() != 200) {
        Thread.onSpinWait();
      }
      assertThat(status(server, "counts")).isEqualTo("live");
      assertThat(status(server, "sums")).isEqualTo("live");
      // The first that needs the damaged keys.
      send(server, "events", 4);
      assertThat(read(server, "counts")).isEqualTo("{\"rows\":[3]}");
      assertThat(read(server, "sums")).isEqualTo("{\"total\":[7],\"looked\":[300]}");
      send(server, "names", 1_000);
      send(server, "events", 8);
      assertThat(read(server, "counts")).isEqualTo("{\"rows\":[4]}");
      assertThat(read(server, "sums")).isEqualTo("{\"total\":[15],\"looked\":[1300]}");
    }
    try (TestServer server = TestServer.ready(data)) {
      assertThat(read(server, "counts")).isEqualTo("{\"rows\":[4]}");
      assertThat(read(server, "sums")).isEqualTo("{\"total\":[15],\"looked\":[1300]}");
    }
  }

  @Test
  void aStoreThatCannotBeReadIsMadeAnew() throws Exception {
    try (TestServer server = TestServer.ready(data)) {
      assertThat(server.project("/v1/deploy", PROJECT).body()).contains("\"success\"");
      send(server, "names", 100);
      send(server, "events", 1);
    }
    StateDamage.cutOff(data.resolve("features"));
    goesOn(2, "{\"total\":[3],\"looked\":[200]}");
    assertThat(data.resolve("features.damaged")).isDirectory();
    StateDamage.ofOtherVersion(data.resolve("features"));
    goesOn(4, "{\"total\":[7],\"looked\":[300]}");
  }

  /// A server is ready when its views are as they were.
  private void goesOn(int n, String sums) {
    try (TestServer server = TestServer.start(data, Map.of())) {
      while (server.anonymous("GET", "/ready", "").statusCode() != 200) {
        Thread.onSpinWait();
      }
      for (String view : List.of("counts", "newest", "sums")) {
        assertThat(status(server, view)).isEqualTo("live");
      }
      send(server, "events", n);
      assertThat(read(server, "sums")).isEqualTo(sums);
    }
  }

  private static void send(TestServer server, String source, int n) {
    HttpResponse<String> answer =
        server.post(
            "/v0/events?name=" + source,
            "{\"ts\":\"2026-01-01 10:00:0%d\",\"k\":\"a\",\"n\":%d}".formatted(n % 10, n),
            "application/x-ndjson");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private static String status(TestServer server, String view) {
    return json(server.get("/v0/feature_views/" + view)).path("status").asString("");
  }

  /// The values once the view is there; what is answered before says that it is made anew.
  private static String read(TestServer server, String view) {
    HttpResponse<String> answer = null;
    while (answer == null || answer.statusCode() != 200) {
      answer =
          server.post("/v0/features/" + view, "{\"keys\":{\"k\":[\"a\"]}}", "application/json");
      JsonNode code = json(answer).path("code");
      if (answer.statusCode() != 200) {
        assertThat(code.asString("")).as(answer.body()).isIn("state-corrupt", "features-building");
      }
    }
    return json(answer).path("values").toString();
  }
}
