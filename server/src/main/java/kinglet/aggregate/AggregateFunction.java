// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.List;
import java.util.function.Function;

/// What is known of an aggregation function: how it is called, what it gives, what it costs.
///
/// @param names its name and its synonyms
/// @param signature how it is called
/// @param text what it gives
/// @param result the type of the result
/// @param state how large a state is where it is not words alone
/// @param error how far off it may be
/// @param example a call over the rows of the page's example table
/// @param gives what the example gives, as ClickHouse writes it in TSV
public record AggregateFunction(
    Group group,
    List<String> names,
    String signature,
    String text,
    String result,
    String state,
    String error,
    String example,
    String gives,
    Function<Call, Aggregate> binder) {

  public AggregateFunction {
    names = List.copyOf(names);
  }

  public String name() {
    return names.getFirst();
  }

  /// What functions have in common, as the chapters of their page.
  public enum Group {
    COUNTS_AND_SUMS("Counts and sums"),
    VALUES("Values of events"),
    ARRAYS("Arrays of events"),
    DISTINCT("Different values"),
    STATISTICS("Statistics"),
    QUANTILES("Quantiles"),
    CATEGORIES("Categories"),
    TIME("Time"),
    SEQUENCES("Sequences of conditions"),
    BITS("Bits");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }
}
