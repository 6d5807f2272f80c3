// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.catalog.DataSource;
import kinglet.catalog.FeatureStats;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.catalog.ServiceDataSource;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureReads;
import kinglet.feature.ViewReport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Adds what came in over the last hour to the statistics: the columns that features are computed
/// of. Belongs to one thread.
public final class IngestionStats {
  private static final Logger LOG = LoggerFactory.getLogger(IngestionStats.class);
  private static final Duration TIMEOUT = Duration.ofMinutes(10);

  /// Of more rows of an hour, a share is taken.
  private static final long ROWS_MAX = 1_000_000;

  /// Parts that were written before the hour have none of its rows, so that they are not read.
  private static final String ROWS =
      " FROM {table} WHERE _part IN (SELECT name FROM system.parts WHERE database ="
          + " {database:String} AND table = {name:String} AND active AND modification_time >="
          + " toDateTime({hour:Int64})) AND __ingested_at >= toDateTime({hour:Int64}) AND"
          + " __ingested_at < toDateTime({hour:Int64} + 3600)";

  private static final String DONE =
      "SELECT count() FROM {stats} WHERE {owner} = {workspace:String} AND source = 'ingested' AND"
          + " feature_view = {view:String} AND hour = toDateTime({hour:Int64})";

  private static final String INSERT =
      "INSERT INTO {stats} WITH {values}, toNullable(micros / 1e6) AS age SELECT {workspace:String} AS"
          + " {owner}, toDateTime({hour:Int64}) AS hour, 'ingested' AS source, {view:String} AS"
          + " feature_view, {version:UInt32} AS version, feature, {parts} FROM (SELECT '' AS status,"
          + " dateDiff('microsecond', toDateTime64({time}, 6, 'UTC'), __ingested_at) AS micros,"
          + " [{columns}] AS values, [{names}] AS features {rows} AND cityHash64(__seq) % {share} ="
          + " 0) ARRAY JOIN features AS feature, values AS value GROUP BY feature";

  private final ClickHouse clickHouse;
  private final FeatureReads features;

  /// The hour of each view that was looked at last.
  private final Map<List<String>, Instant> done = new HashMap<>();

  public IngestionStats(ClickHouse clickHouse, FeatureReads features) {
    this.clickHouse = clickHouse;
    this.features = features;
  }

  /// Adds the hour before the one of an instant, once.
  void look(Resources resources, Instant now) {
    Instant hour = now.truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
    for (ViewReport view : features.reports(resources.workspace())) {
      List<String> key = List.of(resources.workspace().id(), view.name());
      Optional<DataSource> source = resources.dataSource(view.dataSource());
      if (source.isPresent() && !hour.equals(done.put(key, hour))) {
        try {
          add(resources.workspace().id(), view, source.get(), hour);
        } catch (PlatformException e) {
          LOG.atWarn()
              .addKeyValue("feature_view", view.name())
              .addKeyValue("reason", e.text())
              .log("an hour has no statistics of what came in");
        }
      }
    }
  }

  private void add(String workspaceId, ViewReport view, DataSource source, Instant hour) {
    String prefix = view.dataSource() + ".";
    List<String> columns =
        view.columns().stream()
            .flatMap(column -> column.sources().stream())
            .filter(name -> name.startsWith(prefix))
            .map(name -> name.substring(prefix.length()))
            .distinct()
            .sorted()
            .toList();
    Map<String, String> parameters =
        Map.of(
            "workspace", workspaceId,
            "view", view.name(),
            "version", Integer.toString(view.version()),
            "database", source.database(),
            "name", source.table(),
            "hour", Long.toString(hour.getEpochSecond()));
    if (columns.isEmpty() || number(sql(DONE, source), parameters) > 0) {
      return;
    }
    long rows = number(sql("SELECT count()" + ROWS, source), parameters);
    if (rows == 0) {
      return;
    }
    String insert =
        sql(INSERT.replace("{rows}", ROWS), source)
            .replace("{values}", FeatureStats.VALUES)
            .replace("{parts}", FeatureStats.PARTS)
            .replace("{share}", Long.toString((rows + ROWS_MAX - 1) / ROWS_MAX))
            .replace("{time}", Identifiers.quote(view.eventTime()))
            .replace(
                "{columns}",
                listed(columns, name -> "toJSONString(" + Identifiers.quote(name) + ")"))
            .replace("{names}", listed(columns, Identifiers::literal));
    clickHouse.execute(statement(insert, parameters));
  }

  private static String listed(List<String> names, java.util.function.UnaryOperator<String> as) {
    return names.stream().map(as).collect(Collectors.joining(", "));
  }

  private static String sql(String form, DataSource source) {
    return form.replace("{table}", Identifiers.quote(source.database(), source.table()))
        .replace("{stats}", ServiceDataSource.FEATURE_STATS.sqlName())
        .replace("{owner}", Identifiers.quote(ServiceDataSource.OWNER));
  }

  private long number(String sql, Map<String, String> parameters) {
    return Long.parseLong(clickHouse.text(statement(sql, parameters).withFormat("TSV")).strip());
  }

  private static Statement statement(String sql, Map<String, String> parameters) {
    return Statement.of(Role.ADMIN, sql)
        .withParameters(parameters)
        .withSettings(
            Map.of(
                "max_threads", "1",
                "max_execution_time", Long.toString(TIMEOUT.toSeconds()),
                "session_timezone", "UTC",
                "output_format_json_quote_64bit_integers", "0"))
        .withTimeout(TIMEOUT);
  }
}
