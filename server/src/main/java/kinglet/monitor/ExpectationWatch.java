// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import kinglet.catalog.DataSource;
import kinglet.catalog.Expectation;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.monitor.Alert.Kind;
import kinglet.monitor.Alert.Subject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks whether data sources get the rows that are expected of them: soon enough, and enough of
/// them.
public final class ExpectationWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ExpectationWatch.class);
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  /// Rows since a time. Parts that were written before it have none, so that they are not read.
  private static final String ROWS_SINCE =
      "SELECT count() FROM {table} WHERE _part IN (SELECT name FROM system.parts WHERE database ="
          + " {database:String} AND table = {name:String} AND active AND modification_time >="
          + " toDateTime({second:Int64})) AND __ingested_at >="
          + " fromUnixTimestamp64Micro({micros:Int64}, 'UTC')";

  private static final String NEWEST =
      "SELECT toUnixTimestamp64Micro(max(__ingested_at)) FROM {table}";

  private final ClickHouse clickHouse;
  private final Alerts alerts;
  private final Counts counts;

  public ExpectationWatch(ClickHouse clickHouse, Alerts alerts, Counts counts) {
    this.clickHouse = clickHouse;
    this.alerts = alerts;
    this.counts = counts;
  }

  /// Hears whether an expectation held.
  @FunctionalInterface
  public interface Counts {
    void add(DataSource source, Expectation expectation, boolean failed);
  }

  void look(Resources resources, Instant now) {
    for (DataSource source : resources.dataSources()) {
      if (source.engine().kind().hiddenColumns()) {
        try {
          look(source, now);
        } catch (PlatformException e) {
          // Nothing is said of rows that cannot be seen.
          LOG.atWarn()
              .addKeyValue("data_source", source.name())
              .addKeyValue("reason", e.text())
              .log("expectations were not looked at");
        }
      }
    }
  }

  private void look(DataSource source, Instant now) {
    Set<Subject> subjects = new HashSet<>();
    for (Expectation expectation : source.expectations()) {
      switch (expectation) {
        case Expectation.Freshness freshness -> subjects.add(fresh(source, freshness, now));
        case Expectation.Volume volume -> subjects.add(enough(source, volume, now));
        case Expectation.Check _ -> {}
      }
    }
    alerts.keepOnly(
        source.workspaceId(), Kind.DATA_SOURCE, source.name(), subjects, isTold(source));
  }

  /// A data source that never had a row is as old as it is.
  private Subject fresh(DataSource source, Expectation.Freshness expected, Instant now) {
    Subject subject = subject(source, expected, "freshness");
    Instant since = now.minus(expected.age());
    boolean stale = !source.createdAt().isAfter(since) && rows(source, since) == 0;
    if (!stale) {
      alerts.measured(subject, 0, expected.age().toSeconds(), false, isTold(source));
    } else if (!alerts.isOpen(subject)) {
      Instant newest = newest(source);
      Instant last = newest.isAfter(source.createdAt()) ? newest : source.createdAt();
      alerts.measured(
          subject,
          ChronoUnit.MILLIS.between(last, now) / 1e3,
          expected.age().toSeconds(),
          true,
          isTold(source));
    }
    counts.add(source, expected, stale);
    return subject;
  }

  private Subject enough(DataSource source, Expectation.Volume expected, Instant now) {
    Subject subject = subject(source, expected, "volume");
    Instant since = now.minus(expected.span());
    if (!source.createdAt().isAfter(since)) {
      long rows = rows(source, since);
      boolean failed = rows < expected.rows();
      alerts.measured(subject, rows, expected.rows(), failed, isTold(source));
      counts.add(source, expected, failed);
    }
    return subject;
  }

  private static boolean isTold(DataSource source) {
    return source.webhook().isPresent();
  }

  private static Subject subject(DataSource source, Expectation expectation, String measure) {
    return new Subject(
        source.workspaceId(), Kind.DATA_SOURCE, source.name(), "", expectation.name(), measure);
  }

  private long rows(DataSource source, Instant since) {
    return number(
        source,
        ROWS_SINCE,
        Map.of(
            "database", source.database(),
            "name", source.table(),
            "second", Long.toString(since.getEpochSecond()),
            "micros", Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, since))));
  }

  private Instant newest(DataSource source) {
    return Instant.EPOCH.plus(number(source, NEWEST, Map.of()), ChronoUnit.MICROS);
  }

  private long number(DataSource source, String sql, Map<String, String> parameters) {
    return Long.parseLong(
        clickHouse
            .text(
                Statement.of(
                        Role.ADMIN,
                        sql.replace(
                            "{table}", Identifiers.quote(source.database(), source.table())))
                    .withParameters(parameters)
                    .withTimeout(TIMEOUT)
                    .withFormat("TSV"))
            .strip());
  }
}
