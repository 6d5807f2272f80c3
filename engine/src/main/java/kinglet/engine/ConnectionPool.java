// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// The connections of one role, each on a platform thread of its own, with one bounded queue in
/// front.
///
/// A full queue refuses at once.
final class ConnectionPool {
  private static final long POLL_MILLIS = 200;
  private static final long STOP_MILLIS = 5_000;

  private final Role role;
  private final BlockingQueue<QueryJob> queue;
  private final CountDownLatch ended;
  private volatile boolean stopping;

  /// @param connections made one after the other on the calling thread, then handed to their
  ///   threads
  ConnectionPool(Role role, int size, int queueMax, Supplier<Connection> connections) {
    this.role = role;
    this.queue = new ArrayBlockingQueue<>(queueMax);
    this.ended = new CountDownLatch(size);
    List<Connection> made = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      made.add(connections.get());
    }
    for (int i = 0; i < size; i++) {
      Connection connection = made.get(i);
      EngineThreads.start(role.name().toLowerCase(Locale.ROOT) + "-" + i, () -> serve(connection));
    }
  }

  void submit(QueryJob job) {
    if (stopping || !queue.offer(job)) {
      throw EngineFailure.of(
          EngineFailure.TOO_MANY_QUERIES,
          "TOO_MANY_SIMULTANEOUS_QUERIES",
          "Too many statements wait for a connection of the role "
              + role.name().toLowerCase(Locale.ROOT)
              + "; try again shortly.");
    }
  }

  private void serve(Connection connection) {
    try (connection) {
      while (!stopping) {
        QueryJob job = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (job != null) {
          job.run(connection);
        }
      }
      for (QueryJob job = queue.poll(); job != null; job = queue.poll()) {
        job.refuse(EngineFailure.cancelled());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      ended.countDown();
    }
  }

  /// Waits for the running statements, which the caller has cancelled.
  void close() throws InterruptedException {
    stopping = true;
    boolean unused = ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Whether every connection is closed.
  boolean isClosed() {
    return ended.getCount() == 0;
  }
}
