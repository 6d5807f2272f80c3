// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import kinglet.catalog.Identifiers;
import kinglet.clickhouse.Role;
import kinglet.job.JobContext;
import kinglet.thread.Workers;
import tools.jackson.databind.JsonNode;

/// Puts a spine and values together.
///
/// @param statuses whether a status follows each feature
record Assembly(TrainingTables tables, Spine spine, List<Values> values, boolean statuses) {
  /// Rows that are put together at once.
  private static final long STEP_ROWS = 500_000;

  /// Text in every format; Arrow has an enum's numbers only.
  private static final String STATUS_TYPE = "LowCardinality(String)";

  /// A column of the set.
  ///
  /// @param value over `s` for the spine, and `v0`, `v1`… for the values
  private record SetColumn(String name, String type, String value) {}

  private List<SetColumn> columns() {
    List<SetColumn> columns = new ArrayList<>();
    spine
        .columns()
        .forEach((name, type) ->
            columns.add(new SetColumn(name, type.sql(), "s." + Identifiers.quote(name))));
    for (int place = 0; place < values.size(); place++) {
      for (Values.ValueColumn column : values.get(place).columns()) {
        String table = "v" + place + ".";
        String value = table + Identifiers.quote(column.name());
        columns.add(new SetColumn(column.name(), column.type(), value));
        if (statuses) {
          String status = status(table + column.found(), value);
          columns.add(new SetColumn(statusOf(column.name()), STATUS_TYPE, status));
        }
      }
    }
    return columns;
  }

  private static String status(String found, String value) {
    return "multiIf("
        + found
        + " = 1, 'NOT_FOUND', "
        + found
        + " = 2, 'EXPIRED', "
        + value
        + " IS NULL, 'NULL', 'PRESENT')";
  }

  /// Refuses features that are called like a column of the spine.
  static void checkNames(Collection<String> spine, List<String> features, boolean statuses) {
    Set<String> seen = new TreeSet<>(spine);
    for (String feature : features) {
      for (String name : statuses ? List.of(feature, statusOf(feature)) : List.of(feature)) {
        if (!seen.add(name)) {
          throw TrainingRequest.invalid(
              "two columns of the training set would be called '"
                  + name
                  + "': give the column of the spine another name");
        }
      }
    }
  }

  private static String statusOf(String feature) {
    return feature + "__status";
  }

  /// Makes the set.
  ///
  /// @param earlier the table whose rows come first, and how many they are
  void run(JobContext job, long rows, Earlier earlier) {
    List<SetColumn> columns = columns();
    Map<String, String> types = new LinkedHashMap<>();
    columns.forEach(column -> types.put(column.name(), column.type()));
    tables.create(job, tables.set(), types);
    if (earlier.rows() > 0) {
      tables.run(
          job,
          "INSERT INTO " + tables.set() + " SELECT * FROM " + earlier.table(),
          Role.WRITER,
          Map.of());
    }
    List<Long> steps =
        LongStream.iterate(earlier.rows(), row -> row < rows, row -> row + STEP_ROWS)
            .boxed()
            .toList();
    Workers.run(
        "training",
        steps,
        row -> tables.run(job, step(columns, row), Role.WRITER, TrainingTables.BY_ROW));
  }

  /// The rows of an earlier set.
  record Earlier(String table, long rows) {
    static final Earlier NONE = new Earlier("", 0);
  }

  private String step(List<SetColumn> columns, long from) {
    String rows =
        " WHERE "
            + TrainingTables.ROW
            + " >= "
            + from
            + " AND "
            + TrainingTables.ROW
            + " < "
            + (from + STEP_ROWS)
            + ") AS ";
    StringBuilder sql = new StringBuilder("INSERT INTO " + tables.set() + " SELECT s.__row");
    columns.forEach(column -> sql.append(", ").append(column.value()));
    sql.append(" FROM (SELECT * FROM ").append(tables.spine()).append(rows).append("s");
    for (int place = 0; place < values.size(); place++) {
      sql.append(" INNER JOIN (SELECT * FROM ").append(values.get(place).table()).append(rows);
      sql.append("v" + place + " ON s.__row = v" + place + ".__row");
    }
    return sql.toString();
  }

  /// How many rows the set has.
  long rows() {
    return tables.number("SELECT count() FROM " + tables.set());
  }

  /// For each feature the share of its values that are NULL.
  Map<String, Double> nullRates() {
    List<String> features =
        values.stream()
            .flatMap(one -> one.columns().stream())
            .map(Values.ValueColumn::name)
            .toList();
    String nulls =
        features.stream()
            .map(name -> ", countIf(" + Identifiers.quote(name) + " IS NULL)")
            .collect(Collectors.joining());
    List<JsonNode> counts =
        tables
            .rows("SELECT count()" + nulls + " FROM " + tables.set(), Role.ADMIN, Map.of())
            .getFirst();
    long rows = Math.max(1, counts.getFirst().asLong());
    Map<String, Double> rates = new LinkedHashMap<>();
    for (int i = 0; i < features.size(); i++) {
      rates.put(features.get(i), (double) counts.get(i + 1).asLong() / rows);
    }
    return rates;
  }
}
