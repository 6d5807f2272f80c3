// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A data source the platform fills itself: what happened in a workspace, read as `tinybird.NAME`,
/// or `kinglet.NAME` where only Kinglet has it.
///
/// The rows of all workspaces stand in tables of one database, which no query can name. A query
/// reads [#rowsOf] one workspace; the tables are partitioned by it, so that not even the engine
/// looks at the rows of others.
public enum ServiceDataSource {
  PIPE_STATS_RT(
      "pipe_stats_rt",
      "start_datetime",
      7,
      """
      start_datetime DateTime
      pipe_id String
      pipe_name String
      duration Float32
      read_bytes UInt64
      read_rows UInt64
      result_rows UInt64
      url String
      error UInt8
      request_id String
      token String
      token_name String
      status_code Int32
      method String
      parameters Map(String, String)
      release String
      user_agent String
      resource_tags Array(String)
      cpu_time Nullable(Float32)
      memory_usage Nullable(UInt64)
      """),
  PIPE_STATS(
      "pipe_stats",
      "date",
      90,
      """
      date Date
      pipe_id String
      pipe_name String
      view_count UInt64
      error_count UInt64
      avg_duration_state AggregateFunction(avg, Float32)
      quantile_timing_state AggregateFunction(quantilesTiming(0.9, 0.95, 0.99), Float32)
      read_bytes_sum UInt64
      read_rows_sum UInt64
      resource_tags Array(String)
      """),
  DATASOURCES_OPS_LOG(
      "datasources_ops_log",
      "timestamp",
      30,
      """
      timestamp DateTime
      event_type String
      datasource_id String
      datasource_name String
      result String
      elapsed_time Float32
      error Nullable(String)
      import_id Nullable(String)
      job_id Nullable(String)
      request_id Nullable(String)
      rows Nullable(UInt64)
      rows_quarantine Nullable(UInt64)
      blocks_ids Array(String)
      Options.Names Array(String)
      Options.Values Array(String)
      operation_id String
      read_rows Nullable(UInt64)
      read_bytes Nullable(UInt64)
      written_rows Nullable(UInt64)
      written_rows_quarantine Nullable(UInt64)
      written_bytes Nullable(UInt64)
      written_bytes_quarantine Nullable(UInt64)
      pipe_id String
      pipe_name String
      release String
      resource_tags Array(String)
      cpu_time Nullable(Float32)
      """),
  ENDPOINT_ERRORS(
      "endpoint_errors",
      "start_datetime",
      30,
      """
      start_datetime DateTime
      request_id String
      pipe_id String
      pipe_name String
      params Nullable(String)
      url Nullable(String)
      status_code Nullable(Int32)
      error Nullable(String)
      resource_tags Array(String)
      """),
  DATASOURCES_STORAGE(
      "datasources_storage",
      "timestamp",
      30,
      """
      timestamp DateTime
      datasource_id String
      datasource_name String
      rows UInt64
      bytes UInt64
      rows_quarantine UInt64
      bytes_quarantine UInt64
      """),
  JOBS_LOG(
      "jobs_log",
      "created_at",
      30,
      """
      job_id String
      job_type String
      workspace_id String
      pipe_id String
      pipe_name String
      created_at DateTime
      updated_at DateTime64(6)
      started_at Nullable(DateTime)
      status String
      error Nullable(String)
      job_metadata String
      """),
  KAFKA_OPS_LOG(
      "kafka_ops_log",
      "timestamp",
      30,
      """
      timestamp DateTime
      datasource_id String
      topic String
      partition Int16
      msg_type String
      lag Int64
      processed_messages Int32
      processed_bytes Int32
      committed_messages Int32
      msg String
      """),
  SINKS_OPS_LOG(
      "sinks_ops_log",
      "timestamp",
      30,
      """
      timestamp DateTime64(3)
      service LowCardinality(String)
      pipe_id String
      pipe_name String
      token_name String
      result LowCardinality(String)
      error Nullable(String)
      elapsed_time Float64
      job_id Nullable(String)
      read_rows UInt64
      written_rows UInt64
      read_bytes UInt64
      written_bytes UInt64
      output Array(String)
      parameters Map(String, String)
      options Map(String, String)
      cpu_time Nullable(Float64)
      """),
  BLOCK_LOG(
      "block_log",
      "timestamp",
      30,
      """
      timestamp DateTime
      import_id String
      job_id Nullable(String)
      request_id Nullable(String)
      source String
      block_id String
      status String
      datasource_id String
      datasource_name String
      start_offset Nullable(Int64)
      end_offset Nullable(Int64)
      rows Nullable(UInt64)
      parser Nullable(String)
      quarantine_lines Nullable(UInt64)
      empty_lines Nullable(UInt64)
      bytes Nullable(UInt64)
      processing_time Nullable(Float32)
      processing_error Nullable(String)
      """),
  RELEASES_LOG(
      "releases_log",
      "timestamp",
      90,
      """
      timestamp DateTime64(3)
      event_type String
      semver String
      commit String
      token String
      token_name String
      result String
      error String
      """),
  DATA_CONNECTORS_LOG(
      "data_connectors_log",
      "timestamp",
      90,
      """
      timestamp DateTime
      event_type String
      connector_id String
      connector_name String
      service String
      release String
      result String
      error Nullable(String)
      """),
  BI_STATS_RT(
      "bi_stats_rt",
      "start_datetime",
      7,
      """
      start_datetime DateTime
      query String
      query_normalized String
      error_code Int32
      error String
      duration UInt64
      read_rows UInt64
      read_bytes UInt64
      result_rows UInt64
      result_bytes UInt64
      """),
  BI_STATS(
      "bi_stats",
      "date",
      90,
      """
      date Date
      database String
      query_normalized String
      view_count UInt64
      error_count UInt64
      avg_duration_state AggregateFunction(avg, Float32)
      quantile_timing_state AggregateFunction(quantilesTiming(0.9, 0.95, 0.99), Float32)
      read_bytes_sum UInt64
      read_rows_sum UInt64
      avg_result_rows_state AggregateFunction(avg, Float32)
      avg_result_bytes_state AggregateFunction(avg, Float32)
      """),
  DATA_TRANSFER(
      "data_transfer",
      "timestamp",
      30,
      """
      timestamp DateTime
      event String
      origin_provider String
      origin_region String
      destination_provider String
      destination_region String
      kind String
      bytes UInt64
      """),
  LLM_USAGE(
      "llm_usage",
      "start_time",
      30,
      """
      start_time DateTime
      end_time DateTime
      feature String
      origin String
      user_email String
      prompt_tokens UInt64
      completion_tokens UInt64
      total_tokens UInt64
      duration Float32
      cost Float64
      """),
  EXPECTATIONS(
      ServiceDataSource.OWN_SCHEMA,
      "expectations",
      "timestamp",
      30,
      """
      timestamp DateTime
      datasource_id String
      datasource_name String
      expectation String
      condition String
      checked UInt64
      failed UInt64
      quarantined UInt64
      """),
  FEATURE_READS(
      ServiceDataSource.OWN_SCHEMA,
      "feature_reads",
      "read_at",
      30,
      """
      read_at DateTime64(6, 'UTC')
      feature_view LowCardinality(String)
      version UInt32
      journal_seq UInt64
      later_seq UInt64
      freshness Nullable(DateTime64(6, 'UTC'))
      key Array(String)
      status LowCardinality(String)
      features Array(LowCardinality(String))
      values Array(String)
      """),
  SERVICE_READS(
      ServiceDataSource.OWN_SCHEMA,
      "service_reads",
      "read_at",
      30,
      """
      read_at DateTime64(6, 'UTC')
      service LowCardinality(String)
      version UInt32
      journal_seq UInt64
      later_seq UInt64
      keys Map(String, Array(String))
      request Map(String, String)
      features Array(LowCardinality(String))
      values Array(String)
      """),
  CONSISTENCY(
      ServiceDataSource.OWN_SCHEMA,
      "consistency",
      "timestamp",
      90,
      """
      timestamp DateTime
      job_id String
      service String
      feature_view String
      version UInt32
      feature String
      compared UInt64
      equal UInt64
      different UInt64
      missing UInt64
      extra UInt64
      differences Array(String)
      """),
  DRIFT(
      ServiceDataSource.OWN_SCHEMA,
      "drift",
      "timestamp",
      90,
      """
      timestamp DateTime
      job_id String
      monitor String
      feature_view String
      feature String
      distance String
      value Nullable(Float64)
      threshold Float64
      alerting UInt8
      reference_values UInt64
      current_values UInt64
      new_categories Array(String)
      """),
  ALERTS(
      ServiceDataSource.OWN_SCHEMA,
      "alerts",
      "timestamp",
      90,
      """
      timestamp DateTime
      monitor String
      feature_view String
      feature String
      datasource_name String
      expectation String
      distance String
      value Float64
      threshold Float64
      opened_at DateTime
      resolved UInt8
      """),
  FEATURE_STATS(ServiceDataSource.OWN_SCHEMA, "feature_stats", "hour", 90, FeatureStats.COLUMNS);

