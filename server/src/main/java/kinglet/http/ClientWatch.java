// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import kinglet.thread.Threads;

/// Notices clients that leave while their answer is made, so that it is not made for nobody.
///
/// One platform thread looks now and then at the answers under way; an answer that is there before
/// costs no more than an entry in a set.
final class ClientWatch implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMillis(100);

  private final Set<ClientLine> lines = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread = Threads.scheduler("client-watch");
  private final ExecutorService readers = Threads.platformPool("client-ahead");

  ClientWatch() {
    var unused =
        thread.scheduleWithFixedDelay(
            this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Runs what makes an answer, on the connection's thread; a client that leaves interrupts it.
  void whileWaiting(ClientLine line, Runnable answer) {
    line.begin();
    lines.add(line);
    try {
      answer.run();
    } finally {
      lines.remove(line);
      line.end();
    }
  }

  private void look() {
    lines.forEach(line -> line.look(readers));
  }

  @Override
  public void close() {
    thread.shutdownNow();
    readers.shutdownNow();
  }
}
