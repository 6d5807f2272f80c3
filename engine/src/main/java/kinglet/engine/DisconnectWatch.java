// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Looks every tenth of a second whether clients that wait for an answer are still there.
final class DisconnectWatch implements AutoCloseable {
  private static final long PERIOD_MILLIS = 100;

  private final Map<HttpConnection, Runnable> watched = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("disconnect-watch").daemon(true).factory());

  DisconnectWatch() {
    var unused =
        thread.scheduleWithFixedDelay(
            this::look, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Runs `gone` once if the client leaves before [#end].
  void begin(HttpConnection connection, Runnable gone) {
    watched.put(connection, gone);
  }

  /// After this the watch does not touch the connection any more.
  void end(HttpConnection connection) {
    synchronized (connection) {
      watched.remove(connection);
    }
  }

  private void look() {
    for (Iterator<Map.Entry<HttpConnection, Runnable>> all = watched.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<HttpConnection, Runnable> entry = all.next();
      HttpConnection connection = entry.getKey();
      synchronized (connection) {
        if (watched.containsKey(connection) && connection.clientGone()) {
          all.remove();
          entry.getValue().run();
        }
      }
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
