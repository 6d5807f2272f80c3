// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.Identifiers;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.NativeWriter;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.job.JobContext;
import kinglet.type.Block;
import kinglet.type.DataType;
import kinglet.type.MergedBlock;
import kinglet.type.RowRun;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The tables of one training set in its workspace's database: its spine, the values of each view,
/// and the set.
///
/// @param id of the set
record TrainingTables(ClickHouse clickHouse, String database, String id) {
  /// The number of a row in the spine, from 0.
  static final String ROW = "__row";

  /// The time of a row in microseconds.
  static final String TIME = "__time";

  /// What a read found of the entity.
  static final String FOUND = "__found";

  /// How tables that lie in the order of their rows are joined: as they are read.
  static final Map<String, String> BY_ROW =
      Map.of("join_algorithm", "full_sorting_merge", "max_threads", "1");

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofHours(6);

  /// A batch of values that is sent again is told from others by its token for so many batches.
  private static final int REMEMBERED_BATCHES = 100_000;

  private String prefix() {
    return "__training_" + id.replace("-", "");
  }

  private String spineTable() {
    return prefix() + "_spine";
  }

  private String valuesTable(int view) {
    return prefix() + "_values_" + view;
  }

  String spine() {
    return Identifiers.quote(database, spineTable());
  }

  String values(int view) {
    return Identifiers.quote(database, valuesTable(view));
  }

  /// The finished set.
  String set() {
    return Identifiers.quote(database, prefix());
  }

  /// Makes a table anew, in the order of its rows.
  ///
  /// @param columns type by name, without the row's number
  void create(JobContext job, String table, Map<String, String> columns) {
    drop(job, table);
    List<String> defined = new ArrayList<>();
    defined.add("`" + ROW + "` UInt64");
    columns.forEach((name, type) -> defined.add(Identifiers.quote(name) + " " + type));
    run(
        job,
        "CREATE TABLE "
            + table
            + " ("
            + String.join(", ", defined)
            + ") ENGINE = MergeTree ORDER BY "
            + ROW
            + " SETTINGS non_replicated_deduplication_window = "
            + REMEMBERED_BATCHES);
  }

  void drop(JobContext job, String table) {
    run(job, "DROP TABLE IF EXISTS " + table + " SYNC");
  }

  /// Drops everything of the set.
  void dropAll() {
    drop(prefix());
  }

  /// Drops what the set was made of.
  void dropParts() {
    drop(prefix() + "_");
  }

  private void drop(String beginning) {
    String names =
        "SELECT name FROM system.tables WHERE database = "
            + Identifiers.literal(database)
            + " AND startsWith(name, "
            + Identifiers.literal(beginning)
            + ")";
    for (List<JsonNode> table : rows(names, Role.ADMIN, Map.of())) {
      String name = Identifiers.quote(database, table.getFirst().asString());
      clickHouse.execute(statement("DROP TABLE IF EXISTS " + name + " SYNC", Map.of()));
    }
  }

  /// Runs a statement, which ends when the job is cancelled.
  void run(JobContext job, String sql) {
    run(job, sql, Role.ADMIN, Map.of());
  }

  void run(JobContext job, String sql, Role role, Map<String, String> settings) {
    Statement statement =
        Statement.of(role, sql).withSettings(unlimited(settings)).withTimeout(TIMEOUT);
    try (JobContext.Hook _ = job.onCancel(() -> clickHouse.cancel(statement.queryId()))) {
      clickHouse.execute(statement);
    }
  }

  Statement statement(String sql, Map<String, String> settings) {
    return Statement.of(Role.ADMIN, sql).withSettings(unlimited(settings)).withTimeout(TIMEOUT);
  }

  private static Map<String, String> unlimited(Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("max_execution_time", "0");
    all.put("session_timezone", "UTC");
    all.put("print_pretty_type_names", "0");
    all.putAll(settings);
    return all;
  }

  /// The few rows of an answer, each value as text; NULL is null.
  List<List<JsonNode>> rows(String sql, Role role, Map<String, String> settings) {
    String text =
        clickHouse.text(
            Statement.of(role, sql)
                .withSettings(unlimited(settings))
                .withTimeout(TIMEOUT)
                .withFormat("JSONCompactStrings"));
    List<List<JsonNode>> rows = new ArrayList<>();
    for (JsonNode row : JSON.readTree(text).path("data")) {
      List<JsonNode> values = new ArrayList<>();
      row.forEach(values::add);
      rows.add(values);
    }
    return rows;
  }

  /// The columns of a table, type by name; without those that the platform adds.
  ///
  /// @param table ready for SQL
  Map<String, DataType> columns(String table) {
    Map<String, DataType> columns = new LinkedHashMap<>();
    for (List<JsonNode> row : rows("DESCRIBE TABLE " + table, Role.ADMIN, Map.of())) {
      String name = row.get(0).asString();
      if (!name.startsWith("__")) {
        columns.put(name, DataType.parse(row.get(1).asString()));
      }
    }
    return columns;
  }

  long number(String sql) {
    return rows(sql, Role.ADMIN, Map.of()).getFirst().getFirst().asLong();
  }

  /// Adds a batch of values of a view, once whatever is sent again.
  void insert(int view, String token, Block rows) {
    MergedBlock whole = new MergedBlock(rows, List.of(new RowRun(0, 0, rows.rows())));
    insert(view, token, "Native", InsertBody.writing(out -> NativeWriter.write(whole, false, out)));
  }

  void insert(int view, String token, byte[] rows) {
    insert(view, token, "RowBinary", InsertBody.of(rows));
  }

  private void insert(int view, String token, String format, InsertBody rows) {
    long _ =
        clickHouse.insert(
            InsertTarget.of(database, valuesTable(view), List.of(), format)
                .withSettings(
                    Map.of(
                        "insert_deduplication_token", token,
                        "max_insert_block_size", "10000000",
                        "input_format_parallel_parsing", "0"))
                .withTimeout(TIMEOUT),
            rows);
  }
}
