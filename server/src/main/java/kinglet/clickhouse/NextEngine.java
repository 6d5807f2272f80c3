// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import kinglet.error.PlatformException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does long work again that lost its engine, with the next one. The work knows what it has done.
///
/// @param turn is called while there is no engine, and may end the work by throwing
public record NextEngine(ClickHouse clickHouse, Runnable turn) {
  private static final Logger LOG = LoggerFactory.getLogger(NextEngine.class);

  /// Work that brings the engine down each time is given up.
  private static final int LOST_MAX = 3;

  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(100);

  public void run(Runnable work) {
    for (int lost = 0; ; lost++) {
      try {
        work.run();
        return;
      } catch (PlatformException | UncheckedIOException e) {
        if (!isLost(e) || lost == LOST_MAX) {
          throw e;
        }
        LOG.atWarn().setCause(e).log("the engine went away");
        await();
      }
    }
  }

  private static boolean isLost(RuntimeException e) {
    return e instanceof UncheckedIOException
        || e.getCause() instanceof UncheckedIOException
        || e instanceof PlatformException known
            && known.code() == ClickHouseError.ENGINE_UNAVAILABLE;
  }

  /// Ends when there is an engine, or after a time.
  private void await() {
    long deadline = System.nanoTime() + WAIT.toNanos();
    do {
      LockSupport.parkNanos(PAUSE.toNanos());
      turn.run();
    } while (!clickHouse.ping() && System.nanoTime() < deadline);
  }
}
