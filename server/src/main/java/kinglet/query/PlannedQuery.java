// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.catalog.Resources;

/// One SELECT that is ready to run, and what it may touch.
///
/// @param sql the SELECT over qualified tables, without FORMAT
/// @param explain what to put before it to ask for a plan; empty to run it
/// @param tables what it may read, as `database.table`
/// @param keep for how long an endpoint may give its answer again; zero for not at all
record PlannedQuery(
    Resources resources,
    String sql,
    String explain,
    Set<String> tables,
    Map<String, String> parameters,
    Map<String, String> settings,
    AnswerFormat format,
    Duration keep) {
  PlannedQuery {
    tables = Set.copyOf(tables);
    parameters = Map.copyOf(parameters);
    settings = Map.copyOf(settings);
  }

  /// The feature views it reads.
  Set<String> featureViews() {
    String prefix = resources.workspace().featureDatabase() + ".";
    return tables.stream()
        .filter(table -> table.startsWith(prefix))
        .map(table -> table.substring(prefix.length()))
        .collect(Collectors.toSet());
  }

  /// The same, to ask for its plan.
  PlannedQuery explainedBy() {
    return new PlannedQuery(
        resources, sql, "EXPLAIN PLAN indexes = 1", tables, parameters, settings, format, keep);
  }
}
