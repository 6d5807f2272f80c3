// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.util.stream.Collectors;
import kinglet.catalog.FeatureStats;
import kinglet.catalog.Identifiers;
import kinglet.catalog.ServiceDataSource;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;

/// Makes the tables of the service data sources where they are missing.
///
/// Each is partitioned by workspace. They are logs: what the machine had not yet written when it
/// lost power may be lost, so their parts are not fsynced.
final class ServiceTables {
  private static final String SETTINGS =
      " SETTINGS fsync_after_insert = 0, fsync_part_directory = 0,"
          + " min_rows_to_fsync_after_merge = 0, non_replicated_deduplication_window = 100";

  /// `quantilesTiming` counts whole numbers, hence milliseconds.
  private static final String STATS_VIEW =
      """
      CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.pipe_stats_view TO {stats} AS
      SELECT {owner}, toDate(start_datetime) AS date, pipe_id, pipe_name,
             count() AS view_count, sum(error) AS error_count,
             avgState(duration) AS avg_duration_state,
             quantilesTimingState(0.9, 0.95, 0.99)(toFloat32(duration * 1000))
               AS quantile_timing_state,
             sum(read_bytes) AS read_bytes_sum, sum(read_rows) AS read_rows_sum,
             any(resource_tags) AS resource_tags
      FROM {calls} GROUP BY {owner}, date, pipe_id, pipe_name
      """;

  private static final String FEATURE_STATS_VIEW =
      """
      CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.feature_stats_view TO {stats} AS
      WITH {values}, dateDiff('microsecond', freshness, read_at) / 1e6 AS age
      SELECT {owner}, toStartOfHour(read_at) AS hour, 'served' AS source, feature_view, version,
             feature, {parts}
      FROM {reads} ARRAY JOIN features AS feature, values AS value
      GROUP BY {owner}, hour, source, feature_view, version, feature
      """;

  /// Nothing says how old the events are that a service computes of.
  private static final String SERVICE_STATS_VIEW =
      """
      CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.service_stats_view TO {stats} AS
      WITH {values}, '' AS status, CAST(NULL, 'Nullable(Float64)') AS age
      SELECT {owner}, toStartOfHour(read_at) AS hour, 'computed' AS source,
             service AS feature_view, version, feature, {parts}
      FROM {reads} ARRAY JOIN features AS feature, values AS value
      GROUP BY {owner}, hour, source, feature_view, version, feature
      """;

  private ServiceTables() {}

  static void create(ClickHouse clickHouse) {
    String database = Identifiers.quote(ServiceDataSource.DATABASE);
    define(clickHouse, "CREATE DATABASE IF NOT EXISTS " + database);
    for (ServiceDataSource source : ServiceDataSource.values()) {
      define(clickHouse, table(source));
    }
    define(
        clickHouse,
        view(STATS_VIEW, ServiceDataSource.PIPE_STATS)
            .replace("{calls}", ServiceDataSource.PIPE_STATS_RT.sqlName()));
    define(clickHouse, stats(FEATURE_STATS_VIEW, ServiceDataSource.FEATURE_READS));
    define(clickHouse, stats(SERVICE_STATS_VIEW, ServiceDataSource.SERVICE_READS));
  }

  private static String stats(String sql, ServiceDataSource reads) {
    return view(sql, ServiceDataSource.FEATURE_STATS)
        .replace("{values}", FeatureStats.VALUES)
        .replace("{parts}", FeatureStats.PARTS)
        .replace("{reads}", reads.sqlName());
  }

  private static String view(String sql, ServiceDataSource stats) {
    return sql.replace("{database}", Identifiers.quote(ServiceDataSource.DATABASE))
        .replace("{stats}", stats.sqlName())
        .replace("{owner}", Identifiers.quote(ServiceDataSource.OWNER));
  }

  private static void define(ClickHouse clickHouse, String sql) {
    clickHouse.execute(Statement.of(Role.ADMIN, sql));
  }

  private static String table(ServiceDataSource source) {
    String owner = Identifiers.quote(ServiceDataSource.OWNER);
    return "CREATE TABLE IF NOT EXISTS "
        + source.sqlName()
        + " ("
        + owner
        + " String, "
        + (source == ServiceDataSource.FEATURE_STATS
            ? FeatureStats.TABLE
            : source.columns().stream()
                .map(column -> Identifiers.quote(column.name()) + " " + column.type())
                .collect(Collectors.joining(", ")))
        + ") ENGINE = "
        + engine(source)
        + " PARTITION BY "
        + owner
        + " ORDER BY ("
        + owner
        + ", "
        + key(source)
        + ") TTL toDateTime("
        + source.time()
        + ") + INTERVAL "
        + source.days()
        + " DAY"
        + SETTINGS;
  }

  private static String engine(ServiceDataSource source) {
    return switch (source) {
      case PIPE_STATS -> "SummingMergeTree";
      case JOBS_LOG -> "ReplacingMergeTree(updated_at)";
      case FEATURE_STATS -> "AggregatingMergeTree";
      default -> "MergeTree";
    };
  }

  private static String key(ServiceDataSource source) {
    return switch (source) {
      case PIPE_STATS -> "date, pipe_id, pipe_name";
      case JOBS_LOG -> "job_id";
      case FEATURE_STATS -> "source, feature_view, feature, version, hour";
      default -> source.time();
    };
  }
}