  /// What stands before the dot in queries.
  public static final String SCHEMA = "tinybird";

  /// The same for what only Kinglet has.
  public static final String OWN_SCHEMA = "kinglet";

  /// The ClickHouse database of the tables.
  public static final String DATABASE = "kinglet_service";

  /// The column that says whose a row is.
  public static final String OWNER = "__workspace";

  private static final String ORGANIZATION = "organization";

  private final String schema;
  private final String table;
  private final String time;
  private final int days;
  private final List<Column> columns;

  ServiceDataSource(String table, String time, int days, String columns) {
    this(ServiceDataSource.SCHEMA, table, time, days, columns);
  }

  ServiceDataSource(String schema, String table, String time, int days, String columns) {
    this.schema = schema;
    this.table = table;
    this.time = time;
    this.days = days;
    this.columns = columns.lines().map(Column::of).toList();
  }

  /// A column by its ClickHouse type.
  ///
  /// @param expression what it is of the table's columns
  public record Column(String name, String type, String expression) {
    private static Column of(String line) {
      String[] parts = line.split(" = ", 2);
      String[] words = parts[0].split(" ", 2);
      return new Column(words[0], words[1], parts.length == 1 ? "" : parts[1]);
    }

    private String selected() {
      String quoted = Identifiers.quote(name);
      return expression.isEmpty() ? quoted : expression + " AS " + quoted;
    }
  }

