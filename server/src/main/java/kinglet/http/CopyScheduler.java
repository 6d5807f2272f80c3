// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CronSchedule;
import kinglet.catalog.PausedCopies;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.thread.EachMinute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts the copies that are due, each minute; a minute in which the server did not run is over.
///
/// One thread looks; the copies are jobs. Those of branches run on demand only.
public final class CopyScheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CopyScheduler.class);

  private final Catalog catalog;
  private final Tokens tokens;
  private final PausedCopies paused;
  private final CopyRoutes copies;
  private final EachMinute minutes;

  public CopyScheduler(
      Catalog catalog, Tokens tokens, PausedCopies paused, CopyRoutes copies, InstantSource clock) {
    this.catalog = catalog;
    this.tokens = tokens;
    this.paused = paused;
    this.copies = copies;
    this.minutes = new EachMinute("copies", clock, this::run);
  }

  public void start() {
    minutes.start();
  }

  /// Starts what is due in the minute of an instant.
  public void run(Instant instant) {
    Instant minute = instant.truncatedTo(ChronoUnit.MINUTES);
    for (Resources resources : catalog.all()) {
      if (!resources.workspace().isBranch()) {
        resources.pipes().stream()
            .filter(pipe -> isDue(pipe, minute))
            .forEach(pipe -> start(resources, pipe, minute));
      }
    }
  }

  private boolean isDue(CompiledPipe pipe, Instant minute) {
    if (!(pipe.pipe().kind() instanceof PipeKind.Copy copy) || paused.contains(pipe.pipe())) {
      return false;
    }
    Optional<CronSchedule> schedule = copy.schedule().flatMap(CronSchedule::parse);
    ZoneId zone = ZoneId.of(copy.timezone().orElse("UTC"));
    return schedule.filter(cron -> cron.includes(minute.atZone(zone))).isPresent();
  }

  private void start(Resources resources, CompiledPipe pipe, Instant minute) {
    try {
      Job _ =
          copies.runScheduled(
              resources.workspace(),
              tokens.workspaceAdmin(resources.workspace().id()),
              pipe,
              minute);
    } catch (PlatformException e) {
      LOG.atWarn()
          .addKeyValue("pipe", pipe.name())
          .addKeyValue("code", e.code().code())
          .addKeyValue("reason", e.text())
          .log("scheduled copy was not started");
    }
  }

  @Override
  public void close() {
    minutes.close();
  }
}
