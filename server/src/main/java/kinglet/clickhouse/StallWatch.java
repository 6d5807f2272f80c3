// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import kinglet.thread.Threads;

/// Closes answers whose next bytes do not come: the HTTP client's own timeout ends with the
/// headers.
///
/// Only the time a reader waits counts, so a slow reader is no stall. One platform thread looks;
/// the answers are read anywhere.
final class StallWatch implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final Set<Watched> open = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService thread = Threads.scheduler("clickhouse-stall-watch");

  StallWatch() {
    var unused =
        thread.scheduleWithFixedDelay(
            this::look, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// The same bytes; a read that waits longer than this fails.
  InputStream watched(InputStream in, Duration atMost) {
    Watched watched = new Watched(in, atMost.toNanos());
    open.add(watched);
    return watched;
  }

  private void look() {
    long now = System.nanoTime();
    for (Watched watched : open) {
      watched.closeIfStalled(now);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }

  private final class Watched extends InputStream {
    private final InputStream in;
    private final long atMostNanos;

    /// When the current read began, by the nanosecond clock; 0 while nobody reads.
    private volatile long readingSinceNanos;

    Watched(InputStream in, long atMostNanos) {
      this.in = in;
      this.atMostNanos = atMostNanos;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      readingSinceNanos = System.nanoTime() | 1;
      int count = in.read(into, offset, length);
      readingSinceNanos = 0;
      if (count < 0) {
        open.remove(this);
      }
      return count;
    }

    void closeIfStalled(long nowNanos) {
      long since = readingSinceNanos;
      if (since != 0 && nowNanos - since > atMostNanos) {
        try {
          close();
        } catch (IOException _) {
          // The reader, which is woken by this, tells.
          return;
        }
      }
    }

    @Override
    public void close() throws IOException {
      open.remove(this);
      in.close();
    }
  }
}
