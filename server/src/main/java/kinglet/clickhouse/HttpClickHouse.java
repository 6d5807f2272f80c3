// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;

/// Speaks ClickHouse's HTTP protocol; safe from any thread.
///
/// Where the server is may change between calls: the supplier says it, or that there is none now.
public final class HttpClickHouse implements ClickHouse, AutoCloseable {
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
  private final ConnectionPool connections;
  private final ExecutorService threads = Threads.virtual("clickhouse-cancel");

  public HttpClickHouse(Supplier<Optional<Endpoint>> endpoint) {
    this(endpoint, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  /// @param tls makes the connections to a server behind `https`
  HttpClickHouse(Supplier<Optional<Endpoint>> endpoint, Supplier<SSLSocketFactory> tls) {
    this.endpoint = endpoint;
    this.connections = new ConnectionPool(tls);
  }

  /// A client of a server that stays where it is.
  public static HttpClickHouse to(Endpoint endpoint) {
    return new HttpClickHouse(() -> Optional.of(endpoint));
  }

  @Override
  public Answer query(Statement statement) {
    InsertBody sql = InsertBody.of(statement.sql().getBytes(StandardCharsets.UTF_8));
    String queryId = statement.queryId();
    HttpRequest request =
        request(statement.role(), queryString(statement), sql, statement.timeout());
    return new HttpAnswer(send(request, queryId), queryId);
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
    HttpRequest request = request(Role.WRITER, query, body, target.timeout());
    HttpResponse response = send(request, target.queryId());
    try (Answer answer = new HttpAnswer(response, target.queryId());
        InputStream rest = answer.body()) {
      long unused = rest.transferTo(OutputStream.nullOutputStream());
      return answer.summary().writtenRows();
    } catch (IOException e) {
      throw Failures.unavailable("the connection broke", e);
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
    URI base = now.get().base();
    try {
      HttpResponse response =
          connections.send(HttpRequest.get(base, path(base) + "/ping", PING_TIMEOUT));
      try (InputStream rest = response.body()) {
        long unused = rest.transferTo(OutputStream.nullOutputStream());
      }
      return response.status() == 200;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public void close() {
    connections.close();
    threads.shutdownNow();
  }

  private HttpRequest request(Role role, CharSequence query, InsertBody body, Duration timeout) {
    Endpoint now = endpoint.get().orElseThrow(() -> Failures.unavailable("it is starting", null));
    return HttpRequest.post(
        now.base(),
        path(now.base()) + "/?" + query,
        "X-ClickHouse-User: " + role.user() + "\r\nX-ClickHouse-Key: " + now.secret() + "\r\n",
        body,
        timeout.plus(GRACE),
        timeout.plus(STALL_MIN));
  }

  private static String path(URI base) {
    String path = base.getRawPath();
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
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
    query.append(encoded(name)).append('=').append(encoded(value));
  }

  private static String encoded(String text) {
    for (int at = 0; at < text.length(); at++) {
      char character = text.charAt(at);
      boolean same =
          (character >= 'a' && character <= 'z')
              || (character >= 'A' && character <= 'Z')
              || (character >= '0' && character <= '9')
              || character == '_'
              || character == '-'
              || character == '.';
      if (!same) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  /// Sends, and answers once the result has begun and is no error.
  private HttpResponse send(HttpRequest request, String queryId) {
    HttpResponse response;
    try {
      response = connections.send(request);
    } catch (ConnectException e) {
      throw Failures.unavailable("it does not accept connections", e);
    } catch (SocketTimeoutException e) {
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
    if (response.status() == 200) {
      return response;
    }
    throw Failures.reported(
        response.status(), response.header("X-ClickHouse-Exception-Code"), errorText(response));
  }

  private static String errorText(HttpResponse response) {
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
