// SPDX-License-Identifier: Apache-2.0
package kinglet.thread;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls something at the beginning of each minute, on a thread of its own.
public final class EachMinute implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EachMinute.class);

  /// A little after the minute began, so that the clock surely says so.
  private static final long LATE_MILLIS = 20;

  private final String name;
  private final InstantSource clock;
  private final Consumer<Instant> work;
  private final ScheduledExecutorService thread;

  /// @param work takes the time; what it throws is logged
  public EachMinute(String name, InstantSource clock, Consumer<Instant> work) {
    this.name = name;
    this.clock = clock;
    this.work = work;
    this.thread = Threads.scheduler(name);
  }

  public void start() {
    await(clock.instant());
  }

  private void await(Instant now) {
    Instant next = now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    var _ =
        thread.schedule(
            this::tick, ChronoUnit.MILLIS.between(now, next) + LATE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      work.accept(clock.instant());
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).addKeyValue("thread", name).log("the work of a minute failed");
    } finally {
      await(clock.instant());
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
