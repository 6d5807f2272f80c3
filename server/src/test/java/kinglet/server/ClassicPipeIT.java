// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Pipes made, changed and removed by calls, beside a deployed project.
final class ClassicPipeIT {
  private static final String JSON = "application/json";

  /// A file as people write them; what calls do not change must stay as it is.
  private static final String WRITTEN =
      """
      # the pipe of the month
      DESCRIPTION >
          As it was written

      TOKEN "written reader" READ

      NODE first   # and only the first
      SQL >
          SELECT n,
                 n * 2 AS twice   -- keep me
          FROM events

      NODE second
      DESCRIPTION the result
      SQL >
          SELECT sum(twice) AS total FROM first
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
                "SCHEMA >\n    `n` Int32 `json:$.n`\n\nENGINE MergeTree\nENGINE_SORTING_KEY n\n",
                "pipes/written.pipe",
                WRITTEN));
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
    server.post("/v0/events?name=events&wait=true", "{\"n\":1}\n{\"n\":2}", JSON);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static HttpResponse<String> send(String method, String path, String body) {
    return server.send(
        server
            .authorized(path)
            .header("Content-Type", "text/plain")
            .method(method, BodyPublishers.ofString(body)));
  }

  private static String data(String pipe) {
    return json(server.get("/v0/pipes/" + pipe + ".json")).path("data").toString();
  }

  @Test
  void aPipeIsMadeFromAFormPublishedAndRemoved() {
    JsonNode made =
        done(server.post("/v0/pipes", "name=of_form&sql=SELECT+max(n)+AS+m+FROM+events", FORM));
    assertThat(made.path("id").asString("")).matches("t_[0-9a-f]{32}");
    assertThat(made.path("endpoint").isNull()).isTrue();
    assertThat(made.path("nodes").size()).isEqualTo(1);
    assertThat(server.get("/v0/pipes/of_form.json").statusCode()).isEqualTo(404);
    String node = made.path("nodes").get(0).path("id").asString("");
    JsonNode published = done(send("POST", "/v0/pipes/of_form/nodes/" + node + "/endpoint", ""));
    assertThat(published.path("endpoint").asString("")).isEqualTo(node);
    assertThat(data("of_form")).isEqualTo("[{\"m\":2}]");
    done(send("DELETE", "/v0/pipes/of_form/nodes/" + node + "/endpoint", ""));
    assertThat(server.get("/v0/pipes/of_form.json").statusCode()).isEqualTo(404);
    done(send("PUT", "/v0/pipes/of_form/endpoint", node));
    assertThat(data("of_form")).isEqualTo("[{\"m\":2}]");
    assertThat(send("DELETE", "/v0/pipes/of_form", "").statusCode()).isEqualTo(204);
    assertThat(server.get("/v0/pipes/of_form").statusCode()).isEqualTo(404);
    assertThat(send("DELETE", "/v0/pipes/of_form", "").statusCode()).isEqualTo(404);
  }

  @Test
  void aPipeOfSeveralNodesIsMadeFromJson() {
    String body =
        """
        {"name": "of_json", "description": "two\\nlines", "nodes": [
          {"name": "every_row", "sql": "SELECT n FROM events", "description": "every row"},
          {"name": "some", "sql": "%\\nSELECT n FROM every_row WHERE n > {{Int32(least, 1)}}",
           "type": "endpoint"}]}
        """;
    JsonNode made = done(server.post("/v0/pipes", body, JSON));
    assertThat(made.path("description").asString("")).isEqualTo("two\nlines");
    assertThat(made.path("nodes").get(0).path("description").asString("")).isEqualTo("every row");
    assertThat(made.path("nodes").get(0).path("dependencies").toString()).isEqualTo("[\"events\"]");
    assertThat(made.path("nodes").get(1).path("dependencies").toString())
        .isEqualTo("[\"every_row\"]");
    assertThat(made.path("nodes").get(1).path("params").get(0).path("name").asString(""))
        .isEqualTo("least");
    assertThat(data("of_json")).isEqualTo("[{\"n\":2}]");
    HttpResponse<String> again = server.post("/v0/pipes", body, JSON);
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(json(again).path("code").asString("")).isEqualTo("pipe-exists");
  }

  @Test
  void aPipeIsMadeFromItsFileAndExportedAsItIs() {
    String file = "NODE a\nSQL >\n    SELECT 5 AS five\n\nTYPE endpoint\n";
    done(send("POST", "/v0/pipes?name=of_file", file));
    assertThat(data("of_file")).isEqualTo("[{\"five\":5}]");
    for (String path :
        new String[] {
          "/v0/pipes/of_file.pipe", "/v1/pipes/of_file.pipe", "/v0/pipes/of_file?format=pipe"
        }) {
      HttpResponse<String> exported = server.get(path);
      assertThat(exported.body()).isEqualTo(file);
      assertThat(exported.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    }
    assertThat(server.get("/v0/pipes/nowhere.pipe").statusCode()).isEqualTo(404);
  }

  @Test
  void nodesAreAddedChangedAndRemovedAndTheRestStays() {
    String pipe = "/v0/pipes/written";
    JsonNode added =
        done(
            send(
                "POST",
                pipe + "/nodes?name=third&description=one%20more",
                "SELECT total + 1 AS more\nFROM second"));
    assertThat(added.path("name").asString("")).isEqualTo("third");
    assertThat(added.path("description").asString("")).isEqualTo("one more");
    done(send("POST", pipe + "/nodes/third/endpoint", ""));
    assertThat(data("written")).isEqualTo("[{\"more\":7}]");
    done(send("PUT", pipe + "/nodes/third", "SELECT total + 10 AS more FROM second"));
    assertThat(data("written")).isEqualTo("[{\"more\":16}]");
    done(send("PUT", pipe + "/nodes/third?name=last&description=", ""));
    assertThat(server.get(pipe + ".pipe").body())
        .isEqualTo(
            WRITTEN
                + "NODE last\nSQL >\n    SELECT total + 10 AS more FROM second\n\nTYPE endpoint\n");
    HttpResponse<String> twice = send("POST", pipe + "/nodes?name=first", "SELECT 1");
    assertThat(twice.statusCode()).isEqualTo(409);
    assertThat(send("DELETE", pipe + "/nodes/last", "").statusCode()).isEqualTo(204);
    assertThat(server.get(pipe + ".pipe").body()).isEqualTo(WRITTEN);
    assertThat(send("DELETE", pipe + "/nodes/last", "").statusCode()).isEqualTo(404);
  }

  @Test
  void whatWouldNotBeValidIsRefusedAndChangesNothing() {
    String before = server.get("/v0/pipes/written.pipe").body();
    HttpResponse<String> unknown =
        send("PUT", "/v0/pipes/written/nodes/first", "SELECT * FROM nothing_here");
    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(unknown.body()).contains("nothing_here");
    assertThat(send("DELETE", "/v0/pipes/written/nodes/first", "").statusCode()).isEqualTo(400);
    assertThat(server.post("/v0/pipes", "name=select&sql=SELECT+1", FORM).statusCode())
        .isEqualTo(400);
    assertThat(server.post("/v0/pipes", "name=events&sql=SELECT+1", FORM).statusCode())
        .isEqualTo(400);
    assertThat(server.post("/v0/pipes", "name=without_sql", FORM).body())
        .contains("sql= is missing");
    assertThat(send("POST", "/v0/pipes/written/nodes?type=sink", "SELECT 1").statusCode())
        .isEqualTo(400);
    assertThat(server.get("/v0/pipes/written.pipe").body()).isEqualTo(before);
  }

  @Test
  void noTextOfACallBecomesAnInstruction() {
    String sql = "SELECT 1 AS one\\nTOKEN \\\"stolen\\\" READ\\nNODE evil\\nSQL >\\n    SELECT 2";
    HttpResponse<String> answer =
        server.post("/v0/pipes", "{\"name\":\"sneaky\",\"sql\":\"" + sql + "\"}", JSON);
    assertThat(answer.statusCode()).isEqualTo(400);
    String description = "text\\nTOKEN \\\"stolen\\\" READ\\nNODE evil";
    JsonNode made =
        done(
            server.post(
                "/v0/pipes",
                "{\"name\":\"told\",\"sql\":\"SELECT 1 AS one\",\"description\":\""
                    + description
                    + "\"}",
                JSON));
    assertThat(made.path("nodes").size()).isEqualTo(1);
    assertThat(server.get("/v0/tokens").body()).doesNotContain("stolen");
    HttpResponse<String> engine =
        server.post(
            "/v0/pipes",
            "{\"name\":\"sneaky\",\"sql\":\"SELECT n FROM events\",\"type\":\"materialized\","
                + "\"datasource\":\"events\\nTOKEN \\\"stolen\\\" READ\"}",
            JSON);
    assertThat(engine.statusCode()).isEqualTo(400);
  }

  @Test
  void aPipeThatIsReadStays() {
    done(server.post("/v0/pipes", "name=base&sql=SELECT+n+FROM+events", FORM));
    done(server.post("/v0/pipes", "name=over_base&sql=SELECT+count()+AS+c+FROM+base", FORM));
    HttpResponse<String> refused = send("DELETE", "/v0/pipes/base", "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("is read by over_base");
    assertThat(send("DELETE", "/v0/pipes/over_base", "").statusCode()).isEqualTo(204);
    JsonNode renamed = done(send("PUT", "/v0/pipes/base?name=ground&description=below", ""));
    assertThat(renamed.path("name").asString("")).isEqualTo("ground");
    assertThat(renamed.path("description").asString("")).isEqualTo("below");
    assertThat(server.get("/v0/pipes/base").statusCode()).isEqualTo(404);
    assertThat(send("DELETE", "/v0/pipes/ground", "").statusCode()).isEqualTo(204);
  }

  @Test
  void tagsAreThoseOfTheFiles() {
    String file = "TAGS \"web, daily\"\n\nNODE a\nSQL >\n    SELECT 1 AS one\n";
    JsonNode made = done(send("POST", "/v0/pipes?name=tagged", file));
    String resource =
        "[{\"id\":\"" + made.path("id").asString("") + "\",\"name\":\"tagged\",\"type\":\"pipe\"}]";
    assertThat(server.get("/v0/tags").body())
        .isEqualTo(
            "{\"tags\":[{\"name\":\"daily\",\"resources\":"
                + resource
                + "},{\"name\":\"web\",\"resources\":"
                + resource
                + "}]}");
  }

  @Test
  void scopesAreAskedFor() {
    String creator = token("creator", "PIPES:CREATE");
    String reader = token("reader", "PIPES:READ:written");
    assertThat(
            as(creator, "POST", "/v0/pipes?name=of_creator&sql=SELECT%201%20AS%20one").statusCode())
        .isEqualTo(200);
    assertThat(as(creator, "DELETE", "/v0/pipes/of_creator").statusCode()).isEqualTo(403);
    String dropper = token("dropper", "PIPES:DROP:of_creator");
    assertThat(as(dropper, "DELETE", "/v0/pipes/written").statusCode()).isEqualTo(403);
    assertThat(as(dropper, "DELETE", "/v0/pipes/of_creator").statusCode()).isEqualTo(204);
    for (String call :
        new String[] {
          "POST /v0/pipes?name=x&sql=SELECT%201",
          "PUT /v0/pipes/written?description=x",
          "DELETE /v0/pipes/written",
          "POST /v0/pipes/written/nodes?sql=SELECT%201",
          "PUT /v0/pipes/written/nodes/first?sql=SELECT%201",
          "DELETE /v0/pipes/written/nodes/first",
          "POST /v0/pipes/written/nodes/first/endpoint",
          "DELETE /v0/pipes/written/nodes/first/endpoint"
        }) {
      String[] parts = call.split(" ");
      assertThat(as(reader, parts[0], parts[1]).statusCode()).as(call).isEqualTo(403);
    }
  }

  private static String token(String name, String scope) {
    return done(server.post("/v0/tokens", "name=" + name + "&scope=" + scope, FORM))
        .path("token")
        .asString("");
  }

  private static HttpResponse<String> as(String token, String method, String path) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token)
            .method(method, BodyPublishers.noBody()));
  }
}
