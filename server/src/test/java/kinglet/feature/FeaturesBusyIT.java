// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import kinglet.testkit.TestServer;
import kinglet.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// While views take in nothing, rows are refused before they are stored; what was accepted is not
/// lost, and who sends again what was refused has it once.
final class FeaturesBusyIT {
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          """
          SCHEMA >
              ts DateTime64(6) `json:$.ts`,
              k UInt32 `json:$.k`
          ENGINE MergeTree
          ENGINE_SORTING_KEY k
          """,
          "features/counts.pipe",
          """
          NODE n
          SQL >
              SELECT k, count() OVER ever AS rows, sum(k) OVER ever AS sum
              FROM events WINDOW ever AS (PARTITION BY k ORDER BY ts)
          TYPE FEATURES
          ENTITY k
          EVENT_TIME ts
          """);

  @TempDir Path data;

  @Test
  void rowsAreRefusedBeforeTheyAreStored() throws Exception {
    try (TestServer server =
        TestServer.start(
            data, Map.of("features.queued-bytes-max", "1B", "features.apply-timeout", "50ms"))) {
      server.awaitReady();
      assertThat(done(server.project("/v1/deploy", PROJECT)).path("result").asString(""))
          .isEqualTo("success");
      Waiting.until(
          () -> server.get("/v0/feature_views/counts").body().contains("\"status\":\"live\""),
          Duration.ofSeconds(30));
      CountDownLatch held = new CountDownLatch(1);
      server
          .server()
          .features()
          .between(() -> {
            try {
              held.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });

      HttpResponse<String> behind = send(server);
      refused(behind, 503, "features-behind");
      HttpResponse<String> busy = send(server);
      refused(busy, 503, "features-busy");
      assertThat(busy.headers().firstValue("retry-after"))
          .hasValueSatisfying(seconds -> assertThat(Integer.parseInt(seconds)).isPositive());
      refused(imported(server), 503, "features-busy");
      assertThat(read(server)).isEqualTo("[0]");

      held.countDown();
      server.await("SELECT count() FROM events", "1");
      Waiting.until(() -> read(server), "[1]", Duration.ofSeconds(30));
      assertThat(send(server).body()).doesNotContain("features-busy");
      Waiting.until(() -> read(server), "[2]", Duration.ofSeconds(30));
      server.await("SELECT count() FROM events", "2");
    }
  }

  private static HttpResponse<String> send(TestServer server) {
    return server.post(
        "/v0/events?name=events", "{\"ts\":\"2026-01-01 00:00:00\",\"k\":7}", "application/json");
  }

  private static HttpResponse<String> imported(TestServer server) {
    return server.post(
        "/v0/datasources?mode=append&format=csv&name=events",
        "2026-01-01 00:00:00,7\n",
        "text/csv");
  }

  private static String read(TestServer server) {
    return json(server.post("/v0/features/counts", "{\"keys\":{\"k\":[7]}}", "application/json"))
        .at("/values/rows")
        .toString();
  }
}
