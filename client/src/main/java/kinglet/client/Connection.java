// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Requests to one server with one token. Thread-safe.
final class Connection implements AutoCloseable {
  private final URI origin;
  private final String token;
  private final Duration timeout;
  private final HttpClient client;

  Connection(URI origin, String token, Duration connectTimeout, Duration timeout) {
    this.origin = origin;
    this.token = token;
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connectTimeout)
            .build();
  }

  /// What the server answers, as an object of JSON.
  Map<?, ?> get(String path, Map<String, List<String>> parameters) {
    return call(request(path, parameters).GET());
  }

  Map<?, ?> post(
      String path, Map<String, List<String>> parameters, byte[] body, String contentType) {
    return call(
        request(path, parameters)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofByteArray(body)));
  }

  private HttpRequest.Builder request(String path, Map<String, List<String>> parameters) {
    String query =
        parameters.entrySet().stream()
            .flatMap(entry ->
                entry.getValue().stream()
                    .map(value -> encode(entry.getKey()) + "=" + encode(value)))
            .collect(Collectors.joining("&"));
    return HttpRequest.newBuilder(origin.resolve(query.isEmpty() ? path : path + "?" + query))
        .timeout(timeout)
        .header("Authorization", "Bearer " + token);
  }

  /// A name or value as a part of a URL.
  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private Map<?, ?> call(HttpRequest.Builder request) {
    HttpResponse<byte[]> response = send(request.build());
    Object answer = response.statusCode() < 400 ? Json.read(response.body()) : null;
    if (answer instanceof Map<?, ?> object) {
      return object;
    }
    throw response.statusCode() < 400
        ? new KingletException(
            response.statusCode(),
            KingletException.STRANGE_ANSWER,
            "the server answered no object of JSON",
            null,
            null)
        : refusal(response);
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofByteArray());
    } catch (HttpTimeoutException e) {
      throw noAnswer("did not answer within " + timeout, e);
    } catch (IOException e) {
      throw noAnswer("can't be reached" + (e.getMessage() == null ? "" : ": " + e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw noAnswer("was not waited for: the thread is interrupted", e);
    }
  }

  private KingletException noAnswer(String what, Exception cause) {
    return new KingletException(0, KingletException.NO_ANSWER, origin + " " + what, null, cause);
  }

  /// What the server says, in either of its two forms of an error.
  private static KingletException refusal(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    Object said = json(response.body());
    String code = KingletException.STRANGE_ANSWER;
    String message = "the server answered " + status;
    if (said instanceof Map<?, ?> object) {
      code = object.get("code") instanceof String given ? given : code;
      Object text = object.get("detail") == null ? object.get("error") : object.get("detail");
      message = text instanceof String given ? given : message;
    }
    return new KingletException(status, code, message, retryAfter(response), null);
  }

  private static @Nullable Object json(byte[] body) {
    try {
      return Json.read(body);
    } catch (KingletException noJson) {
      // A proxy in between answers pages of its own.
      return null;
    }
  }

  private static @Nullable Duration retryAfter(HttpResponse<byte[]> response) {
    return response
        .headers()
        .firstValue("Retry-After")
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(null);
  }

  @Override
  public void close() {
    client.close();
  }
}
