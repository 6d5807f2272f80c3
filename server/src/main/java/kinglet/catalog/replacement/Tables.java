// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kinglet.catalog.Identifiers;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What replacements do to the tables of one database.
final class Tables {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration TIMEOUT = Duration.ofHours(24);

  private final ClickHouse clickHouse;
  private final String database;

  Tables(ClickHouse clickHouse, String database) {
    this.clickHouse = clickHouse;
    this.database = database;
  }

  String name(String table) {
    return Identifiers.quote(database, table);
  }

  /// An empty table like another one.
  void like(String table, String model) {
    run("CREATE TABLE IF NOT EXISTS " + name(table) + " AS " + name(model));
  }

  /// A table with the rows of another one, as hard links.
  void clone(String table, String model) {
    run("CREATE TABLE IF NOT EXISTS " + name(table) + " CLONE AS " + name(model));
  }

  /// A table with the rows of another one, as hard links, in which they stay as they are: neither
  /// does their time run out, nor are they merged.
  void freeze(String table, String model, boolean hasTtl) {
    like(table, model);
    run(
        "ALTER TABLE "
            + name(table)
            + (hasTtl ? " REMOVE TTL," : "")
            + " MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1,"
            + " max_bytes_to_merge_at_min_space_in_pool = 1");
    run("ALTER TABLE " + name(table) + " ATTACH PARTITION ALL FROM " + name(model));
  }

  void drop(String table) {
    run("DROP TABLE IF EXISTS " + name(table) + " SYNC");
  }

  void truncate(String table) {
    run("TRUNCATE TABLE " + name(table));
  }

  void delete(String table, String condition) {
    run("ALTER TABLE " + name(table) + " DELETE WHERE " + condition);
  }

  /// In one statement, which is over in a moment, but no transaction.
  void exchange(List<Exchanges.Pair> pairs) {
    run(
        pairs.stream()
            .map(pair -> name(pair.table()) + " AND " + name(pair.fresh()))
            .collect(Collectors.joining(", ", "EXCHANGE TABLES ", "")));
  }

  void dropPartition(String table, String partition) {
    run("ALTER TABLE " + name(table) + " DROP PARTITION ID " + Identifiers.literal(partition));
  }

  void attachPartition(String table, String partition, String from) {
    run(
        "ALTER TABLE "
            + name(table)
            + " ATTACH PARTITION ID "
            + Identifiers.literal(partition)
            + " FROM "
            + name(from));
  }

  /// Adds rows of a table to one like it, with their hidden columns.
  void copy(String from, String to, String condition) {
    String columns =
        columns(from).stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    run(
        "INSERT INTO "
            + name(to)
            + " ("
            + columns
            + ") SELECT "
            + columns
            + " FROM "
            + name(from)
            + " WHERE "
            + condition);
  }

  /// Adds rows of one partition of a table elsewhere.
  void insert(String table, List<String> names, String from, String partition) {
    String columns = names.stream().map(Identifiers::quote).collect(Collectors.joining(", "));
    run(
        "INSERT INTO "
            + name(table)
            + " ("
            + columns
            + ") SELECT "
            + columns
            + " FROM "
            + from
            + " WHERE _partition_id = "
            + Identifiers.literal(partition));
  }

  /// Puts a partition of a table elsewhere in the place of this one's, as hard links.
  void replacePartition(String table, String partition, String from) {
    run(
        "ALTER TABLE "
            + name(table)
            + " REPLACE PARTITION ID "
            + Identifiers.literal(partition)
            + " FROM "
            + from);
  }

  /// The columns that an INSERT may name.
  List<String> columns(String table) {
    return column(
        "SELECT name FROM system.columns WHERE database = {database:String}"
            + " AND table = {table:String} AND default_kind IN ('', 'DEFAULT', 'MATERIALIZED')"
            + " ORDER BY position",
        table);
  }

  /// What two tables must have in common to share parts.
  List<String> shape(String table) {
    List<String> shape =
        new ArrayList<>(
            column(
                "SELECT concat(name, ' ', type) FROM system.columns"
                    + " WHERE database = {database:String} AND table = {table:String}"
                    + " ORDER BY position",
                table));
    shape.addAll(
        column(
            "SELECT concat(partition_key, '\\n', sorting_key, '\\n', primary_key, '\\n',"
                + " sampling_key) FROM system.tables WHERE database = {database:String}"
                + " AND name = {table:String}",
            table));
    shape.addAll(
        column(
            "SELECT concat(name, ' ', type_full, ' ', expr) FROM system.data_skipping_indices"
                + " WHERE database = {database:String} AND table = {table:String} ORDER BY name",
            table));
    return shape;
  }

