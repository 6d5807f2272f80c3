// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is shown of pipes, and nodes that are explained, analyzed and materialized by calls.
final class NodeCallsIT {
  private static final String TOTALS =
      """
      DESCRIPTION >
          Sums

      NODE each
      SQL >
          SELECT k, n FROM events

      NODE sums
      SQL >
          SELECT k, sumState(n) AS total FROM each GROUP BY k
      """;

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
                "SCHEMA >\n    `k` String `json:$.k`,\n    `n` Int64 `json:$.n`\n\n"
                    + "ENGINE MergeTree\nENGINE_SORTING_KEY k\n",
                "pipes/totals.pipe",
                TOTALS,
                "pipes/shown.pipe",
                "NODE only\nSQL >\n    %\n    SELECT n FROM events WHERE n > {{Int32(least, 1)}}\n"
                    + "TYPE endpoint\n"));
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
    server.post(
        "/v0/events?name=events&wait=true", "{\"k\":\"a\",\"n\":1}\n{\"k\":\"a\",\"n\":2}", FORM);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> as(String scope, String method, String path) {
    String name = scope.replace(':', '_');
    HttpResponse<String> made = server.post("/v0/tokens", "name=" + name + "&scope=" + scope, FORM);
    JsonNode token = made.statusCode() == 200 ? json(made) : done(server.get("/v0/tokens/" + name));
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token.path("token").asString(""))
            .method(method, BodyPublishers.noBody()));
  }

  private static String rows(String sql) {
    return server.post("/v0/sql", sql + " FORMAT CSV", "text/plain").body();
  }

  @Test
  void aPipeIsShownWithItsFile() {
    JsonNode pipe = done(server.get("/v0/pipes/totals"));
    assertThat(pipe.path("path").asString("")).isEqualTo("pipes/totals.pipe");
    assertThat(pipe.path("content").asString("")).isEqualTo(TOTALS);
    assertThat(pipe.path("edited_by").asString("")).isEqualTo("workspace admin token");
    assertThat(pipe.path("last_commit").path("status").asString("")).isEqualTo("ok");
    assertThat(pipe.path("schedule").isNull()).isTrue();
    JsonNode node = pipe.path("nodes").get(1);
    for (String field : List.of("cluster", "version", "project", "deployment_suffix", "tags")) {
      assertThat(node.has(field)).as(field).isTrue();
    }
    JsonNode listed = done(server.get("/v0/pipes?attrs=name,path")).path("pipes");
    assertThat(listed.toString()).contains("{\"name\":\"totals\",\"path\":\"pipes/totals.pipe\"}");
  }

  @Test
  void aNodeIsExplained() {
    JsonNode plan = done(server.get("/v0/pipes/totals/nodes/each/explain"));
    assertThat(plan.path("debug_query").asString("")).contains("SELECT k, n FROM");
    assertThat(plan.path("query_explain").asString("")).contains("ReadFromMergeTree");
    JsonNode given = done(server.get("/v0/pipes/shown/nodes/only/explain?least=7"));
    assertThat(given.path("debug_query").asString("")).contains("toInt32('7')");
    refused(server.get("/v0/pipes/totals/nodes/nothing/explain"), 404, "unknown-node");
    refused(server.get("/v0/pipes/nothing/nodes/each/explain"), 404, "unknown-resource");
    refused(server.get("/v0/pipes/shown/nodes/only/explain?least=x"), 400, "template-argument");
    refused(as("PIPES:READ:shown", "GET", "/v0/pipes/totals/nodes/each/explain"), 403, "forbidden");
    done(as("PIPES:READ:shown", "GET", "/v0/pipes/shown/nodes/only/explain"));
  }

  @Test
  void aNodeIsAnalyzedMaterializedAndUnlinked() {
    String node = "/v0/pipes/totals/nodes/sums";
    JsonNode answer = done(server.get(node + "/analysis?include_datafile=true"));
    JsonNode analysis = answer.path("analysis");
    assertThat(analysis.path("source").path("name").asString("")).isEqualTo("events");
    JsonNode target = analysis.path("datasource");
    assertThat(target.path("name").asString("")).isEqualTo("totals_mv");
    assertThat(target.path("engine").path("type").asString("")).isEqualTo("AggregatingMergeTree");
    assertThat(target.path("engine").path("sorting_key").asString("")).isEqualTo("`k`");
    assertThat(target.path("exists").booleanValue()).isFalse();
    assertThat(target.path("columns").get(1).path("type").asString(""))
        .isEqualTo("AggregateFunction(sum, Int64)");
    assertThat(answer.path("datafile").asString("")).contains("AggregatingMergeTree");
    assertThat(server.get("/v0/datasources/totals_mv").statusCode()).isEqualTo(404);

    refused(server.form("POST", node + "/materialization", ""), 400, "invalid-request");
    refused(
        server.form("POST", node + "/materialization", "datasource=t&engine=Nonsense"),
        400,
        "change-refused");
    refused(
        server.form(
            "POST", node + "/materialization", "datasource=events&override_datasource=true"),
        400,
        "change-refused");
    refused(as("PIPES:CREATE", "POST", node + "/materialization?datasource=t"), 403, "forbidden");
    refused(as("PIPES:CREATE", "GET", node + "/analysis"), 403, "forbidden");

    JsonNode made = done(server.form("POST", node + "/materialization", "datasource=totals_kept"));
    assertThat(made.path("created_datasource").booleanValue()).isTrue();
    assertThat(made.path("type").asString("")).isEqualTo("materialized");
    assertThat(made.path("nodes").get(1).path("materialized").asString(""))
        .isEqualTo("totals_kept");
    server.post("/v0/events?name=events&wait=true", "{\"k\":\"b\",\"n\":3}", FORM);
    assertThat(rows("SELECT sumMerge(total) FROM totals_kept")).isEqualTo("3\n");
    refused(
        server.form("POST", node + "/materialization", "datasource=other"), 409, "pipe-has-output");
    refused(server.get(node + "/analysis"), 409, "pipe-has-output");
    refused(
        server.form("DELETE", "/v0/pipes/totals/nodes/each/materialization", ""),
        404,
        "unknown-node");
    refused(as("PIPES:CREATE", "DELETE", node + "/materialization"), 403, "forbidden");

    assertThat(server.form("DELETE", node + "/materialization", "").statusCode()).isEqualTo(204);
    assertThat(done(server.get("/v0/pipes/totals")).path("content").asString("")).isEqualTo(TOTALS);
    assertThat(rows("SELECT sumMerge(total) FROM totals_kept")).isEqualTo("3\n");
    assertThat(server.get("/v0/datasources/totals_kept.datasource").body())
        .contains("AggregatingMergeTree");
  }

  @Test
  void aTemplateIsNotMaterialized() {
    HttpResponse<String> answer =
        server.form(
            "POST", "/v0/pipes?name=templated", "sql=%25%0ASELECT+{{Int32(a)}}+AS+a+FROM+events");
    done(answer);
    refused(
        server.form(
            "POST", "/v0/pipes/templated/nodes/templated_0/materialization", "datasource=t"),
        400,
        "template-argument");
  }

  @Test
  void theAddressOfAnEndpointIsTold() {
    String token = server.adminToken();
    HttpResponse<String> told =
        server.get("/examples/query.http?format=csv&pipe=shown&q=SELECT%201&token=" + token);
    assertThat(told.statusCode()).as(told.body()).isEqualTo(200);
    assertThat(told.body())
        .endsWith("/v0/pipes/shown.csv?token=" + token + "&q=SELECT+1")
        .startsWith("http://");
    assertThat(
            server
                .anonymous(
                    "GET", java.net.URI.create(told.body()).getRawPath() + "?token=" + token, "")
                .body())
        .startsWith("\"n\"");
    refused(server.get("/examples/query.http"), 400, "invalid-request");
    refused(server.get("/examples/query.http?pipe=shown&format=xml"), 400, "invalid-request");
    refused(server.get("/examples/query.http?pipe=totals"), 404, "unknown-resource");
    refused(as("PIPES:READ:shown", "GET", "/examples/query.http?pipe=totals"), 403, "forbidden");
  }

  @Test
  void deploymentsAreJobs() {
    JsonNode jobs = done(server.get("/v0/jobs?kind=deployment")).path("jobs");
    JsonNode first = jobs.get(jobs.size() - 1);
    assertThat(first.path("deployment_id").asString("")).isEqualTo("1");
    assertThat(first.path("kind").asString("")).isEqualTo("deployment");
    assertThat(first.path("status").asString("")).isEqualTo("done");
    String id = first.path("id").asString("");
    assertThat(done(server.get("/v0/jobs/" + id)).path("deployment_id").asString(""))
        .isEqualTo("1");
    assertThat(done(server.get("/v0/jobs")).toString()).contains(id);
    assertThat(done(server.get("/v0/jobs?status=error")).toString()).doesNotContain(id);
    assertThat(done(server.get("/v0/jobs?pipe_name=totals")).toString()).doesNotContain(id);
    assertThat(done(server.get("/v0/jobs?created_before=2020-01-01T00:00:00")).path("jobs").size())
        .isZero();
    refused(server.post("/v0/jobs/" + id + "/cancel", "", FORM), 404, "unknown-job");
    assertThat(as("PIPES:READ:shown", "GET", "/v0/jobs").body()).doesNotContain(id);
    refused(as("PIPES:READ:shown", "GET", "/v0/jobs/" + id), 404, "unknown-job");
  }

  @Test
  void feedbackNamesTheKindOfItsFile() {
    JsonNode checked =
        json(
            server.project(
                "/v1/deploy?check=true&allow_destructive_operations=true",
                Map.of(
                    "datasources/old.datasource",
                    "VERSION 1\nSCHEMA >\n    a Int32 `json:$.a`\n")));
    assertThat(checked.path("deployment").path("feedback").toString())
        .contains("\"resource\":\"Datasource old.datasource\"");
  }

  @Test
  void theDataSourceOfAFileStandsInItsFormToo() {
    String body =
        "--part\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nevents\r\n"
            + "--part\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\nndjson\r\n"
            + "--part\r\nContent-Disposition: form-data; name=\"ndjson\"; filename=\"a.ndjson\"\r\n"
            + "\r\n{\"k\":\"form\",\"n\":5}\r\n--part--\r\n";
    JsonNode imported =
        done(
            server.post("/v0/datasources?mode=append", body, "multipart/form-data; boundary=part"));
    assertThat(imported.path("error").booleanValue()).isFalse();
    assertThat(rows("SELECT n FROM events WHERE k = 'form'")).isEqualTo("5\n");
  }
}
