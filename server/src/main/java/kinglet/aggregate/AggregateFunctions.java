// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static kinglet.aggregate.AggregateFunction.Group.ARRAYS;
import static kinglet.aggregate.AggregateFunction.Group.COUNTS_AND_SUMS;
import static kinglet.aggregate.AggregateFunction.Group.DISTINCT;
import static kinglet.aggregate.AggregateFunction.Group.VALUES;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.type.DataType;
import kinglet.value.Literal;

/// The aggregation functions there are: their documentation, and how to bind them.
public final class AggregateFunctions {
  private static final List<AggregateFunction> ALL =
      List.of(
          new AggregateFunction(
              COUNTS_AND_SUMS,
              List.of("count"),
              "count() or count(x)",
              "How many rows; with an argument, those where it is not NULL.",
              "UInt64",
              "",
              "",
              "count()",
              "6",
              Count::bind),
          new AggregateFunction(
              COUNTS_AND_SUMS,
              List.of("sum"),
              "sum(x)",
              "The sum. Integers and decimals wrap around; floats are added in the order of the events.",
              "UInt64 or Int64 of integers of up to 64 bits and Bool, Float64 of floats, Decimal of 38 or 76 digits of decimals, the same type of wider integers",
              "",
              "",
              "sum(amount)",
              "23",
              Sum::bind),
          new AggregateFunction(
              COUNTS_AND_SUMS,
              List.of("sumKahan"),
              "sumKahan(x)",
              "The sum of floats, with the rounding errors compensated (Kahan, Neumaier).",
              "Float64",
              "",
              "",
              "sumKahan(score)",
              "8.75",
              KahanSum::bind),
          new AggregateFunction(
              COUNTS_AND_SUMS,
              List.of("avg"),
              "avg(x)",
              "The mean: the sum, as sum keeps it, divided by the count.",
              "Float64",
              "",
              "",
              "avg(amount)",
              "3.8333333333333335",
              Average::bind),
          new AggregateFunction(
              VALUES,
              List.of("min"),
              "min(x)",
              "The least value. A NaN counts only where there is nothing else.",
              "the type of x",
              "the value, where it is a string or a large number",
              "",
              "min(amount)",
              "-2",
              call -> Extreme.bind(call, false)),
          new AggregateFunction(
              VALUES,
              List.of("max"),
              "max(x)",
              "The greatest value. A NaN counts only where there is nothing else.",
              "the type of x",
              "the value, where it is a string or a large number",
              "",
              "max(amount)",
              "10",
              call -> Extreme.bind(call, true)),
          new AggregateFunction(
              VALUES,
              List.of("any", "any_value", "first_value"),
              "any(x)",
              "The value of the first event where it is not NULL.",
              "the type of x",
              "16 bytes and the value, where it is not a number",
              "",
              "any(item)",
              "tea",
              call -> FirstLast.bind(call, false)),
          new AggregateFunction(
              VALUES,
              List.of("anyLast", "last_value"),
              "anyLast(x)",
              "The value of the last event where it is not NULL.",
              "the type of x",
              "16 bytes and the value, where it is not a number",
              "",
              "anyLast(item)",
              "milk",
              call -> FirstLast.bind(call, true)),
          new AggregateFunction(
              VALUES,
              List.of("argMin"),
              "argMin(x, by)",
              "The value of x where by is least; of equal ones, that of the first event.",
              "the type of x",
              "16 to 32 bytes and the values that are not numbers",
              "",
              "argMin(item, amount)",
              "tea",
              call -> ArgExtreme.bind(call, false)),
          new AggregateFunction(
              VALUES,
              List.of("argMax"),
              "argMax(x, by)",
              "The value of x where by is greatest; of equal ones, that of the first event.",
              "the type of x",
              "16 to 32 bytes and the values that are not numbers",
              "",
              "argMax(item, amount)",
              "bread",
              call -> ArgExtreme.bind(call, true)),
          new AggregateFunction(
              ARRAYS,
              List.of("groupArray", "array_agg"),
              "groupArray(N)(x)",
              "The values of the first N events, N from 1 to 65536.",
              "Array of the type of x",
              "24 bytes and more for each value",
              "",
              "groupArray(3)(item)",
              "['tea','milk','tea']",
              call -> ArrayOfEvents.bind(call, false, false)),
          new AggregateFunction(
              ARRAYS,
              List.of("groupArrayLast"),
              "groupArrayLast(N)(x)",
              "The values of the last N events in their order, N from 1 to 65536.",
              "Array of the type of x",
              "24 bytes and more for each value",
              "",
              "groupArrayLast(3)(item)",
              "['bread','tea','milk']",
              call -> ArrayOfEvents.bind(call, true, false)),
          new AggregateFunction(
              ARRAYS,
              List.of("groupUniqArray"),
              "groupUniqArray(N)(x)",
              "The N different values that came first, in the order of their first events, N from 1 to 1024.",
              "Array of the type of x",
              "24 bytes and more for each value",
              "",
              "groupUniqArray(2)(item)",
              "['tea','milk']",
              call -> ArrayOfEvents.bind(call, false, true)),
          new AggregateFunction(
              ARRAYS,
              List.of("groupUniqArrayLast"),
              "groupUniqArrayLast(N)(x)",
              "The N different values that came last, in the order of their last events, N from 1 to 1024.",
              "Array of the type of x",
              "24 bytes and more for each value",
              "",
              "groupUniqArrayLast(2)(item)",
              "['tea','milk']",
              call -> ArrayOfEvents.bind(call, true, true)),
          new AggregateFunction(
              DISTINCT,
              List.of("uniqExact"),
              "uniqExact(x, ...)",
              "How many different values, or different rows of values. Counts up to 1,000,000 and stays there.",
              "UInt64",
              "about 12 bytes for each different number, 24 for each other value",
              "",
              "uniqExact(item)",
              "3",
              DistinctCount::bind),
          new AggregateFunction(
              DISTINCT,
              List.of("uniq"),
              "uniq(x, ...)",
              "About how many different values, or different rows of values; exact up to 512 of them.",
              "UInt64",
              "about 12 bytes for each different value up to 512, from then on 4 KB",
              "a standard error of 1.6 % above 512 (HyperLogLog with 4096 registers)",
              "uniq(item)",
              "3",
              DistinctEstimate::bind));

