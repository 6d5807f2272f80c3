// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.spi.ServerConnection;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/// A connection that a platform thread serves, while the virtual one it came on waits for its end.
/* A virtual thread keeps its carrier for as long as it computes: a few large bodies would let all
 * other requests stand still, which the kernel does not. And the bytes of a request wake a platform
 * thread at once, a virtual one by way of a poller and a carrier. */
final class ThreadedConnection implements ServerConnection, InterruptableTask<Void> {
  private final ServerConnection connection;
  private final Runnable begin;
  private final ExecutorService threads;

  /// @param begin runs first on the connection's thread
  ThreadedConnection(ServerConnection connection, Runnable begin, ExecutorService threads) {
    this.connection = connection;
    this.begin = begin;
    this.threads = threads;
  }

  @Override
  public void handle(Limit limit) throws InterruptedException {
    Future<Void> served =
        threads.submit(() -> {
          begin.run();
          connection.handle(limit);
          return null;
        });
    try {
      Void unused = served.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException("a connection failed", e);
      }
    } catch (InterruptedException e) {
      connection.close(true);
      throw new CloseConnectionException("the connection is to end", e);
    }
  }

  @Override
  public Duration idleTime() {
    return connection.idleTime();
  }

  @Override
  public void close(boolean interrupt) {
    connection.close(interrupt);
  }

  @Override
  public boolean canInterrupt() {
    return connection instanceof InterruptableTask<?> task && task.canInterrupt();
  }

  @Override
  public Void call() {
    throw new UnsupportedOperationException("a connection is handled, not called");
  }
}
