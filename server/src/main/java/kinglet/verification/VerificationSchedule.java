// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import kinglet.catalog.Catalog;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.thread.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Verifies what was read of every feature service and view since the last time, again and again.
///
/// One thread submits; the verifications are jobs. Branches are verified on demand only.
public final class VerificationSchedule implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VerificationSchedule.class);

  /// Reads are written down some time after they were served: so much is looked at once more.
  private static final Duration OVERLAP = Duration.ofMinutes(1);

  private final Catalog catalog;
  private final Verifications verifications;
  private final Verifications.Queries queries;
  private final InstantSource clock;
  private final ScheduledExecutorService thread = Threads.scheduler("verifications");

  /// The last job of each, by workspace and name; of the thread alone.
  private final Map<String, Job> last = new HashMap<>();

  public VerificationSchedule(
      Catalog catalog,
      Verifications verifications,
      Verifications.Queries queries,
      InstantSource clock) {
    this.catalog = catalog;
    this.verifications = verifications;
    this.queries = queries;
    this.clock = clock;
  }

  /// Begins, unless the time between two verifications is none.
  public void start(Duration every) {
    if (every.isPositive()) {
      var _ =
          thread.scheduleAtFixedRate(
              () -> run(every), every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void run(Duration every) {
    try {
      for (Resources resources : catalog.all()) {
        if (!resources.workspace().isBranch()) {
          verifications
              .names(resources.workspace())
              .forEach(name -> verify(resources.workspace(), name, every));
        }
      }
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("scheduled verifications could not be started");
    }
  }

  /// One whose last verification has not ended is verified from there on the next time.
  private void verify(Workspace workspace, String name, Duration every) {
    String key = workspace.id() + "/" + name;
    Job before = last.get(key);
    if (before != null && !verifications.hasEnded(before)) {
      return;
    }
    Instant from = before == null ? clock.instant().minus(every) : before.createdAt();
    try {
      last.put(
          key,
          verifications.submit(
              workspace,
              name,
              Optional.of(from.minus(OVERLAP).toString()),
              Optional.empty(),
              false,
              queries));
    } catch (PlatformException e) {
      LOG.atWarn()
          .addKeyValue("name", name)
          .addKeyValue("code", e.code().code())
          .addKeyValue("reason", e.text())
          .log("scheduled verification was not started");
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
