// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Asks ClickHouse itself for a sign of life, on a platform thread with a session of its own.
///
/// An answer that is a failure, such as no memory left, is a sign of life too.
final class Heartbeat {
  private static final long PERIOD_MILLIS = 250;

  private final Session session;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("heartbeat").daemon(true).factory());
  private volatile long lastNanos = System.nanoTime();

  Heartbeat(Session session) {
    this.session = session;
    var unused =
        thread.scheduleWithFixedDelay(
            this::beat, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void beat() {
    try {
      Session.Result unused = session.run("SELECT 1", "TabSeparated", Map.of());
      lastNanos = System.nanoTime();
    } catch (EngineFailure _) {
      lastNanos = System.nanoTime();
    }
  }

  /// How long ago ClickHouse last answered.
  long ageMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastNanos);
  }

  void close() throws InterruptedException {
    thread.shutdownNow();
    if (thread.awaitTermination(2, TimeUnit.SECONDS)) {
      session.close();
    }
  }
}
