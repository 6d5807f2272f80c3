// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Templates from the socket to the engine.
final class TemplateIT {
  private static final String PIPE =
      """
      NODE numbers
      SQL >
          %
          SELECT number AS n, concat({{String(prefix, 'p', description='Before the number')}}, toString(number)) AS name
          FROM numbers({{UInt32(total, 10)}})
          WHERE 1 = 1
          {% if defined(ids) %} AND number IN {{Array(ids, 'Int32')}} {% end %}

      NODE ranked
      SQL >
          %
          {% if defined(fail) %}{{custom_error({'reason': fail}, 418)}}{% end %}
          {% if defined(stop) %}{{error('stopped by ' + stop)}}{% end %}
          SELECT {{columns(shown, 'n,name')}} FROM numbers ORDER BY {{column(sort, 'n')}} DESC
          LIMIT {{Int32(page_size)}}

      TYPE ENDPOINT
      """;

  @TempDir static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    HttpResponse<String> deployed =
        server.project("/v1/deploy", Map.of("pipes/ranking.pipe", PIPE));
    assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> ranking(String query) {
    return server.get("/v0/pipes/ranking.json?" + query);
  }

  @Test
  void argumentsReachTheQuery() {
    JsonNode body = json(ranking("page_size=2&ids=3,5,7&prefix=it%27s%20"));
    assertThat(body.path("data").toString())
        .isEqualTo("[{\"n\":7,\"name\":\"it's 7\"},{\"n\":5,\"name\":\"it's 5\"}]");
    assertThat(json(ranking("page_size=1&ids=3&ids=5")).path("data").toString())
        .contains("\"n\":5");
    assertThat(json(ranking("page_size=1&shown=name&sort=name")).path("data").toString())
        .isEqualTo("[{\"name\":\"p9\"}]");
  }

  @Test
  void bodiesGiveArgumentsToo() {
    String path = "/v0/pipes/ranking.json";
    assertThat(server.post(path, "page_size=1&ids=4", FORM).body()).contains("\"p4\"");
    assertThat(server.post(path, "{\"page_size\": 1, \"ids\": [1, 2]}", "application/json").body())
        .contains("\"p2\"");
  }

  @Test
  void wrongArgumentsAreAnswered() {
    HttpResponse<String> missing = ranking("");
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(json(missing).path("error").asString())
        .startsWith("Template Syntax Error: Required parameter is not defined.");
    HttpResponse<String> wrong = ranking("page_size=ten");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(json(wrong).path("error").asString())
        .isEqualTo("Template Syntax Error: Error validating 'ten' to type Int32");
  }

  @Test
  void templatesChooseTheFailure() {
    HttpResponse<String> custom = ranking("page_size=1&fail=tea");
    assertThat(custom.statusCode()).isEqualTo(418);
    assertThat(json(custom).toString()).isEqualTo("{\"reason\":\"tea\"}");
    HttpResponse<String> error = ranking("page_size=1&stop=me");
    assertThat(error.statusCode()).isEqualTo(400);
    assertThat(json(error).path("error").asString()).isEqualTo("stopped by me");
  }

  @Test
  void aPipeShowsItsParameters() {
    JsonNode pipe = json(server.get("/v0/pipes/ranking"));
    assertThat(pipe.path("nodes").path(0).path("params").path(0).toString())
        .isEqualTo(
            "{\"name\":\"prefix\",\"type\":\"String\",\"default\":\"p\",\"required\":false,"
                + "\"description\":\"Before the number\"}");
    assertThat(pipe.path("params").findValuesAsString("name"))
        .contains("prefix", "total", "ids", "page_size", "shown", "sort");
  }

  @Test
  void ownSqlMayBeATemplate() {
    String sql =
        URLEncoder.encode("% SELECT {{Int32(x, 4)}} AS a FORMAT JSON", StandardCharsets.UTF_8);
    assertThat(server.get("/v0/sql?q=" + sql).body()).contains("\"a\": 4");
    assertThat(server.get("/v0/sql?x=6&q=" + sql).body()).contains("\"a\": 6");
    assertThat(json(server.get("/v0/sql?x=a&q=" + sql)).path("error").asString())
        .startsWith("Template Syntax Error: Error validating 'a'");
  }

  @Test
  void deploymentsReportTheLine() {
    String broken =
        """
        NODE one
        SQL >
            %
            SELECT 1
            {% if defined(x) %} WHERE 1

        TYPE ENDPOINT
        """;
    HttpResponse<String> answer =
        server.project("/v1/deploy?check=true", Map.of("pipes/broken.pipe", broken));
    assertThat(answer.body())
        .contains("Missing {% end %} block for if at line 3")
        .contains("broken.pipe");
  }
}
