// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One statement on its way through a connection.
///
/// Made by a request's thread, run by a connection's thread, cancelled from anywhere. A SELECT
/// writes its result into the pipe while it runs; the pipe's writing end is closed when it is over.
final class QueryJob {
  /// In a query's tree: the function `file`, and any table of the server's own databases but the
  /// harmless ones.
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "(?i)function_name: file(?![A-Za-z0-9_])"
              + "|table_name: information_schema\\."
              + "|table_name: system\\.(?!(?:one|numbers|numbers_mt|zeros|zeros_mt)(?![A-Za-z0-9_]))");

  /// @param text the statement, taken apart
  /// @param format used where the text names none
  record Order(
      String queryId,
      Role role,
      QueryText text,
      String format,
      Map<String, String> parameters,
      Connection.Needs needs) {}

  private final Order order;

  /// A comment in front of the statement, by which KILL QUERY finds it.
  private final String tag;

  private final Libc.@Nullable Ends pipe;
  private final @Nullable InputStream data;
  private final CompletableFuture<Session.Result> outcome = new CompletableFuture<>();
  private final AtomicBoolean cancelled = new AtomicBoolean();

  /// Whether the statement left its session different; known to the connection's thread only.
  private boolean sessionChanged;

  QueryJob(Order order, String tag, Libc.@Nullable Ends pipe, @Nullable InputStream data) {
    this.order = order;
    this.tag = tag;
    this.pipe = pipe;
    this.data = data;
  }

  String queryId() {
    return order.queryId();
  }

  Role role() {
    return order.role();
  }

  String tag() {
    return tag;
  }

  /// Done when the statement is over; fails with an [EngineFailure] or an [IOException].
  CompletableFuture<Session.Result> outcome() {
    return outcome;
  }

  /// Marks the job; a running statement is killed by [RunningQueries].
  void cancel() {
    cancelled.set(true);
  }

  /// Ends a job that never ran.
  void refuse(EngineFailure failure) {
    closePipe();
    boolean unused = outcome.completeExceptionally(failure);
  }

  void run(Connection connection) {
    if (cancelled.get()) {
      refuse(EngineFailure.cancelled());
      return;
    }
    Session.Result result = null;
    Throwable failure = null;
    try {
      result = execute(connection.session(order.needs()));
    } catch (EngineFailure e) {
      failure = cancelled.get() ? EngineFailure.cancelled() : e;
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException e) {
      System.Logger log = System.getLogger(QueryJob.class.getName());
      log.log(System.Logger.Level.ERROR, "a statement failed unexpectedly", e);
      failure = EngineFailure.reported("the engine failed: " + e.getMessage());
    }
    closePipe();
    if (failure != null || cancelled.get() || sessionChanged) {
      // libchdb keeps what is left of an unfinished statement until its connection closes, and what
      // SET or USE changed is not for the next request.
      connection.drop(order.needs());
    }
    boolean unused =
        failure == null ? outcome.complete(result) : outcome.completeExceptionally(failure);
  }

  private Session.Result execute(Session session) throws IOException {
    QueryText text = order.text();
    if (text.several()) {
      throw EngineFailure.of(
          EngineFailure.SYNTAX_ERROR, "SYNTAX_ERROR", "Multi-statements are not allowed");
    }
    boolean oneRead = text.kind() != QueryText.Kind.INSERT_DATA && isOneRead(session, text);
    if (order.role() == Role.READER) {
      guard(session, oneRead);
    }
    return switch (text.kind()) {
      case SELECT ->
          oneRead && pipe != null
              ? session.run(
                  tag + text.into("/dev/fd/" + pipe.write(), order.format()),
                  order.format(),
                  order.parameters())
              : session.run(tag + text.whole(), order.format(), order.parameters());
      case OTHER -> {
        sessionChanged = session.analyze(text.whole()).mayChangeSession();
        yield session.run(tag + text.whole(), order.format(), order.parameters());
      }
      case INSERT_DATA -> new Session.Result(new byte[0], insert(session));
    };
  }

  /// Whether ClickHouse's parser sees one statement that reads, with its FORMAT clause where ours
  /// saw it: what stands before it must be a whole statement by itself.
  private static boolean isOneRead(Session session, QueryText text) {
    return session.analyze(text.whole()).isOneRead()
        && (text.format().isEmpty() || session.analyze(text.head()).isOneRead());
  }

  private Counts insert(Session session) throws IOException {
    QueryText text = order.text();
    return session.insert(
        tag + text.head(),
        text.format().orElse("Values"),
        order.parameters(),
        data == null ? InputStream.nullInputStream() : data,
        cancelled::get);
  }

  /// What a reader's connection does not refuse by itself: client-side statements such as INTO
  /// OUTFILE or USE, the function `file`, which asks for no right, and the tables of `system`.
  private void guard(Session session, boolean oneRead) {
    QueryText text = order.text();
    if (!oneRead) {
      // Text that does not parse gets ClickHouse's own message.
      if (text.kind() != QueryText.Kind.INSERT_DATA && session.analyze(text.whole()).isUnknown()) {
        return;
      }
      throw EngineFailure.of(
          EngineFailure.READONLY, "READONLY", "Cannot execute query in readonly mode.");
    }
    if (text.kind() == QueryText.Kind.OTHER && !text.describes()) {
      throw EngineFailure.of(
          EngineFailure.READONLY, "READONLY", "A reader may SELECT, EXPLAIN, DESCRIBE, EXISTS.");
    }
    if (text.needsProof() && !text.parsesOnly() && !provenHarmless(session)) {
      throw EngineFailure.of(
          EngineFailure.ACCESS_DENIED,
          "ACCESS_DENIED",
          "Not enough privileges. The function file and the tables of system are not allowed.");
    }
  }

  /// Looks at what the names really mean, in ClickHouse's own resolved tree of the query.
  private boolean provenHarmless(Session session) {
    if (order.text().kind() != QueryText.Kind.SELECT) {
      return false;
    }
    try {
      byte[] tree =
          session
              .run(tag + "EXPLAIN QUERY TREE\n" + order.text().head(), "TSVRaw", order.parameters())
              .bytes();
      return !FORBIDDEN.matcher(new String(tree, StandardCharsets.UTF_8)).find();
    } catch (EngineFailure _) {
      // The message may quote what the function read, so it is not passed on.
      return false;
    }
  }

  private void closePipe() {
    if (pipe != null) {
      Libc.close(pipe.write());
    }
  }
}