  /// Those whose names ClickHouse takes in any case.
  private static final Set<String> ANY_CASE =
      Set.of("count", "sum", "avg", "min", "max", "any_value", "first_value", "last_value");

  private static final Map<String, AggregateFunction> BY_NAME = byName();

  private AggregateFunctions() {}

  private static Map<String, AggregateFunction> byName() {
    Map<String, AggregateFunction> byName = new HashMap<>();
    for (AggregateFunction function : ALL) {
      for (String name : function.names()) {
        if (byName.put(name, function) != null) {
          throw new IllegalStateException("two functions with the name " + name);
        }
      }
    }
    return Map.copyOf(byName);
  }

  /// All functions, in the order of their page.
  public static List<AggregateFunction> all() {
    return ALL;
  }

  /// Whether a name is that of an aggregation function.
  public static boolean has(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return BY_NAME.containsKey(name) || ANY_CASE.contains(lower);
  }

  /// The function of a call.
  ///
  /// @param parameters those of the first of two pairs of parentheses
  /// @throws PlatformException with an [AggregateError] if there is no such function, or it does
  ///   not take the parameters or the types
  public static Aggregate bind(
      String name, List<Literal> parameters, List<DataType> argumentTypes) {
    String lower = name.toLowerCase(Locale.ROOT);
    AggregateFunction function = BY_NAME.get(ANY_CASE.contains(lower) ? lower : name);
    if (function == null) {
      throw unknown(name);
    }
    return function.binder().apply(new Call(function, parameters, argumentTypes));
  }

  private static PlatformException unknown(String name) {
    String nearest = "count";
    int least = Integer.MAX_VALUE;
    for (AggregateFunction function : ALL) {
      for (String candidate : function.names()) {
        int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
        if (distance < least) {
          nearest = candidate;
          least = distance;
        }
      }
    }
    return new PlatformException(
        AggregateError.UNKNOWN_AGGREGATE,
        "features have no aggregation function "
            + name
            + (least <= name.length() / 2 ? "; did you mean " + nearest + "?" : ";")
            + " A materialized view may use every function of ClickHouse");
  }

  /// How many letters must be changed, put in or left out to make one word of the other.
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
