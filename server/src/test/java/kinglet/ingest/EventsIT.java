// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Events over a socket, into the journal, into ClickHouse.
final class EventsIT {
  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy",
            Map.of(
                "datasources/events.datasource",
                """
                SCHEMA >
                    `ts` DateTime `json:$.ts`,
                    `user` String `json:$.user.id`,
                    `price` Float64 `json:$.price`,
                    `tags` Array(String) `json:$.tags[:]`,
                    `qty` Array(UInt8) `json:$.items[:].qty`,
                    `note` Nullable(String) `json:$.note`,
                    `kind` LowCardinality(String) `json:$.kind` DEFAULT 'view',
                    `day` Date `json:$.day` DEFAULT toDate(ts),
                    `raw` String `json:$`

                ENGINE MergeTree
                ENGINE_SORTING_KEY ts
                """));
    assertThat(json(deployed).path("result").asString()).as(deployed.body()).isEqualTo("success");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> send(String body) {
    return server.post("/v0/events?name=events&wait=true", body, "application/x-ndjson");
  }

  private static JsonNode sql(String query) {
    return json(server.post("/v0/sql", query + " FORMAT JSON", "text/plain")).path("data");
  }

  @Test
  void rowsAreStoredQuarantinedAndCounted() {
    HttpResponse<String> answer =
        send(
            """
            {"ts":"2024-01-02T03:04:05.123Z","user":{"id":"a"},"price":1.5,"tags":["x","y"],"items":[{"qty":1},{"qty":2}],"extra":{"deep":[1]}}
            {"user":{"id":"b"},"ts":"2024-01-02 03:04:06","price":"2","tags":[],"items":[],"note":null,"kind":"buy","day":"2020-02-02"}
            {"ts":"2024-01-02 03:04:07","user":{"id":"c"},"price":"cheap","tags":[],"items":[]}
            {"ts":"2024-01-02 03:04:08","user":{},"price":1,"tags":[],"items":[]}
            {"ts":"2024-01-02 03:04:09",
            """);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(json(answer).path("successful_rows").asInt()).isEqualTo(2);
    assertThat(json(answer).path("quarantined_rows").asInt()).isEqualTo(3);
    JsonNode rows = sql("SELECT * EXCEPT raw, length(raw) > 20 AS whole FROM events ORDER BY ts");
    assertThat(rows.get(0).toString())
        .isEqualTo(
            "{\"ts\":\"2024-01-02 03:04:05\",\"user\":\"a\",\"price\":1.5,\"tags\":[\"x\",\"y\"],"
                + "\"qty\":[1,2],\"note\":null,\"kind\":\"view\",\"day\":\"2024-01-02\",\"whole\":1}");
    assertThat(rows.get(1).toString())
        .isEqualTo(
            "{\"ts\":\"2024-01-02 03:04:06\",\"user\":\"b\",\"price\":2,\"tags\":[],\"qty\":[],"
                + "\"note\":null,\"kind\":\"buy\",\"day\":\"2020-02-02\",\"whole\":1}");
    JsonNode refused =
        sql(
            "SELECT c__error_column AS c, c__error AS e, user, price FROM events_quarantine"
                + " ORDER BY c__error[1]");
    assertThat(refused.size()).isEqualTo(3);
    assertThat(refused.toString())
        .contains("value 'cheap' on column 'price' is not Float64")
        .contains("the value of column 'user' is missing")
        .contains("invalid JSON");
  }

  @Test
  void aBodyThatIsNoJsonIsRefusedAsAWhole() {
    HttpResponse<String> answer = send("hello\nworld\n");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("error").asString()).contains("no line of the body");
  }

  @Test
  void anObjectOverManyLinesIsOneRow() {
    HttpResponse<String> answer =
        send(
            """
            {
              "ts": "2030-01-01 00:00:00",
              "user": {"id": "pretty"}, "price": 1, "tags": [], "items": []
            }
            """);
    assertThat(json(answer).path("successful_rows").asInt()).as(answer.body()).isEqualTo(1);
    assertThat(
            sql("SELECT count() AS n FROM events WHERE user = 'pretty'").get(0).path("n").asInt())
        .isEqualTo(1);
  }
}
