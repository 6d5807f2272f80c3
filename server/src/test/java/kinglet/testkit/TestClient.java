// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls a server. Safe from any thread.
public abstract sealed class TestClient implements AutoCloseable permits TestServer, KilledServer {
  public static final String FORM = "application/x-www-form-urlencoded";
  private static final Duration WRITTEN_MAX = Duration.ofSeconds(60);
  private static final String BOUNDARY = "project-boundary";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final int port;
  private final String adminToken;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  TestClient(int port, String adminToken) {
    this.port = port;
    this.adminToken = adminToken;
  }

  public String adminToken() {
    return adminToken;
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
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
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /// What a path answers, byte for byte.
  public byte[] bytes(String path) {
    try {
      HttpResponse<byte[]> answer =
          client.send(authorized(path).GET().build(), BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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

  /// What a query answers, as lines of values between tabs.
  public String tsv(String sql) {
    return tsv(adminToken(), sql);
  }

  /// The same with another token.
  public String tsv(String token, String sql) {
    HttpResponse<String> answer = sql(token, sql);
    assertThat(answer.statusCode()).as("%s: %s", sql, answer.body()).isEqualTo(200);
    return answer.body().strip();
  }

  /// Asks until a query answers something, whatever it answers meanwhile: what happens is written
  /// down once a second.
  public void await(String sql, String expected) {
    await(adminToken(), sql, expected);
  }

  /// The same with another token.
  public void await(String token, String sql, String expected) {
    Waiting.until(() -> sql(token, sql).body().strip(), expected, WRITTEN_MAX);
  }

  private HttpResponse<String> sql(String token, String sql) {
    String query = URLEncoder.encode(sql + " FORMAT TSV", StandardCharsets.UTF_8);
    return send(
        HttpRequest.newBuilder(uri("/v0/sql?q=" + query))
            .header("Authorization", "Bearer " + token)
            .GET());
  }

  public static JsonNode json(HttpResponse<String> answer) {
    return MAPPER.readTree(answer.body());
  }

  @Override
  public void close() {
    client.close();
  }
}
