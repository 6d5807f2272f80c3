// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Secrets over HTTP: values go in, templates use them, nobody sees them.
final class SecretIT {
  private static final String VALUE = "it's \\ a {{value}} nobody-sees-7431";

  @TempDir static Path directory;
  private static TestServer server;
  private static String reader;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy",
            Map.of(
                "pipes/guarded.pipe",
                "NODE n\nSQL >\n    %\n    SELECT length({{tb_secret('api_key')}}) AS l,"
                    + " {{String(guess, '')}} = {{tb_secret('api_key')}} AS same\n\nTYPE ENDPOINT\n",
                "pipes/with_default.pipe",
                "NODE n\nSQL >\n    %\n    SELECT {{tb_secret('absent', 'standard')}} AS v\n\n"
                    + "TYPE ENDPOINT\n",
                "pipes/without.pipe",
                "NODE n\nSQL >\n    %\n    SELECT {{tb_secret('absent')}} AS v\n\nTYPE ENDPOINT\n",
                "pipes/number.pipe",
                "NODE n\nSQL >\n    %\n    SELECT toUInt8(concat({{tb_secret('api_key')}}, toString(number)))"
                    + " AS v FROM numbers(3)\n\n"
                    + "TYPE ENDPOINT\n"));
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
    HttpResponse<String> made =
        post("/v0/variables", "name=api_key&type=secret&value=" + in(VALUE));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    reader =
        json(post(
                "/v0/tokens",
                "name=reader&scope=PIPES:READ:guarded&scope=PIPES:READ:number"
                    + "&scope=PIPES:READ:without"))
            .path("token")
            .asString("");
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(text.contains("nobody-sees-7431")).as("%s holds the value", file).isFalse();
      }
    }
  }

  private static String in(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static HttpResponse<String> post(String path, String form) {
    return server.post(path, form, FORM);
  }

  private static HttpResponse<String> put(String path, String form) {
    return server.send(
        server.authorized(path).header("Content-Type", FORM).PUT(BodyPublishers.ofString(form)));
  }

  private static HttpResponse<String> delete(String path) {
    return server.request("DELETE", path, BodyPublishers.noBody());
  }

  private static HttpResponse<String> read(String path) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path)).header("Authorization", "Bearer " + reader));
  }

  @Test
  void secretsAreMadeListedChangedAndRemoved() {
    HttpResponse<String> made = post("/v0/variables", "name=one&value=first");
    assertThat(made.body())
        .matches(
            "\\{\"name\":\"one\",\"type\":\"secret\","
                + "\"created_at\":\"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\","
                + "\"updated_at\":\"[^\"]{19}\",\"edited_by\":\"workspace admin token\"}");
    assertThat(server.get("/v0/variables/one").body()).isEqualTo(made.body());
    assertThat(json(server.get("/v0/variables")).path("variables").toString())
        .contains(made.body())
        .doesNotContain("first", "nobody");
    assertThat(post("/v0/variables", "name=one&value=x").statusCode()).isEqualTo(409);
    assertThat(put("/v0/variables/one", "value=second").statusCode()).isEqualTo(200);
    assertThat(admin("% SELECT {{tb_secret('one')}} FORMAT CSV").body()).isEqualTo("\"second\"\n");
    assertThat(delete("/v0/variables/one").body()).isEqualTo("{\"ok\":true}");
    HttpResponse<String> gone = server.get("/v0/variables/one");
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(json(gone).path("error").asString("")).isEqualTo("Not found");
    for (HttpResponse<String> unknown :
        List.of(put("/v0/variables/one", "value=x"), delete("/v0/variables/one"))) {
      assertThat(unknown.statusCode()).isEqualTo(404);
      assertThat(json(unknown).path("error").asString("")).isEqualTo("Variable not found");
    }
  }

  private static HttpResponse<String> admin(String sql) {
    return server.get("/v0/sql?q=" + in(sql));
  }

  @Test
  void whatIsNoSecretIsRefused() {
    assertThat(post("/v0/variables", "value=x").body()).contains("name= is missing");
    assertThat(post("/v0/variables", "name=x").body()).contains("value= is missing");
    assertThat(post("/v0/variables", "name=x%20y&value=1").statusCode()).isEqualTo(400);
    assertThat(post("/v0/variables", "name=x&type=plain&value=1").statusCode()).isEqualTo(400);
    HttpResponse<String> tooLong = post("/v0/variables", "name=x&value=" + "v".repeat(8_193));
    assertThat(tooLong.statusCode()).isEqualTo(400);
    assertThat(tooLong.body()).contains("at most 8192").doesNotContain("vvv");
    assertThat(read("/v0/variables").statusCode()).isEqualTo(403);
  }

  @Test
  void aPipeUsesASecretWithoutShowingIt() {
    assertThat(json(read("/v0/pipes/guarded.json")).path("data").toString())
        .isEqualTo("[{\"l\":" + VALUE.length() + ",\"same\":0}]");
    assertThat(json(read("/v0/pipes/guarded.json?guess=" + in(VALUE))).path("data").toString())
        .contains("\"same\":1");
    assertThat(json(server.get("/v0/pipes/with_default.json")).path("data").toString())
        .isEqualTo("[{\"v\":\"standard\"}]");
  }

  @Test
  void aMissingSecretIsNamed() {
    HttpResponse<String> answer = read("/v0/pipes/without.json");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains(
            "Cannot access secret 'absent'. Check the secret exists in the Workspace and the token"
                + " has the required scope.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "% SELECT {{tb_secret('api_key')}}",
        "% SELECT {{tb_var('api_key')}}",
        "% SELECT {{tb_secret('api_key', 'x')}}, l FROM guarded",
        "SELECT {api_key: String}",
        "SELECT {api_key: String} FROM guarded",
        "SELECT *, {api_key:String} AS s FROM guarded",
        "SELECT * FROM guarded WHERE {api_key:String} LIKE 'i%'",
        "EXPLAIN SELECT * FROM guarded",
        "EXPLAIN actions = 1 SELECT * FROM guarded",
        "EXPLAIN QUERY TREE SELECT * FROM guarded",
        "EXPLAIN AST SELECT * FROM guarded",
        "SELECT * FROM number",
        "SELECT throwIf(1, v) FROM number"
      })
  void nobodyElseReadsIt(String sql) {
    HttpResponse<String> answer = read("/v0/sql?q=" + in(sql));
    assertThat(answer.statusCode()).as(answer.body()).isGreaterThanOrEqualTo(400);
    assertThat(answer.body()).doesNotContain("nobody-sees");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v0/pipes/guarded.json?explain=true",
        "/v0/pipes/guarded/explain",
        "/v0/pipes/number.json",
        "/v0/pipes/guarded.json?q=SELECT%20%7Bapi_key:String%7D%20FROM%20_",
        "/v0/pipes/guarded.json?q=EXPLAIN%20actions=1%20SELECT%20*%20FROM%20_"
      })
  void noCallOfAnEndpointShowsIt(String path) {
    HttpResponse<String> answer = read(path);
    assertThat(answer.statusCode()).as(answer.body()).isGreaterThanOrEqualTo(400);
    assertThat(answer.body()).doesNotContain("nobody-sees");
  }
}
