// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Map;
import java.util.stream.Collectors;
import kinglet.catalog.Engine;
import kinglet.catalog.EngineKey;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Identifiers;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;

/// The table that would hold what a query gives: aggregated further by everything that is no
/// aggregate, or as it comes where there is none.
public record SuggestedTarget(Schema schema, Engine engine) {
  private static final String NO_KEY = "tuple()";

  public static SuggestedTarget of(Schema schema) {
    boolean aggregates = schema.columns().stream().anyMatch(SuggestedTarget::isAggregate);
    String key =
        aggregates
            ? schema.columns().stream()
                .filter(column -> !isAggregate(column) && !column.type().nullable())
                .map(column -> Identifiers.quote(column.name()))
                .collect(Collectors.joining(", "))
            : SortingKey.chosen(schema);
    return new SuggestedTarget(
        schema,
        new Engine(
            aggregates ? EngineKind.AGGREGATING_MERGE_TREE : EngineKind.MERGE_TREE,
            Map.of(EngineKey.SORTING_KEY, key.isEmpty() ? NO_KEY : key),
            Map.of()));
  }

  private static boolean isAggregate(Column column) {
    return column.type() instanceof DataType.AggregateFunction
        || column.type() instanceof DataType.SimpleAggregateFunction;
  }
}