  /// Adds what a view's query gives.
  void fill(String table, String view, String sql) {
    String columns =
        column(
                "SELECT name FROM system.columns WHERE database = {database:String}"
                    + " AND table = {table:String} ORDER BY position",
                view)
            .stream()
            .map(Identifiers::quote)
            .collect(Collectors.joining(", "));
    run("INSERT INTO " + name(table) + " (" + columns + ") " + sql);
  }

  /// How many rows were read by the statement under way that names a table.
  long rowsReadFor(String table) {
    return Long.parseLong(
        column(
                "SELECT max(read_rows) FROM system.processes WHERE position(query, {table:String}) > 0",
                table)
            .getFirst());
  }

  /// How much of the deletion under way is done.
  double shareDeleted(String table) {
    String share =
        column(
                "SELECT 1 - sum(parts_to_do) / greatest(1, (SELECT count() FROM system.parts WHERE"
                    + " active AND database = {database:String} AND table = {table:String}))"
                    + " FROM system.mutations WHERE NOT is_done AND database = {database:String}"
                    + " AND table = {table:String}",
                table)
            .getFirst();
    return Double.parseDouble(share);
  }

  /// What a table takes on disk.
  long bytes(String table) {
    return Long.parseLong(
        column(
                "SELECT sum(bytes_on_disk) FROM system.parts WHERE active"
                    + " AND database = {database:String} AND table = {table:String}",
                table)
            .getFirst());
  }

  String viewSql(String view) {
    return column(
            "SELECT as_select FROM system.tables WHERE database = {database:String}"
                + " AND name = {table:String}",
            view)
        .getFirst();
  }

  String uuid(String table) {
    return column(
            "SELECT toString(uuid) FROM system.tables WHERE database = {database:String}"
                + " AND name = {table:String}",
            table)
        .stream()
        .findFirst()
        .orElse("");
  }

  String partitionKey(String table) {
    return column(
            "SELECT partition_key FROM system.tables WHERE database = {database:String}"
                + " AND name = {table:String}",
            table)
        .getFirst();
  }

  /// The tables that a replacement made, by the name of the first.
  List<String> beginningWith(String name) {
    return column(
        "SELECT name FROM system.tables WHERE database = {database:String}"
            + " AND (name = {table:String} OR startsWith(name, concat({table:String}, '_')))",
        name);
  }

  /// The partitions of the rows that meet a condition.
  List<String> partitions(String table, String condition) {
    return column(
        "SELECT DISTINCT _partition_id FROM " + name(table) + " WHERE " + condition, table);
  }

  long count(String table, String condition) {
    return Long.parseLong(
        column("SELECT count() FROM " + name(table) + " WHERE " + condition, table).getFirst());
  }

  long number(String expression, String table) {
    return Long.parseLong(
        column("SELECT " + expression + " FROM " + name(table), table).getFirst());
  }

  private void run(String sql) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("mutations_sync", "2");
    // What a table was made with, one like it is made with.
    settings.put("allow_suspicious_low_cardinality_types", "1");
    settings.put("allow_suspicious_primary_key", "1");
    settings.put("max_execution_time", "0");
    settings.put("insert_deduplicate", "0");
    settings.put("insert_allow_materialized_columns", "1");
    settings.put("max_partitions_per_insert_block", "0");
    clickHouse.execute(Statement.of(Role.ADMIN, sql).withSettings(settings).withTimeout(TIMEOUT));
  }

  private List<String> column(String sql, String table) {
    String text =
        clickHouse.text(
            Statement.of(Role.ADMIN, sql)
                .withParameters(Map.of("database", database, "table", table))
                .withTimeout(TIMEOUT)
                .withFormat("JSONCompactStrings"));
    List<String> values = new ArrayList<>();
    for (JsonNode row : JSON.readTree(text).get("data")) {
      values.add(row.get(0).asString(""));
    }
    return values;
  }
}
