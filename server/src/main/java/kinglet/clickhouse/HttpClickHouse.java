// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;

/// Speaks ClickHouse's HTTP protocol; safe from any thread.
///
/// Where the server is may change between calls: the supplier says it, or that there is none now.
public final class HttpClickHouse implements ClickHouse, AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration PING_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration CANCEL_TIMEOUT = Duration.ofSeconds(5);

  /// What the client waits beyond a statement's own limit, so that ClickHouse's answer wins.
  private static final Duration GRACE = Duration.ofMillis(500);

  /// A body may stand still at least this long.
  private static final Duration STALL_MIN = Duration.ofMinutes(1);

  /// A result asked for as text may be this long.
  private static final int TEXT_BYTES_MAX = 256 << 20;

  /// More of an error's text than this is not read.
  private static final int ERROR_BYTES_MAX = 1 << 20;

  private final Supplier<Optional<Endpoint>> endpoint;
  private final StallWatch stalls = new StallWatch();
  private final ExecutorService threads = Threads.virtual("clickhouse-client");
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .executor(threads)
          .build();

  public HttpClickHouse(Supplier<Optional<Endpoint>> endpoint) {
    this.endpoint = endpoint;
  }

  /// A client of a server that stays where it is.
  public static HttpClickHouse to(Endpoint endpoint) {
    return new HttpClickHouse(() -> Optional.of(endpoint));
  }

  @Override
  public Answer query(Statement statement) {
    HttpRequest request =
        request(statement.role(), queryString(statement), statement.timeout())
            .POST(BodyPublishers.ofString(statement.sql()))
            .build();
    return answer(send(request, statement.queryId()), statement.queryId(), statement.timeout());
  }

  @Override
  public String text(Statement statement) {
    try (Answer answer = query(statement);
        InputStream body = answer.body()) {
      byte[] bytes = body.readNBytes(TEXT_BYTES_MAX);
      if (bytes.length == TEXT_BYTES_MAX) {
        throw new PlatformException(
            ClickHouseError.QUERY_FAILED,
            "The result exceeds " + TEXT_BYTES_MAX + " bytes; it is to be streamed.");
      }
      String text = new String(bytes, StandardCharsets.UTF_8);
      return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    } catch (IOException e) {
      throw Failures.unavailable("the connection broke", e);
    }
  }

  @Override
  public void execute(Statement statement) {
    try (Answer answer = query(statement);
        InputStream body = answer.body()) {
      long unused = body.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw Failures.unavailable("the connection broke", e);
    }
  }

  @Override
  public long insert(InsertTarget target, InsertBody body) {
    StringBuilder query = new StringBuilder(256);
    append(query, "query", target.sql());
    append(query, "query_id", target.queryId());
    target.settings().forEach((name, value) -> append(query, name, value));
    try (PublishedBody published = PublishedBody.of(body, threads)) {
      HttpRequest request =
          request(Role.WRITER, query, target.timeout()).POST(published.publisher()).build();
      HttpResponse<InputStream> response = send(request, target.queryId());
      try (Answer answer = answer(response, target.queryId(), target.timeout());
          InputStream rest = answer.body()) {
        long unused = rest.transferTo(OutputStream.nullOutputStream());
        return answer.summary().writtenRows();
      } catch (IOException e) {
        throw Failures.unavailable("the connection broke", e);
      }
    }
  }

  @Override
  public void cancel(String queryId) {
    String id = queryId.replace("\\", "\\\\").replace("'", "\\'");
    execute(
        Statement.of(Role.ADMIN, "KILL QUERY WHERE query_id = '" + id + "' ASYNC")
            .withTimeout(CANCEL_TIMEOUT));
  }

  @Override
  public boolean ping() {
    Optional<Endpoint> now = endpoint.get();
    if (now.isEmpty()) {
      return false;
    }
    HttpRequest request =
        HttpRequest.newBuilder(now.get().base().resolve("/ping")).timeout(PING_TIMEOUT).build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    stalls.close();
    http.shutdownNow();
    threads.shutdownNow();
  }

  /// A body that stands still as long as the whole statement may take, and a minute, is given up.
  private Answer answer(HttpResponse<InputStream> response, String queryId, Duration timeout) {
    InputStream bytes = stalls.watched(response.body(), timeout.plus(STALL_MIN));
    return new HttpAnswer(response, bytes, queryId);
  }

  private HttpRequest.Builder request(Role role, CharSequence query, Duration timeout) {
    Endpoint now = endpoint.get().orElseThrow(() -> Failures.unavailable("it is starting", null));
    return HttpRequest.newBuilder(URI.create(now.base() + "/?" + query))
        .timeout(timeout.plus(GRACE))
        .header("X-ClickHouse-User", role.user())
        .header("X-ClickHouse-Key", now.secret());
  }

  private static StringBuilder queryString(Statement statement) {
    StringBuilder query = new StringBuilder(256);
    append(query, "query_id", statement.queryId());
    String format = statement.format();
    if (format != null) {
      append(query, "default_format", format);
    }
    for (Map.Entry<String, String> parameter : statement.parameters().entrySet()) {
      append(
          query,
          "param_" + parameter.getKey(),
          ParameterText.of(statement.sql(), parameter.getKey(), parameter.getValue()));
    }
    statement.settings().forEach((name, value) -> append(query, name, value));
    return query;
  }

  private static void append(StringBuilder query, String name, String value) {
    if (!query.isEmpty()) {
      query.append('&');
    }
    query
        .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
        .append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
  }

  /// Sends, and answers once the result has begun and is no error.
  private HttpResponse<InputStream> send(HttpRequest request, String queryId) {
    HttpResponse<InputStream> response;
    try {
      response = http.send(request, BodyHandlers.ofInputStream());
    } catch (HttpConnectTimeoutException e) {
      throw Failures.unavailable("it does not accept connections", e);
    } catch (HttpTimeoutException e) {
      cancelQuietly(queryId);
      throw new PlatformException(
          ClickHouseError.QUERY_TIMEOUT, "The query took longer than it may and was cancelled.", e);
    } catch (IOException e) {
      throw Failures.unavailable("the connection failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(
          ClickHouseError.QUERY_CANCELLED, "The caller stopped waiting for the query.", e);
    }
    if (response.statusCode() == 200) {
      return response;
    }
    throw Failures.reported(
        response.statusCode(),
        response.headers().firstValue("X-ClickHouse-Exception-Code"),
        errorText(response));
  }

  private static String errorText(HttpResponse<InputStream> response) {
    try (InputStream body = response.body()) {
      return new String(body.readNBytes(ERROR_BYTES_MAX), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw Failures.unavailable("the connection broke", e);
    }
  }

  private void cancelQuietly(String queryId) {
    threads.execute(() -> {
      try {
        cancel(queryId);
      } catch (PlatformException _) {
        // The query ends with its connection too; the caller's own failure is what counts.
        return;
      }
    });
  }
}
