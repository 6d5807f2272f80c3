// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

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

/// The same call again, after something changed that its query follows from.
final class RepeatedCallsIT {
  private static final String CALL = "/v0/pipes/shown.json?least=1";
  private static final long LATER = 4_000_000_000L;

  @TempDir static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
    deploy("n");
    HttpResponse<String> filled =
        server.post(
            "/v0/events?name=orders&wait=true",
            "{\"org\":\"a\",\"n\":1}\n{\"org\":\"b\",\"n\":30}\n",
            "application/json");
    assertThat(filled.statusCode()).as(filled.body()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void deploy(String shown) {
    HttpResponse<String> deployed =
        server.project(
            "/v1/deploy",
            Map.of(
                "datasources/orders.datasource",
                "SCHEMA >\n    `org` String `json:$.org`,\n    `n` Int32 `json:$.n`\n\n"
                    + "ENGINE MergeTree\nENGINE_SORTING_KEY org\n",
                "pipes/shown.pipe",
                "NODE rows\nSQL >\n    %\n    SELECT "
                    + shown
                    + " AS v FROM orders WHERE n >= {{Int32(least, 0)}}"
                    + " {% if defined(org) %} AND org = {{String(org)}} {% end %} ORDER BY v\n\n"
                    + "TYPE ENDPOINT\n",
                "pipes/kept.pipe",
                "NODE rows\nSQL >\n    %\n    SELECT count() AS v FROM orders"
                    + " WHERE n >= {{Int32(least, 0)}}\n\nTYPE ENDPOINT\nCACHE 3600\n",
                "pipes/briefly.pipe",
                "NODE rows\nSQL >\n    SELECT count() AS v FROM orders\n\nTYPE ENDPOINT\nCACHE 1\n",
                "pipes/hinted.pipe",
                "NODE rows\nSQL >\n    %\n    {{cache_ttl('1h')}} SELECT count() AS v, {{Int32(more, 0)}}"
                    + " AS more FROM orders\n\nTYPE ENDPOINT\n",
                "pipes/large.pipe",
                "NODE rows\nSQL >\n    SELECT (SELECT count() FROM orders) AS v, repeat('x', 1000) AS x"
                    + " FROM numbers(1000)\n\nTYPE ENDPOINT\nCACHE 3600\n",
                "pipes/guarded.pipe",
                "NODE n\nSQL >\n    %\n    SELECT length({{tb_secret('word')}}) AS v\n\n"
                    + "TYPE ENDPOINT\n"));
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
  }

  private static String values(String token, String path) {
    HttpResponse<String> answer =
        server.send(
            HttpRequest.newBuilder(server.uri(path)).header("Authorization", "Bearer " + token));
    return answer.statusCode() == 200
        ? json(answer).path("data").valueStream().map(row -> row.path("v").asString()).toList() + ""
        : answer.statusCode() + "";
  }

  private static String jwt(String scope) {
    HttpResponse<String> made =
        server.post(
            "/v0/tokens/?name=screen&expiration_time=" + LATER,
            "{\"scopes\":[" + scope + "]}",
            "application/json");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
    return json(made).path("token").asString("");
  }

  @Test
  void seesTheDeploymentThatIsLiveNow() {
    String admin = server.adminToken();
    assertThat(values(admin, CALL)).isEqualTo("[1, 30]");
    deploy("n + 100");
    assertThat(values(admin, CALL)).isEqualTo("[101, 130]");
    deploy("n");
    assertThat(values(admin, CALL)).isEqualTo("[1, 30]");
  }

  @Test
  void isMadeForTheTokenThatCalls() {
    String one =
        jwt("{\"type\":\"PIPES:READ\",\"resource\":\"shown\",\"fixed_params\":{\"org\":\"a\"}}");
    String other =
        jwt("{\"type\":\"PIPES:READ\",\"resource\":\"shown\",\"fixed_params\":{\"org\":\"b\"}}");
    String none = jwt("{\"type\":\"PIPES:READ\",\"resource\":\"guarded\"}");
    for (int time = 0; time < 2; time++) {
      assertThat(values(server.adminToken(), CALL)).isEqualTo("[1, 30]");
      assertThat(values(one, CALL)).isEqualTo("[1]");
      assertThat(values(other, CALL)).isEqualTo("[30]");
      assertThat(values(none, CALL)).isEqualTo("403");
    }
  }

  @Test
  void losesWhatItsTokenLost() {
    HttpResponse<String> made = server.post("/v0/tokens", "name=r&scope=PIPES:READ:shown", FORM);
    String token = json(made).path("token").asString("");
    assertThat(values(token, CALL)).isEqualTo("[1, 30]");
    HttpResponse<String> changed =
        server.send(
            server
                .authorized("/v0/tokens/r")
                .header("Content-Type", FORM)
                .PUT(BodyPublishers.ofString("scope=PIPES:READ:guarded")));
    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(values(token, CALL)).isEqualTo("403");
  }

  @Test
  void takesItsOwnArgumentsAndQuery() {
    String admin = server.adminToken();
    assertThat(values(admin, "/v0/pipes/shown.json?least=2")).isEqualTo("[30]");
    assertThat(values(admin, "/v0/pipes/shown.json?least=2&org=a")).isEqualTo("[]");
    assertThat(values(admin, "/v0/pipes/shown.json?least=1&q=SELECT%20sum(v)%20AS%20v%20FROM%20_"))
        .isEqualTo("[31]");
    assertThat(values(admin, "/v0/pipes/shown.json?least=2&q=SELECT%20sum(v)%20AS%20v%20FROM%20_"))
        .isEqualTo("[30]");
    assertThat(values(admin, "/v0/pipes/shown.json?least=2")).isEqualTo("[30]");
  }

  @Test
  void seesTheSecretAsItIsNow() {
    String admin = server.adminToken();
    assertThat(server.post("/v0/variables", "name=word&value=four", FORM).statusCode())
        .isEqualTo(200);
    assertThat(values(admin, "/v0/pipes/guarded.json")).isEqualTo("[4]");
    HttpResponse<String> changed =
        server.send(
            server
                .authorized("/v0/variables/word")
                .header("Content-Type", FORM)
                .PUT(BodyPublishers.ofString("value=sixsix")));
    assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
    assertThat(values(admin, "/v0/pipes/guarded.json")).isEqualTo("[6]");
  }

  /// What a pipe says of its answers holds: they are given again until the time is over.
  @Test
  void answersAreKeptAsTheirPipesSay() {
    String admin = server.adminToken();
    String filter =
        "{\"type\":\"PIPES:READ\",\"resource\":\"kept\",\"fixed_params\":{\"least\":20}}";
    String fixed = jwt(filter);
    deploy("n + 0");
    String before = values(admin, "/v0/pipes/kept.json");
    String some = values(fixed, "/v0/pipes/kept.json");
    String hinted = values(admin, "/v0/pipes/hinted.json");
    String large = values(admin, "/v0/pipes/large.json");
    assertThat(some).isNotEqualTo(before);
    assertThat(values(admin, "/v0/pipes/briefly.json")).isEqualTo(before);
    HttpResponse<String> more =
        server.post("/v0/events?name=orders&wait=true", "{\"org\":\"c\",\"n\":50}", "text/plain");
    assertThat(more.statusCode()).isEqualTo(200);
    assertThat(values(admin, "/v0/pipes/kept.json")).isEqualTo(before);
    assertThat(values(fixed, "/v0/pipes/kept.json")).isEqualTo(some);
    assertThat(values(admin, "/v0/pipes/hinted.json")).isEqualTo(hinted);
    // Other arguments, another format, SQL over it and another size are other answers.
    String now = values(admin, "/v0/pipes/kept.json?least=-1");
    assertThat(now).isNotEqualTo(before);
    assertThat(server.get("/v0/pipes/kept.csv").body().strip())
        .isEqualTo("\"v\"\n" + now.replaceAll("[\\[\\]]", ""));
    assertThat(values(admin, "/v0/pipes/kept.json?q=SELECT%20v%20FROM%20_")).isEqualTo(now);
    assertThat(values(admin, "/v0/pipes/hinted.json?more=1")).isEqualTo(now);
    assertThat(values(admin, "/v0/pipes/large.json")).isNotEqualTo(large);
    String brief = values(admin, "/v0/pipes/briefly.json");
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!brief.equals(now) && System.nanoTime() < deadline) {
      brief = values(admin, "/v0/pipes/briefly.json");
    }
    assertThat(brief).isEqualTo(now);
    deploy("n");
    assertThat(values(admin, "/v0/pipes/kept.json")).isEqualTo(now);
  }
}
