// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A server that starts again gives the features it gave before, those of rows sent meanwhile
/// included, and a changed view is made of the whole history.
final class FeatureRestartIT {
  private static final String EVENTS =
      """
      SCHEMA >
          ts DateTime64(6, 'UTC') `json:$.ts`,
          k UInt32 `json:$.k`,
          n Int64 `json:$.n`
      ENGINE MergeTree
      ENGINE_SORTING_KEY k
      """;
  private static final String VIEW =
      """
      NODE sums
      SQL >
          SELECT k, count() OVER ever AS rows, sum(n) OVER ever AS total, sum(n) OVER day AS day_total
          FROM events
          WINDOW ever AS (PARTITION BY k ORDER BY ts),
              day AS (PARTITION BY k ORDER BY ts RANGE INTERVAL 1 DAY PRECEDING)
      TYPE FEATURES
      ENTITY k
      EVENT_TIME ts
      """;

  @TempDir Path data;

  @Test
  void featuresOutliveTheServer() {
    try (TestServer server = TestServer.ready(data)) {
      deploy(server, VIEW);
      send(server, 1, 500);
      assertThat(values(server, "rows")).isEqualTo("[250,250]");
      assertThat(values(server, "total")).isEqualTo("[62750,62500]");
    }
    try (TestServer server = TestServer.ready(data)) {
      assertThat(values(server, "total")).isEqualTo("[62750,62500]");
      send(server, 501, 600);
      assertThat(values(server, "rows")).isEqualTo("[300,300]");
      assertThat(values(server, "day_total")).isEqualTo("[90300,90000]");
    }
    try (TestServer server = TestServer.ready(data)) {
      assertThat(values(server, "rows")).isEqualTo("[300,300]");
      assertThat(values(server, "total")).isEqualTo("[90300,90000]");
      deploy(server, VIEW.replace("sum(n) OVER ever AS total", "max(n) OVER ever AS total"));
      while (!read(server).path("version").toString().equals("2")) {
        Thread.onSpinWait();
      }
      assertThat(values(server, "total")).isEqualTo("[600,599]");
      assertThat(values(server, "day_total")).isEqualTo("[90300,90000]");
    }
  }

  private static void deploy(TestServer server, String view) {
    HttpResponse<String> answer =
        server.project("/v1/deploy", Map.of("events.datasource", EVENTS, "sums.pipe", view));
    assertThat(answer.body()).contains("\"success\"");
  }

  private static void send(TestServer server, int from, int to) {
    StringBuilder body = new StringBuilder();
    for (int n = from; n <= to; n++) {
      body.append(
          "{\"ts\":\"%s\",\"k\":%d,\"n\":%d}\n"
              .formatted(Instant.now().minusSeconds(to - n), n % 2, n));
    }
    HttpResponse<String> answer =
        server.post("/v0/events?name=events", body.toString(), "application/x-ndjson");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private static JsonNode read(TestServer server) {
    HttpResponse<String> answer =
        server.post("/v0/features/sums", "{\"keys\":{\"k\":[0,1]}}", "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return TestServer.json(answer);
  }

  private static String values(TestServer server, String feature) {
    return read(server).path("values").path(feature).toString();
  }
}
