// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureQueries;
import kinglet.feature.FeatureSource;
import kinglet.feature.HandedTable;
import kinglet.feature.KeyedQuery;
import kinglet.feature.ServiceInput;
import kinglet.sql.Sql;
import kinglet.template.OpenParameter;

/// Decides who answers a query that may read feature views: memory, where it reads them by their
/// keys; else ClickHouse. Thread-safe.
record FeatureReadings(FeatureSource features, QueryRunner runner) {
  private static final String RESULT = "result";

  /// The query as it may be run; fails if it may not be.
  CheckedQuery check(PlannedQuery query) {
    if (query.featureViews().isEmpty()) {
      return runner.check(query);
    }
    return features
        .keyed(
            query.resources().workspace(),
            query.sql(),
            column -> OpenParameter.of(column).map(one -> ServiceInput.of(one.name(), one.type())))
        .<CheckedQuery>map(keyed -> new CheckedQuery.Keyed(query, keyed))
        .orElseGet(() -> new CheckedQuery.Handed(runner.check(query)));
  }

  QueryAnswer run(CheckedQuery checked) {
    return switch (checked) {
      case CheckedQuery.Sent sent -> runner.run(sent);
      case CheckedQuery.Handed(CheckedQuery.Sent sent) ->
          runner.run(sent, () -> tables(sent.query(), features::values));
      case CheckedQuery.Keyed keyed -> fromMemory(keyed);
    };
  }

  private QueryAnswer fromMemory(CheckedQuery.Keyed checked) {
    PlannedQuery query = checked.query();
    KeyedQuery keyed = checked.keyed();
    if (!keyed.program().inputs().isEmpty()) {
      throw new PlatformException(
          QueryError.QUERY_REFUSED,
          "[Error] There is no column for " + keyed.program().inputs().getFirst().parameter());
    }
    return switch (query.format()) {
      case JSON -> new BufferedAnswer(FeatureQueries.json(keyed), query.format());
      case JSON_EACH_ROW -> new BufferedAnswer(FeatureQueries.ndjson(keyed), query.format());
      default -> written(query, features.rows(keyed));
    };
  }

  private QueryAnswer written(PlannedQuery query, HandedTable rows) {
    String all =
        "SELECT * FROM " + Sql.quote(query.resources().workspace().featureDatabase(), RESULT);
    return runner.run(runner.trusted(query, all), () -> Map.of(RESULT, rows));
  }

  /// Rows that are there already, in a format that ClickHouse writes.
  QueryAnswer written(Resources resources, HandedTable rows, AnswerFormat format) {
    return written(
        new PlannedQuery(resources, "", "", Set.of(), Map.of(), Map.of(), format, Duration.ZERO),
        rows);
  }

  /// The plan of a query that ClickHouse answers, as text in a format.
  String explained(PlannedQuery query, String format) {
    return query.featureViews().isEmpty()
        ? runner.explained(query, format)
        : runner.explained(query, format, () -> tables(query, features::empty));
  }

  /// As [#explained], as an answer.
  QueryAnswer explain(PlannedQuery query) {
    String text = explained(query, query.format().clickHouseName());
    return new BufferedAnswer((text + "\n").getBytes(StandardCharsets.UTF_8), query.format());
  }

  /// Finds the rows of a feature view.
  @FunctionalInterface
  private interface Rows {
    HandedTable of(Workspace workspace, String view);
  }

  private static Map<String, HandedTable> tables(PlannedQuery query, Rows rows) {
    Map<String, HandedTable> tables = new LinkedHashMap<>();
    for (String view : query.featureViews()) {
      tables.put(view, rows.of(query.resources().workspace(), view));
    }
    return tables;
  }
}
