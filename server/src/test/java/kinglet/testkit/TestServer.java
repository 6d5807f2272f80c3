// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.config.Config;
import kinglet.config.ConfigReader;
import kinglet.server.KingletServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A whole server on a free port with its own data directory and engine.
public final class TestServer implements AutoCloseable {
  public static final String FORM = "application/x-www-form-urlencoded";
  private static final String BOUNDARY = "project-boundary";
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final KingletServer server;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestServer(KingletServer server) {
    this.server = server;
  }

  /// Starts a server on `data`; `overrides` are whole keys such as `ingest.rows-max`.
  public static TestServer start(Path data, Map<String, String> overrides) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("server.port", "0");
    all.put("server.data-directory", data.toString());
    all.put("server.drain-timeout", "2s");
    all.put("flush.interval", "200ms");
    all.put("journal.disk-reserve", "0B");
    all.put("engine.memory-max", "1GiB");
    all.put("log.level", "warn");
    all.putAll(overrides);
    Config config = ConfigReader.read(null, Map.of(), all);
    return new TestServer(KingletServer.start(config));
  }

  public static TestServer ready(Path data) {
    TestServer server = start(data, Map.of());
    server.awaitReady();
    return server;
  }

  public void awaitReady() {
    assertThat(server.awaitReady(READY_TIMEOUT)).as("the engine starts").isTrue();
  }

  public KingletServer server() {
    return server;
  }

  public String adminToken() {
    return server.adminToken();
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  /// Sends with the admin token.
  public HttpResponse<String> get(String path) {
    return send(authorized(path).GET());
  }

  public HttpResponse<String> post(String path, String body, String contentType) {
    return send(
        authorized(path).header("Content-Type", contentType).POST(BodyPublishers.ofString(body)));
  }

  /// A call with the fields of a form.
  public HttpResponse<String> form(String method, String path, String form) {
    return send(
        authorized(path)
            .header("Content-Type", FORM)
            .method(method, BodyPublishers.ofString(form)));
  }

  public HttpResponse<String> request(String method, String path, BodyPublisher body) {
    return send(authorized(path).method(method, body));
  }

  /// Sends with no header of the test's own.
  public HttpResponse<String> anonymous(String method, String path, String body) {
    return send(HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.ofString(body)));
  }

  public HttpRequest.Builder authorized(String path) {
    return HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + adminToken());
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return client.send(request.timeout(Duration.ofSeconds(60)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// Posts a project, path to text, to `/v1/deploy` or `/v1/build`; a deployment is set live at
  /// once unless the path says `auto_promote=` itself.
  public HttpResponse<String> project(String path, Map<String, String> files) {
    return project(path, files, adminToken());
  }

  /// The same into the workspace of another token.
  public HttpResponse<String> project(String path, Map<String, String> files, String token) {
    String promoting =
        path.startsWith("/v1/deploy") && !path.contains("auto_promote")
            ? path + (path.contains("?") ? "&" : "?") + "auto_promote=true"
            : path;
    StringBuilder body = new StringBuilder();
    files.forEach((name, text) ->
        body.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; ")
            .append("name=\"data_project://\"; filename=\"")
            .append(name)
            .append("\"\r\nContent-Type: text/plain\r\n\r\n")
            .append(text)
            .append("\r\n"));
    body.append("--" + BOUNDARY + "--\r\n");
    return send(
        HttpRequest.newBuilder(uri(promoting))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(BodyPublishers.ofString(body.toString())));
  }

  public static JsonNode json(HttpResponse<String> answer) {
    return MAPPER.readTree(answer.body());
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }
}
