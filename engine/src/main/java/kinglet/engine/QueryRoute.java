// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The route `/`: one statement, by ClickHouse's HTTP protocol.
final class QueryRoute {
  private static final int SQL_BYTES_MAX = 16 << 20;
  private static final Pattern FORMAT_NAME = Pattern.compile("[A-Za-z0-9_]{1,64}");
  private static final Pattern KILL =
      Pattern.compile(
          "(?is)\\s*KILL\\s+QUERY\\s+WHERE\\s+query_id\\s*=\\s*'((?:[^'\\\\]|\\\\.)*)'\\s*"
              + "(ASYNC|SYNC)?\\s*;?\\s*");

  /// Parameters of the protocol itself; whatever else is named is a setting.
  private static final Set<String> PROTOCOL_PARAMETERS =
      Set.of(
          "query",
          "query_id",
          "user",
          "password",
          "database",
          "default_format",
          "wait_end_of_query",
          "buffer_size",
          "quota_key",
          "compress",
          "decompress",
          "enable_http_compression",
          "send_progress_in_http_headers",
          "add_http_cors_header",
          "cancel_http_readonly_queries_on_client_close",
          "http_write_exception_in_output_format",
          "session_id",
          "session_timeout",
          "session_check",
          "stacktrace",
          "role");

  private static final Set<String> REFUSED_PARAMETERS =
      Set.of("compress", "decompress", "session_id", "role");

  private final byte[] secret;
  private final Map<Role, ConnectionPool> pools;
  private final RunningQueries running;
  private final DisconnectWatch disconnects;
  private final AnswerWriter answers;

  QueryRoute(
      byte[] secret,
      Map<Role, ConnectionPool> pools,
      RunningQueries running,
      DisconnectWatch disconnects,
      AnswerWriter answers) {
    this.secret = secret.clone();
    this.pools = Map.copyOf(pools);
    this.running = running;
    this.disconnects = disconnects;
    this.answers = answers;
  }

  void handle(HttpRequest request, HttpConnection connection) throws IOException {
    String queryId =
        request.parameter("query_id").filter(id -> !id.isEmpty()).orElseGet(QueryRoute::freshId);
    try {
      Role role = authenticate(request);
      checkParameters(request);
      Received received = receive(request);
      Optional<String> killed = killed(role, received.text());
      if (killed.isPresent()) {
        boolean unused = running.cancel(killed.get());
        answers.sendEmpty(connection, queryId);
        return;
      }
      run(request, connection, order(request, role, queryId, received.text()), received.data());
    } catch (EngineFailure e) {
      drain(request.body());
      answers.sendFailure(connection, queryId, e);
    }
  }

  /// A statement, and the rows that come with it.
  private record Received(QueryText text, @Nullable InputStream data) {}

  private Role authenticate(HttpRequest request) {
    Credentials credentials = Credentials.of(request).orElse(new Credentials("", ""));
    if (!credentials.matches(secret)) {
      throw EngineFailure.of(
          EngineFailure.AUTHENTICATION_FAILED,
          "AUTHENTICATION_FAILED",
          "Authentication failed: the user is reader, writer or admin, with the engine's key.");
    }
    return Role.named(credentials.user());
  }

  private static void checkParameters(HttpRequest request) {
    for (String name : REFUSED_PARAMETERS) {
      String value = request.parameter(name).orElse("");
      if (!value.isEmpty() && !value.equals("0")) {
        throw EngineFailure.of(
            EngineFailure.NOT_IMPLEMENTED,
            "NOT_IMPLEMENTED",
            "The parameter " + name + " is not supported.");
      }
    }
  }

  /// The statement is in the parameter `query`, in the body, or begins in the one and goes on in
  /// the other; rows of an INSERT follow it.
  private static Received receive(HttpRequest request) throws IOException {
    Optional<String> inAddress = request.parameter("query").filter(sql -> !sql.isBlank());
    if (inAddress.isPresent()) {
      byte[] sql = inAddress.get().getBytes(StandardCharsets.UTF_8);
      QueryText text = QueryText.of(sql);
      if (text.kind() == QueryText.Kind.INSERT_DATA) {
        return new Received(text, data(sql, text, request.body()));
      }
      byte[] rest = sqlFrom(request.body());
      return rest.length == 0 ? new Received(text, null) : new Received(joined(sql, rest), null);
    }
    byte[] start = request.body().readNBytes(SQL_BYTES_MAX);
    QueryText text = QueryText.of(start);
    if (text.kind() == QueryText.Kind.INSERT_DATA) {
      return new Received(text, data(start, text, request.body()));
    }
    checkSize(start);
    return new Received(text, null);
  }

