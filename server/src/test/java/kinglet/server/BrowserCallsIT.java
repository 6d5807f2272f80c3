// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What trackers and charts in web pages send: preflights, tokens in the address, any content type.
final class BrowserCallsIT {
  private static final String PAGE = "https://shop.example";

  @TempDir private static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy?auto_promote=true",
            Map.of(
                "events.datasource",
                "SCHEMA >\n    `timestamp` DateTime `json:$.timestamp`,\n"
                    + "    `action` String `json:$.action`,\n    `id` UInt32 `json:$.id`\n",
                "chosen.pipe",
                "NODE chosen_ids\nSQL >\n    %\n    SELECT count() AS n FROM events"
                    + " WHERE id IN {{Array(ids, 'UInt32')}}\n\nTYPE ENDPOINT\n"));
    assertThat(json(deployed).path("result").asString()).as(deployed.body()).isEqualTo("success");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> fromPage(HttpRequest.Builder request) {
    return server.send(request.header("Origin", PAGE));
  }

  private static String withToken(String path) {
    return path + (path.contains("?") ? "&" : "?") + "token=" + server.adminToken();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v0/events?name=events", "/v0/pipes/chosen.json", "/v0/sql"})
  void aPreflightIsAllowed(String path) {
    HttpResponse<String> answer =
        fromPage(
            HttpRequest.newBuilder(server.uri(path))
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization,content-type"));
    assertThat(answer.statusCode()).isBetween(200, 204);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("access-control-allow-methods").orElse(""))
        .contains("POST");
    assertThat(
            answer
                .headers()
                .firstValue("access-control-allow-headers")
                .orElse("")
                .toLowerCase(Locale.ROOT))
        .contains("authorization", "content-type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain;charset=UTF-8", "application/x-ndjson"})
  void aTrackerSendsOneEventWithItsTokenInTheAddress(String type) {
    HttpResponse<String> answer =
        fromPage(
            HttpRequest.newBuilder(server.uri(withToken("/v0/events?name=events&wait=true")))
                .header("Content-Type", type)
                .POST(
                    BodyPublishers.ofString(
                        "{\"timestamp\":\"2026-01-01T10:00:00.123Z\",\"action\":\"hit\",\"id\":1}")));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).path("successful_rows").asInt()).isEqualTo(1);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
  }

  @Test
  void moreParametersThanAnAddressHoldsGoIntoTheBody() {
    String ids =
        IntStream.rangeClosed(1, 5_000)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(","));
    for (String body :
        new String[] {"{\"ids\":\"" + ids + "\"}", "{\"ids\":[" + ids + "]}", "ids=" + ids}) {
      HttpResponse<String> answer =
          fromPage(
              HttpRequest.newBuilder(server.uri(withToken("/v0/pipes/chosen.json")))
                  .header(
                      "Content-Type",
                      body.startsWith("{")
                          ? "application/json"
                          : "application/x-www-form-urlencoded")
                  .POST(BodyPublishers.ofString(body)));
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
  }

  @Test
  void aPageMayReadWhyACallFailed() {
    HttpResponse<String> answer =
        fromPage(HttpRequest.newBuilder(server.uri("/v0/pipes/chosen.json?token=wrong")).GET());
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/json");
  }
}
