// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import kinglet.thread.Threads;
import org.jspecify.annotations.Nullable;

/// The connections of one client: a bounded number, kept for the next call as long as the server
/// surely keeps them too. Thread-safe.
///
/// A connection is looked at before it is used again, so that no request is sent into one that the
/// server has left; what was sent is never sent again.
final class ConnectionPool implements AutoCloseable {
  private static final int OPEN_MAX = 256;
  private static final int IDLE_MAX = 64;

  /// Shorter than servers wait: our engine two minutes, ClickHouse 30 s, before 24.4 it was 10 s.
  private static final Duration IDLE_TIME_MAX = Duration.ofSeconds(8);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration PLACE_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration LAST_WORD_MAX = Duration.ofSeconds(1);
  private static final Duration LOOK_PERIOD = Duration.ofMillis(100);

  private final Supplier<SSLSocketFactory> tls;
  private final Semaphore places = new Semaphore(OPEN_MAX);

  /// The one used last comes first.
  private final Deque<HttpConnection> idle = new ConcurrentLinkedDeque<>();

  private final Set<HttpConnection> used = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService watch = Threads.scheduler("clickhouse-connections");
  private volatile boolean closed;

  ConnectionPool(Supplier<SSLSocketFactory> tls) {
    this.tls = tls;
    var unused =
        watch.scheduleWithFixedDelay(
            this::look, LOOK_PERIOD.toMillis(), LOOK_PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Sends a request and answers when its answer has begun.
  ///
  /// A server that refuses a body early may say why and close: what it said counts more than the
  /// broken write.
  HttpResponse send(HttpRequest request) throws IOException, InterruptedException {
    HttpConnection connection = take(request.base());
    boolean begun = false;
    try {
      connection.begin(request.answerMax(), request.stallMax());
      boolean sent = write(request, connection);
      HttpResponse response = HttpResponse.read(connection, this, sent);
      begun = true;
      return response;
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw interrupted(e);
      }
      throw e;
    } finally {
      if (!begun) {
        drop(connection);
      }
    }
  }

  /// Whether all of it was sent; if not, the server has the last word.
  private static boolean write(HttpRequest request, HttpConnection connection) throws IOException {
    HttpConnection.Output output = connection.output();
    try {
      request.writeTo(output);
      return true;
    } catch (RuntimeException e) {
      throw new IOException("the request could not be written", e);
    } catch (IOException e) {
      if (!output.broken()) {
        throw e;
      }
      connection.begin(LAST_WORD_MAX, LAST_WORD_MAX);
      return false;
    }
  }

  private static InterruptedException interrupted(IOException cause) {
    InterruptedException interrupted = new InterruptedException("the channel was closed");
    interrupted.addSuppressed(cause);
    return interrupted;
  }

  /// A connection to there, for one call; [#giveBack] or [#drop] ends it.
  private HttpConnection take(URI base) throws IOException, InterruptedException {
    if (!places.tryAcquire(PLACE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("all " + OPEN_MAX + " connections are in use");
    }
    HttpConnection taken = null;
    try {
      taken = kept(base);
      if (taken == null) {
        taken = HttpConnection.open(base, tls, CONNECT_TIMEOUT);
      }
      used.add(taken);
      if (closed) {
        throw new IOException("the client is closed");
      }
      return taken;
    } catch (IOException | RuntimeException e) {
      if (taken != null) {
        used.remove(taken);
        taken.close();
      }
      places.release();
      throw e;
    }
  }

  private @Nullable HttpConnection kept(URI base) {
    long now = System.nanoTime();
    for (HttpConnection next = idle.pollFirst(); next != null; next = idle.pollFirst()) {
      if (next.idleNanos(now) < IDLE_TIME_MAX.toNanos() && next.usableFor(base)) {
        return next;
      }
      next.close();
    }
    return null;
  }

  /// Keeps a connection whose answer was read to its end.
  void giveBack(HttpConnection connection) {
    if (closed || idle.size() >= IDLE_MAX) {
      drop(connection);
      return;
    }
    if (used.remove(connection)) {
      connection.idleSince(System.nanoTime());
      idle.addFirst(connection);
      places.release();
      if (closed) {
        connection.close();
      }
    }
  }

  /// Closes a connection; a statement that it waits for is cancelled by that.
  void drop(HttpConnection connection) {
    connection.close();
    if (used.remove(connection)) {
      places.release();
    }
  }

  private void look() {
    long now = System.nanoTime();
    used.forEach(connection -> connection.closeIfStalled(now));
    for (HttpConnection connection : idle) {
      if (connection.idleNanos(now) > IDLE_TIME_MAX.toNanos() && idle.remove(connection)) {
        connection.close();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    watch.shutdownNow();
    used.forEach(HttpConnection::close);
    idle.forEach(HttpConnection::close);
  }
}