  private static QueryText joined(byte[] start, byte[] rest) {
    byte[] all = Arrays.copyOf(start, start.length + 1 + rest.length);
    all[start.length] = '\n';
    System.arraycopy(rest, 0, all, start.length + 1, rest.length);
    return QueryText.of(all);
  }

  private static byte[] sqlFrom(InputStream body) throws IOException {
    byte[] sql = body.readNBytes(SQL_BYTES_MAX);
    checkSize(sql);
    return sql;
  }

  private static void checkSize(byte[] sql) {
    if (sql.length == SQL_BYTES_MAX) {
      throw EngineFailure.of(
          290, "LIMIT_EXCEEDED", "The statement is longer than " + SQL_BYTES_MAX + " bytes.");
    }
  }

  private static InputStream data(byte[] sql, QueryText text, InputStream body) {
    int start = Math.min(text.dataStart(), sql.length);
    return start == sql.length
        ? body
        : new SequenceInputStream(new ByteArrayInputStream(sql, start, sql.length - start), body);
  }

  private static Optional<String> killed(Role role, QueryText text) {
    if (role == Role.READER || text.kind() != QueryText.Kind.OTHER) {
      return Optional.empty();
    }
    Matcher matcher = KILL.matcher(text.head());
    return matcher.matches()
        ? Optional.of(matcher.group(1).replace("\\'", "'").replace("\\\\", "\\"))
        : Optional.empty();
  }

  private static QueryJob.Order order(
      HttpRequest request, Role role, String queryId, QueryText text) {
    Map<String, String> parameters = new LinkedHashMap<>();
    Map<String, String> settings = new LinkedHashMap<>();
    request
        .parameters()
        .forEach((name, value) -> {
          if (name.startsWith("param_")) {
            parameters.put(name.substring("param_".length()), value);
          } else if (!PROTOCOL_PARAMETERS.contains(name)) {
            settings.put(name, value);
          }
        });
    role.checkSettings(settings);
    String format =
        request
            .parameter("default_format")
            .or(() -> request.header("X-ClickHouse-Format"))
            .orElse("TabSeparated");
    if (!FORMAT_NAME.matcher(format).matches()) {
      throw EngineFailure.of(73, "UNKNOWN_FORMAT", "Unknown format " + format);
    }
    String database =
        request.parameter("database").or(() -> request.header("X-ClickHouse-Database")).orElse("");
    return new QueryJob.Order(
        queryId, role, text, format, parameters, Connection.Needs.of(database, settings));
  }

  private void run(
      HttpRequest request,
      HttpConnection connection,
      QueryJob.Order order,
      @Nullable InputStream data)
      throws IOException {
    boolean select = order.text().kind() == QueryText.Kind.SELECT;
    try (ResultPipe pipe = select ? ResultPipe.open() : null) {
      QueryJob job =
          new QueryJob(order, running.nextTag(), pipe == null ? null : pipe.ends(), data);
      try {
        running.add(job);
        requireNonNull(pools.get(order.role())).submit(job);
      } catch (EngineFailure e) {
        running.remove(job);
        job.refuse(e);
        throw e;
      }
      try {
        if (data == null) {
          disconnects.begin(connection, () -> running.cancel(job));
        }
        boolean whole = isOn(request, "wait_end_of_query");
        answers.answer(connection, job, order, pipe, whole, () -> disconnects.end(connection));
      } finally {
        disconnects.end(connection);
        if (!job.outcome().isDone()) {
          running.cancel(job);
        }
        running.remove(job);
      }
    }
  }

  private static boolean isOn(HttpRequest request, String name) {
    String value = request.parameter(name).orElse("0");
    return value.equals("1") || value.equals("true");
  }

  /// Reads what the client still sends, so that it gets to see the answer.
  private static void drain(InputStream body) throws IOException {
    long unused = body.transferTo(OutputStream.nullOutputStream());
  }

  private static String freshId() {
    return UUID.randomUUID().toString();
  }
}
