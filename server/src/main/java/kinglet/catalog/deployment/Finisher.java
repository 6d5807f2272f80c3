// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Repeats, once a second, what a deployment could not finish because ClickHouse was away.
///
/// Owns one thread, which is started when it is first needed.
final class Finisher {
  private static final Logger LOG = LoggerFactory.getLogger(Finisher.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final class Lazy {
    static final ScheduledExecutorService SCHEDULER = Threads.scheduler("deployments");
  }

  /// Tries `work` until it answers true.
  void later(BooleanSupplier work) {
    var _ = Lazy.SCHEDULER.schedule(() -> attempt(work), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void attempt(BooleanSupplier work) {
    boolean done = false;
    try {
      done = work.getAsBoolean();
    } catch (PlatformException e) {
      LOG.atDebug().setCause(e).log("deployment is still not finished");
    }
    if (!done) {
      later(work);
    }
  }
}