  /// The name after the dot, which is also the table's.
  public String table() {
    return table;
  }

  /// The name in queries and scopes, such as `tinybird.pipe_stats_rt`.
  public String fullName() {
    return schema + "." + table;
  }

  /// The table with its database, as the engine writes it.
  public String qualifiedTable() {
    return DATABASE + "." + table;
  }

  /// The table with its database, ready for SQL.
  public String sqlName() {
    return Identifiers.quote(DATABASE, table);
  }

  /// The column by which rows grow old.
  public String time() {
    return time;
  }

  /// How many days rows are kept.
  public int days() {
    return days;
  }

  public List<Column> columns() {
    return columns;
  }

  /// The rows of one workspace, as a query in parentheses.
  public String rowsOf(String workspaceId) {
    return beforeTable()
        + sqlName()
        + (this == JOBS_LOG ? " FINAL" : "")
        + " WHERE "
        + Identifiers.quote(OWNER)
        + " = "
        + Identifiers.literal(workspaceId)
        + (this == FEATURE_STATS ? FeatureStats.GROUPS : "")
        + ")";
  }

  private String beforeTable() {
    return columns.stream()
        .map(Column::selected)
        .collect(Collectors.joining(", ", "(SELECT ", " FROM "));
  }

  /// Whether a table named at `offset` of a query stands there as part of [#rowsOf] the workspace,
  /// so that no other rows can be reached through it.
  public static boolean isConfined(String sql, int offset, String table, String workspaceId) {
    return Arrays.stream(values())
        .filter(source -> source.table.equals(table))
        .anyMatch(source -> {
          String rows = source.rowsOf(workspaceId);
          int start = offset - source.beforeTable().length();
          return start >= 0 && sql.startsWith(rows, start);
        });
  }

  /// Whether names of a schema can only be those of service data sources.
  public static boolean isSchema(String name) {
    return name.equals(SCHEMA) || name.equals(OWN_SCHEMA) || name.equals(ORGANIZATION);
  }

  /// The service data source that `schema.name` means.
  public static Optional<ServiceDataSource> find(String schema, String name) {
    return Arrays.stream(values())
        .filter(source -> source.schema.equals(schema) && source.table.equals(name))
        .findFirst();
  }

  /// What to say of a name in a schema of service data sources that none of them has.
  public static String unknown(String text) {
    return "The service data source '"
        + text
        + "' is not offered; there are "
        + Stream.of(values()).map(ServiceDataSource::fullName).collect(Collectors.joining(", "));
  }
}
