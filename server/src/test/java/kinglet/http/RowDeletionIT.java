// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Removing the rows that satisfy a condition.
final class RowDeletionIT {
  private static final String ROWS =
      """
      SCHEMA >
          `n` Int32 `json:$.n`,
          `user` String `json:$.user`

      ENGINE MergeTree
      ENGINE_SORTING_KEY n
      """;

  private static final List<String> ENDS = List.of("done", "error", "cancelled");

  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    assertThat(
            server
                .project(
                    "/v1/deploy",
                    Map.of(
                        "a.datasource", ROWS,
                        "b.datasource", ROWS,
                        "nothing.datasource", "SCHEMA >\n    n Int32\nENGINE Null\n"))
                .body())
        .contains("\"success\"");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> delete(String name, String condition, String more) {
    return server.post(
        "/v0/datasources/" + name + "/delete",
        "delete_condition=" + URLEncoder.encode(condition, StandardCharsets.UTF_8) + more,
        FORM);
  }

  private static JsonNode done(HttpResponse<String> submitted) {
    assertThat(submitted.statusCode()).as(submitted.body()).isEqualTo(200);
    String path = "/v0/jobs/" + json(submitted).path("id").asString();
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    JsonNode job = json(server.get(path));
    while (!ENDS.contains(job.path("status").asString()) && System.nanoTime() < endNanos) {
      job = json(server.get(path));
    }
    return job;
  }

  private static String value(String sql) {
    return server
        .get("/v0/sql?q=" + URLEncoder.encode(sql + " FORMAT TSV", StandardCharsets.UTF_8))
        .body()
        .strip();
  }

  private static void append(String name, String rows, boolean wait) {
    HttpResponse<String> answer =
        server.post("/v0/events?name=" + name + "&wait=" + wait, rows, "application/x-ndjson");
    assertThat(answer.statusCode()).isEqualTo(wait ? 200 : 202);
  }

  @Test
  void rowsThatSatisfyTheConditionAreRemovedThoseOnTheirWayToo() {
    append("b", "{\"n\":2,\"user\":\"x\"}", true);
    append("a", "{\"n\":1,\"user\":\"x\"}\n{\"n\":2,\"user\":\"x\"}", true);
    HttpResponse<String> dry = delete("a", "n IN (SELECT n FROM b)", "&dry_run=true");
    assertThat(dry.body()).isEqualTo("{\"rows_to_be_deleted\":1}");
    append("a", "{\"n\":2,\"user\":\"y\"}\n{\"n\":3,\"user\":\"y\"}", false);
    HttpResponse<String> submitted = delete("a", "n IN (SELECT n FROM b) -- late ones too", "");
    JsonNode shape = json(submitted);
    assertThat(shape.path("delete_id")).isEqualTo(shape.path("id"));
    assertThat(shape.path("job").path("kind").asString()).isEqualTo("delete_data");
    JsonNode job = done(submitted);
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("done");
    assertThat(job.path("rows_affected").asInt()).isEqualTo(2);
    assertThat(job.path("delete_condition").asString()).startsWith("n IN");
    assertThat(value("SELECT groupArray(n) FROM (SELECT n FROM a ORDER BY n)")).isEqualTo("[1,3]");
    assertThat(value("SELECT count() FROM b")).isEqualTo("1");
  }

  @Test
  void rowsOfAQuarantineAreRemoved() {
    append("b", "{\"n\":\"one\",\"user\":\"q\"}\n{\"n\":\"two\",\"user\":\"r\"}", true);
    JsonNode job = done(delete("b_quarantine", "user = 'q'", ""));
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("done");
    assertThat(value("SELECT user FROM b_quarantine")).isEqualTo("r");
  }

  @Test
  void aConditionIsOneExpressionOverWhatMayBeRead() {
    append("b", "{\"n\":7,\"user\":\"kept\"}", true);
    for (String condition :
        List.of(
            "1) OR (1",
            "1); DROP TABLE b",
            "1) SETTINGS max_threads = 1 -- ",
            "1 /*",
            "1 SETTINGS max_threads = 1",
            "n IN (SELECT number FROM system.numbers)",
            "n IN (SELECT * FROM file('/etc/passwd', 'LineAsString'))",
            "n IN (SELECT * FROM absent)",
            "n = getSetting('max_threads')",
            "__seq > 0",
            "n =",
            "absent = 1",
            "n = {x:Int32}",
            "(SELECT 1",
            "'")) {
      HttpResponse<String> answer = delete("b", condition, "");
      assertThat(answer.statusCode()).as("%s: %s", condition, answer.body()).isEqualTo(400);
      assertThat(answer.body()).as(condition).doesNotContain("`w_", " w_");
    }
    assertThat(delete("b", " ", "").statusCode()).isEqualTo(400);
    assertThat(delete("nothing", "1", "").statusCode()).isEqualTo(400);
    assertThat(delete("absent", "1", "").statusCode()).isEqualTo(404);
    String reader =
        json(server.post("/v0/tokens?name=r&scope=DATASOURCES:READ:b", "", FORM))
            .path("token")
            .asString();
    assertThat(
            server
                .anonymous(
                    "POST", "/v0/datasources/b/delete?delete_condition=1&token=" + reader, "")
                .statusCode())
        .isEqualTo(403);
    assertThat(value("SELECT count() FROM b WHERE n = 7")).isEqualTo("1");
  }
}
