// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kinglet.error.PlatformException;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The server's life and what it answers without any project.
final class ServerIT {
  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory.resolve("shared"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void operatorsAreAnswered() {
    assertThat(server.anonymous("GET", "/ping", "").body()).isEqualTo("Ok.\n");
    HttpResponse<String> health = server.anonymous("GET", "/health", "");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(json(health).path("journal").path("state").asString()).isEqualTo("accepting");
    assertThat(server.anonymous("GET", "/ready", "").statusCode()).isEqualTo(200);
    assertThat(server.anonymous("GET", "/metrics", "").body())
        .contains("kinglet_engine_up 1", "kinglet_http_request_duration_seconds_count");
  }

  @Test
  void aDeveloperOnThisMachineFindsTheTokens() {
    JsonNode tokens = json(server.anonymous("GET", "/tokens", ""));
    assertThat(tokens.path("workspace_admin_token").asString()).startsWith("p.e");
    assertThat(tokens.path("user_token").asString()).startsWith("p.e");
    String admin = tokens.path("admin_token").asString();
    HttpResponse<String> workspaces =
        server.anonymous("GET", "/v1/user/workspaces/?with_organization=true&token=" + admin, "");
    JsonNode workspace = json(workspaces).path("workspaces").path(0);
    assertThat(workspace.path("token").asString())
        .isEqualTo(tokens.path("workspace_admin_token").asString());
    assertThat(json(server.get("/v1/workspace")).path("id").asString())
        .isEqualTo(workspace.path("id").asString());
  }

  @Test
  void proxiesAndWebPagesDoNotFindTheTokens() {
    for (String header : List.of("X-Forwarded-For", "Forwarded", "Origin")) {
      HttpResponse<String> answer =
          server.send(HttpRequest.newBuilder(server.uri("/tokens")).header(header, "http://a.b"));
      assertThat(answer.statusCode()).as(header).isEqualTo(403);
    }
  }

  @Test
  void theAdminTokensFileIsForItsOwnerOnly() throws IOException {
    Path file = directory.resolve("shared/admin-token");
    assertThat(Files.readString(file).strip()).isEqualTo(server.adminToken());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void tokensAreCreatedListedRefreshedChangedAndRemoved() {
    HttpResponse<String> created =
        server.post(
            "/v0/tokens/?name=reader&scope=PIPES:READ:a", "scope=PIPES:READ:b&scope=TOKENS", FORM);
    assertThat(created.statusCode()).isEqualTo(200);
    String text = json(created).path("token").asString();
    assertThat(json(created).path("scopes").toString())
        .isEqualTo("[{\"type\":\"PIPES:READ\",\"resource\":\"b\"},{\"type\":\"TOKENS\"}]");
    assertThat(server.get("/v0/tokens").body()).contains("\"reader\"");
    assertThat(json(server.get("/v0/tokens/" + text)).path("name").asString()).isEqualTo("reader");
    assertThat(server.anonymous("GET", "/v0/tokens?token=" + text, "").statusCode()).isEqualTo(200);

    String grantsAdmin = "/v0/tokens?name=x&scope=ADMIN&token=" + text;
    assertThat(server.anonymous("POST", grantsAdmin, "").statusCode()).isEqualTo(403);

    HttpResponse<String> changed =
        server.request("PUT", "/v0/tokens/reader?scope=PIPES:READ:c", BodyPublishers.noBody());
    assertThat(changed.body()).contains("\"resource\":\"c\"").doesNotContain("\"resource\":\"b\"");

    HttpResponse<String> refreshed =
        server.request("POST", "/v0/tokens/reader/refresh", BodyPublishers.noBody());
    assertThat(json(refreshed).path("token").asString()).isNotEqualTo(text);
    assertThat(server.anonymous("GET", "/v0/tokens?token=" + text, "").statusCode()).isEqualTo(403);

    HttpResponse<String> removed =
        server.request("DELETE", "/v0/tokens/reader", BodyPublishers.noBody());
    assertThat(removed.body()).isEqualTo("{\"ok\":true}");
    assertThat(server.get("/v0/tokens/reader").statusCode()).isEqualTo(403);
  }

  @Test
  void theTextOfAQueryIsFormattedReadAndReplaced() {
    String query = "q=select a,b from t join s.u using a where a in (select a from t)";
    String formatted = json(server.post("/v0/sql_format", query, FORM)).path("q").asString();
    assertThat(formatted).startsWith("SELECT\n    a,\n    b\nFROM t\n");
    assertThat(json(server.post("/v0/sql_format", "q=%25 select {{x}}", FORM)).toString())
        .isEqualTo("{\"q\":\"% select {{x}}\"}");
    assertThat(json(server.post("/v0/sql_tables", query, FORM)).toString())
        .isEqualTo("{\"tables\":[[\"\",\"t\"],[\"s\",\"u\"]]}");
    for (String replacements :
        List.of("{\"t\":\"v\"}", "[[\"t\",\"v\"]]", "[[[\"\",\"t\"],[\"\",\"v\"]]]")) {
      String body = query + "&replacements=" + replacements;
      assertThat(json(server.post("/v0/sql_replace", body, FORM)).path("query").asString())
          .isEqualTo(
              "select a,b from `v` AS `t` join s.u using a where a in (select a from `v` AS `t`)");
    }
    assertThat(server.post("/v0/sql_replace", query + "&replacements=7", FORM).statusCode())
        .isEqualTo(400);
    assertThat(server.post("/v0/sql_format", "q=select (", FORM).statusCode()).isEqualTo(400);
    assertThat(server.post("/v0/sql_tables", "", FORM).statusCode()).isEqualTo(400);
  }

  @Test
  void withoutValidTokenNothingIsAnswered() {
    for (String path :
        new String[] {"/v0/datasources", "/v0/tokens", "/v1/deployments", "/v1/workspace"}) {
      assertThat(server.anonymous("GET", path, "").statusCode()).as(path).isEqualTo(403);
      HttpResponse<String> wrong = server.anonymous("GET", path + "?token=p.e30.x", "");
      assertThat(wrong.statusCode()).as(path).isEqualTo(403);
      assertThat(json(wrong).path("error").asString()).isEqualTo("invalid authentication token");
    }
  }

  @Test
  void theEngineReadsFilesForUsOnly() throws IOException {
    Path flights = Path.of("../node_modules/vega-datasets/data/flights-3m.parquet").toRealPath();
    String sql = "SELECT count() AS n FROM file('" + flights + "', 'Parquet')";
    try (InputStream rows = server.server().read(sql + " FORMAT JSONEachRow")) {
      assertThat(new String(rows.readAllBytes(), StandardCharsets.UTF_8)).contains("3000000");
    }
  }

  @Test
  void aDataDirectoryBelongsToOneServer() {
    assertThatThrownBy(() -> TestServer.start(directory.resolve("shared"), Map.of()))
        .isInstanceOf(PlatformException.class)
        .hasMessageContaining("belongs to another server");
  }

  @Test
  void tokensOutliveAStopAndTheirTextsAreNotInTheDatabase() throws IOException {
    Path data = directory.resolve("restarted");
    String text;
    try (TestServer first = TestServer.start(data, Map.of())) {
      text =
          json(first.post("/v0/tokens", "name=keeper&scope=TOKENS", FORM)).path("token").asString();
    }
    assertThat(Files.readString(data.resolve("catalogue.db"), StandardCharsets.ISO_8859_1))
        .doesNotContain(text);
    try (TestServer second = TestServer.start(data, Map.of())) {
      assertThat(second.anonymous("GET", "/v0/tokens?token=" + text, "").body())
          .contains("\"keeper\"");
    }
  }

  @Test
  void aDeadEngineIsReplacedAndMeanwhileSqlAnswers503() {
    Path data = directory.resolve("killed");
    try (TestServer killed = TestServer.ready(data)) {
      assertThat(killed.get("/v0/sql?q=SELECT+1").statusCode()).isEqualTo(200);
      List<ProcessHandle> engines =
          ProcessHandle.current()
              .children()
              .filter(child -> child.info().commandLine().orElse("").contains(data.toString()))
              .toList();
      assertThat(engines).hasSize(1);
      assertThat(engines.getFirst().destroyForcibly()).isTrue();
      engines.getFirst().onExit().orTimeout(10, TimeUnit.SECONDS).join();
      HttpResponse<String> refused = killed.get("/v0/sql?q=SELECT+1");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).isPresent();
      assertThat(killed.anonymous("GET", "/health", "").statusCode()).isEqualTo(200);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      HttpResponse<String> answer = refused;
      while (answer.statusCode() == 503 && System.nanoTime() < deadline) {
        answer = killed.get("/v0/sql?q=SELECT+1");
      }
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void ratesAreLimitedForEachToken() {
    try (TestServer limited =
        TestServer.start(directory.resolve("limited"), Map.of("limits.requests-per-second", "1"))) {
      HttpResponse<String> last = limited.get("/v1/workspace");
      for (int tries = 0; tries < 50 && last.statusCode() == 200; tries++) {
        last = limited.get("/v1/workspace");
      }
      assertThat(last.statusCode()).isEqualTo(429);
      assertThat(last.headers().firstValue("retry-after")).contains("1");
      assertThat(last.headers().firstValue("x-ratelimit-remaining")).contains("0");
      assertThat(limited.anonymous("GET", "/health", "").statusCode()).isEqualTo(200);
    }
  }
}
