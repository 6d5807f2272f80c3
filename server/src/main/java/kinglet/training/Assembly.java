// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import kinglet.catalog.Identifiers;
import kinglet.clickhouse.Role;
import kinglet.job.JobContext;
import tools.jackson.databind.JsonNode;

/// Puts a spine and the values of its views together.
record Assembly(TrainingTables tables, Spine spine, List<WantedView> views, boolean statuses) {
  /// Rows that are put together at once.
  private static final long STEP_ROWS = 500_000;

  private static final String STATUS_TYPE =
      "Enum8('PRESENT' = 1, 'NULL' = 2, 'NOT_FOUND' = 3, 'EXPIRED' = 4)";

  /// A column of the set.
  ///
  /// @param value over `s` for the spine, and `v0`, `v1`… for the views
  private record SetColumn(String name, String type, String value) {}

  private List<SetColumn> columns() {
    List<SetColumn> columns = new ArrayList<>();
    spine
        .columns()
        .forEach((name, type) ->
            columns.add(new SetColumn(name, type.sql(), "s." + Identifiers.quote(name))));
    for (int view = 0; view < views.size(); view++) {
      for (WantedView.Wanted feature : views.get(view).features()) {
        String value = "v" + view + "." + Identifiers.quote(feature.name());
        columns.add(new SetColumn(feature.name(), feature.type().wire().sql(), value));
        if (statuses) {
          columns.add(
              new SetColumn(statusName(feature.name()), STATUS_TYPE, status("v" + view, value)));
        }
      }
    }
    return columns;
  }

  private static String statusName(String feature) {
    return feature + "__status";
  }

  private static String status(String view, String value) {
    return "multiIf("
        + view
        + "."
        + TrainingTables.FOUND
        + " = 1, 'NOT_FOUND', "
        + view
        + "."
        + TrainingTables.FOUND
        + " = 2, 'EXPIRED', "
        + value
        + " IS NULL, 'NULL', 'PRESENT')";
  }

  /// Refuses features that are called like a column of the spine.
  void check() {
    columns().stream()
        .collect(Collectors.groupingBy(SetColumn::name, Collectors.counting()))
        .forEach((name, count) -> {
          if (count > 1) {
            throw TrainingRequest.invalid(
                "two columns of the training set would be called '"
                    + name
                    + "': give the column of the spine another name");
          }
        });
  }

  void run(JobContext job, long rows) {
    List<SetColumn> columns = columns();
    Map<String, String> types = new LinkedHashMap<>();
    columns.forEach(column -> types.put(column.name(), column.type()));
    tables.create(job, tables.set(), types);
    for (long row = 0; row < rows; row += STEP_ROWS) {
      tables.run(job, step(columns, row), Role.WRITER, Map.of());
    }
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
    for (int view = 0; view < views.size(); view++) {
      sql.append(" INNER JOIN (SELECT * FROM ")
          .append(tables.values(view))
          .append(rows)
          .append("v" + view + " ON s.__row = v" + view + ".__row");
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
        views.stream()
            .flatMap(view -> view.features().stream())
            .map(WantedView.Wanted::name)
            .toList();
    String rates =
        features.stream()
            .map(name -> "avg(" + Identifiers.quote(name) + " IS NULL)")
            .collect(Collectors.joining(", "));
    List<JsonNode> row =
        tables.rows("SELECT " + rates + " FROM " + tables.set(), Role.ADMIN, Map.of()).getFirst();
    Map<String, Double> found = new LinkedHashMap<>();
    for (int i = 0; i < features.size(); i++) {
      double rate = Double.parseDouble(row.get(i).asString("0").replace("nan", "0"));
      found.put(features.get(i), rate);
    }
    return found;
  }
}
