// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The page of aggregation functions is written from their registry; `-Ddocs.write=true` writes it
/// anew.
final class AggregateReferenceTest {
  private static final Path PAGE = Path.of("../docs/reference/aggregates.md");

  private static final String HEAD =
      """
      # Aggregation functions

      What a feature view may compute over a window. Types, overflow and NULL follow ClickHouse, with
      `aggregate_functions_null_for_empty = 1`; tests hold every function against ClickHouse on random rows. What is not here a
      materialized view can do, where all of ClickHouse is available.

      **NULL.** A row with a NULL among a function's arguments is left out. Where a window has no row, counts are 0, arrays and
      maps are empty, everything else is NULL, unless the function's result below is not Nullable.

      **Order.** First, last and arrays follow the order of events: by event time, then by sequence number. What a function gives
      depends on the events alone; only sums of floats, t-digests, histograms and counts of the heaviest values of very many
      depend, within their errors, on the order in which states were merged, which is fixed as well.

      **Combinators.** `-If` adds a condition as the last argument: `sumIf(amount, viewed = 1)`. `-Map` applies a function to the
      values of a map under each key: `avgMap(tags)`; at most 65536 keys are kept. `-ForEach` applies it to each place of
      arrays: `avgForEach(vector)`; at most 8192 places. `count(DISTINCT x)` is `uniqExact(x)`;
      `DISTINCT` goes with no other function.

      **State** is what one window of one entity costs in memory, beside what the store itself needs: a window without tiles has
      one state for each run of about 64 events, a tiled one has one for each tile.

      The examples are calls over these rows, read at the time of the last one:

      """;

  @Test
  void thePageIsThatOfTheRegistry() throws IOException {
    String page = page();
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page);
  }

  @Test
  void examplesGiveWhatThePageSays() {
    for (AggregateFunction function : AggregateFunctions.all()) {
      Examples.Example example = Examples.Example.of(function.example());
      String given = Texts.tsv(example.bind().type(), Examples.value(example));
      assertThat(Texts.sameText(given, function.gives()))
          .as("%s gives %s and not %s", function.example(), given, function.gives())
          .isTrue();
    }
  }

  private static String page() {
    StringBuilder page = new StringBuilder(HEAD).append(Examples.markdown());
    for (AggregateFunction.Group group : AggregateFunction.Group.values()) {
      page.append("\n## ").append(group.title()).append('\n');
      AggregateFunctions.all().stream()
          .filter(function -> function.group() == group)
          .forEach(function -> append(function, page));
    }
    return page.toString();
  }

  private static void append(AggregateFunction function, StringBuilder page) {
    Aggregate aggregate = Examples.Example.of(function.example()).bind();
    // Ways to call it stand apart by "or".
    String ways = function.signature().replaceAll(",? or ", "` or `");
    page.append("\n### `").append(ways).append("`\n\n");
    page.append(function.text()).append('\n');
    if (function.names().size() > 1) {
      page.append("Also called `")
          .append(String.join("`, `", function.names().subList(1, function.names().size())))
          .append("`.\n");
    }
    page.append("\n- Result: ").append(function.result());
    page.append(aggregate.type().nullable() ? "; NULL of no rows\n" : "\n");
    page.append("- State: ")
        .append(
            function.state().isEmpty()
                ? aggregate.words() * Long.BYTES + " bytes"
                : function.state())
        .append('\n');
    if (!function.error().isEmpty()) {
      page.append("- Error: ").append(function.error()).append('\n');
    }
    page.append("- Example: `")
        .append(function.example())
        .append("` gives `")
        .append(function.gives())
        .append("`\n");
  }
}
