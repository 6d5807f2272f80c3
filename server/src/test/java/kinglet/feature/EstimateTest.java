// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.aggregate.AggregateFunction;
import kinglet.aggregate.AggregateFunctions;
import kinglet.catalog.PipeKind;
import kinglet.feature.definition.FeatureView;
import kinglet.state.StateEstimate;
import kinglet.type.Column;
import kinglet.type.Schema;
import org.junit.jupiter.api.Test;

/// What entities take of memory is estimated from a definition.
final class EstimateTest {
  /// The table of the functions' page.
  private static final Schema SOURCE =
      Schema.of(
          Column.of("ts", "DateTime('UTC')"),
          Column.of("item", "String"),
          Column.of("amount", "Int32"),
          Column.of("quantity", "UInt8"),
          Column.of("score", "Nullable(Float64)"),
          Column.of("tags", "Map(String, UInt32)"),
          Column.of("vector", "Array(Float64)"),
          Column.of("viewed", "UInt8"),
          Column.of("bought", "UInt8"));

  private static List<StateEstimate> estimates(String call, String frame, boolean tiled) {
    String sql =
        "SELECT item, %s OVER w AS value FROM t WINDOW w AS (PARTITION BY item ORDER BY ts %s)"
            .formatted(call, frame);
    PipeKind.Features kind =
        new PipeKind.Features(
            "view",
            List.of("item"),
            "ts",
            Optional.empty(),
            tiled ? Map.of("w", Duration.ofHours(1)) : Map.of());
    return StateEstimate.of(
        ViewCompiler.compile(
                FeatureView.of("view", kind, sql), SOURCE, _ -> Optional.empty(), 600_000_000L)
            .layout());
  }

  @Test
  void everyFunctionHasOne() {
    for (AggregateFunction function : AggregateFunctions.all()) {
      for (boolean tiled : new boolean[] {true, false}) {
        List<StateEstimate> found =
            estimates(function.example(), "RANGE INTERVAL 1 DAY PRECEDING", tiled);
        assertThat(found).as(function.name()).hasSize(3);
        assertThat(found.getLast().bytes())
            .as(function.name())
            .isGreaterThan(found.getFirst().bytes())
            .isGreaterThan(100);
      }
    }
  }

  @Test
  void exactWindowsGrowWithTheirEventsAndTilesDoNot() {
    List<StateEstimate> exact = estimates("sum(amount)", "RANGE INTERVAL 1 DAY PRECEDING", false);
    List<StateEstimate> tiled = estimates("sum(amount)", "RANGE INTERVAL 1 DAY PRECEDING", true);

    assertThat(exact.getLast().bytes()).isBetween(10_000 * 24L, 10_000 * 60L);
    assertThat(tiled.getLast().bytes()).isLessThan(25_000);
    assertThat(exact.getFirst().bytes()).isBetween(100L, 400L);
  }
}
