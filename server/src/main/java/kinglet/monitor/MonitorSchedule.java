// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import kinglet.catalog.Catalog;
import kinglet.catalog.CronSchedule;
import kinglet.catalog.Monitor;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.monitor.Alert.Subject;
import kinglet.thread.EachMinute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts the monitors that are due, each minute, and looks at data sources; a minute in which the
/// server did not run is over.
///
/// Monitors of branches run on demand only.
public final class MonitorSchedule implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MonitorSchedule.class);

  /// So long after an hour its rows are stored.
  private static final Duration FLUSHED = Duration.ofMinutes(2);

  private final Catalog catalog;
  private final Monitors monitors;
  private final Alerts alerts;
  private final Webhooks webhooks;
  private final ExpectationWatch expectations;
  private final IngestionStats ingestion;
  private final EachMinute minutes;

  public MonitorSchedule(
      Catalog catalog,
      Monitors monitors,
      Alerts alerts,
      Webhooks webhooks,
      ExpectationWatch expectations,
      IngestionStats ingestion,
      InstantSource clock) {
    this.catalog = catalog;
    this.monitors = monitors;
    this.alerts = alerts;
    this.webhooks = webhooks;
    this.expectations = expectations;
    this.ingestion = ingestion;
    this.minutes = new EachMinute("monitors", clock, this::run);
  }

  public void start() {
    minutes.start();
  }

  /// Does what is due in the minute of an instant.
  public synchronized void run(Instant instant) {
    Instant minute = instant.truncatedTo(ChronoUnit.MINUTES);
    for (Resources resources : catalog.all()) {
      if (!resources.workspace().isBranch()) {
        resources.monitors().stream()
            .filter(monitor -> isDue(monitor, minute))
            .forEach(monitor -> start(resources.workspace(), monitor));
        expectations.look(resources, instant);
        ingestion.look(resources, minute.minus(FLUSHED));
      }
    }
    alerts.open().stream().map(Alert::subject).distinct().forEach(this::settle);
    webhooks.tell();
  }

  private static boolean isDue(Monitor monitor, Instant minute) {
    return monitor
        .schedule()
        .flatMap(CronSchedule::parse)
        .filter(cron -> cron.includes(minute.atZone(ZoneOffset.UTC)))
        .isPresent();
  }

  private void start(Workspace workspace, Monitor monitor) {
    try {
      Job _ = monitors.submit(workspace, monitor.name());
    } catch (PlatformException e) {
      LOG.atWarn()
          .addKeyValue("monitor", monitor.name())
          .addKeyValue("code", e.code().code())
          .addKeyValue("reason", e.text())
          .log("monitor was not started");
    }
  }

  /// What was removed alerts no more.
  private void settle(Subject subject) {
    boolean there =
        catalog
            .current(subject.workspaceId())
            .filter(resources ->
                switch (subject.kind()) {
                  case MONITOR -> resources.monitor(subject.owner()).isPresent();
                  case DATA_SOURCE -> resources.dataSource(subject.owner()).isPresent();
                })
            .isPresent();
    if (!there) {
      alerts.keepOnly(subject.workspaceId(), subject.kind(), subject.owner(), Set.of(), false);
    }
  }

  @Override
  public void close() {
    minutes.close();
  }
}
