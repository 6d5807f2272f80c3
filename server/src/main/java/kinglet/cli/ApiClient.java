// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Calls a running server's HTTP API with one token. Thread-safe.
final class ApiClient implements AutoCloseable {
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REQUEST_TIMEOUT = Duration.ofMinutes(5);

  private final URI origin;
  private final String token;
  private final ExecutorService executor = Threads.virtual("client");
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .executor(executor)
          .build();

  ApiClient(URI origin, String token) {
    this.origin = origin;
    this.token = token;
  }

  URI origin() {
    return origin;
  }

  /// `name=value` pairs in the form a query string or a form body wants.
  static String encode(Map<String, List<String>> parameters) {
    return parameters.entrySet().stream()
        .flatMap(entry ->
            entry.getValue().stream().map(value -> encode(entry.getKey()) + "=" + encode(value)))
        .collect(Collectors.joining("&"));
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  JsonNode getJson(String path) {
    return json(call("GET", path, BodyPublishers.noBody(), ""));
  }

  /// The same where no answer for so long means that there will be none.
  JsonNode getJson(String path, Duration timeout) {
    return json(call("GET", path, BodyPublishers.noBody(), "", timeout));
  }

  JsonNode postJson(String path, BodyPublisher body, String contentType) {
    return json(call("POST", path, body, contentType));
  }

  JsonNode putJson(String path, BodyPublisher body, String contentType) {
    return json(call("PUT", path, body, contentType));
  }

  /// The same for a call that may take longer.
  JsonNode postJson(String path, BodyPublisher body, String contentType, Duration timeout) {
    return json(call("POST", path, body, contentType, timeout));
  }

  JsonNode delete(String path) {
    return json(call("DELETE", path, BodyPublishers.noBody(), ""));
  }

  /// What the server answers, also when it refuses.
  record Reply(int status, String body) {}

  Reply reply(String method, String path) {
    HttpResponse<InputStream> answer =
        send(method, path, BodyPublishers.noBody(), "", REQUEST_TIMEOUT);
    try (InputStream body = answer.body()) {
      return new Reply(
          answer.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw brokenOff(e);
    }
  }

  /// Streams the answer; a refusal is an exception with what the server says.
  InputStream call(String method, String path, BodyPublisher body, String contentType) {
    return call(method, path, body, contentType, REQUEST_TIMEOUT);
  }

  private InputStream call(
      String method, String path, BodyPublisher body, String contentType, Duration timeout) {
    HttpResponse<InputStream> answer = send(method, path, body, contentType, timeout);
    if (answer.statusCode() < 400) {
      return answer.statusCode() == 204 || answer.statusCode() == 205
          ? new ByteArrayInputStream(new byte[0])
          : answer.body();
    }
    try (InputStream refusal = answer.body()) {
      throw refused(answer.statusCode(), refusal.readAllBytes());
    } catch (IOException e) {
      throw brokenOff(e);
    }
  }

  private PlatformException brokenOff(IOException e) {
    return new PlatformException(
        CliError.SERVER_UNREACHABLE, origin + " broke off: " + e.getMessage(), e);
  }

  private HttpResponse<InputStream> send(
      String method, String path, BodyPublisher body, String contentType, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(origin.resolve(path))
            .timeout(timeout)
            .method(method, body)
            .header("Authorization", "Bearer " + token);
    if (!contentType.isEmpty()) {
      request.header("Content-Type", contentType);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (ConnectException e) {
      throw new PlatformException(
          CliError.SERVER_UNREACHABLE,
          "no server answers at " + origin + "; start one with ./kinglet start, or give --host",
          e);
    } catch (IOException e) {
      throw brokenOff(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(CliError.SERVER_UNREACHABLE, "interrupted", e);
    }
  }

  private static PlatformException refused(int status, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    String message = text;
    try {
      JsonNode document = MAPPER.readTree(body);
      for (String field : List.of("error", "detail")) {
        if (document.path(field).isString()) {
          message = document.get(field).asString();
          break;
        }
      }
    } catch (JacksonException e) {
      message = text.isBlank() ? "no reason given" : text;
    }
    return new PlatformException(
        CliError.SERVER_REFUSED, "the server answers " + status + ": " + message);
  }

  private static JsonNode json(InputStream body) {
    try (body) {
      byte[] bytes = body.readAllBytes();
      return bytes.length == 0 ? MAPPER.createObjectNode() : MAPPER.readTree(bytes);
    } catch (IOException | JacksonException e) {
      throw new PlatformException(
          CliError.SERVER_REFUSED, "the server's answer is not JSON: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    client.close();
    executor.close();
  }
}
