// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static kinglet.aggregate.AggregateFunction.Group.ARRAYS;
import static kinglet.aggregate.AggregateFunction.Group.COUNTS_AND_SUMS;
import static kinglet.aggregate.AggregateFunction.Group.DISTINCT;
import static kinglet.aggregate.AggregateFunction.Group.VALUES;

import java.util.List;

/// Counts, sums, values, arrays and different values.
final class BasicFunctions {
  static final List<AggregateFunction> ALL =
      List.of(
new AggregateFunction(COUNTS_AND_SUMS, List.of("count"), "count() or count(x)", "How many rows; with an argument, those where it is not NULL.", "UInt64", "", "", "count()", "6", Count::bind),
new AggregateFunction(COUNTS_AND_SUMS, List.of("sum"), "sum(x)", "The sum. Integers and decimals wrap around; floats are added in the order of the events.", "UInt64 or Int64 of integers of up to 64 bits and of Bool, Float64 of floats, Decimal of 38 or 76 digits of decimals, the same type of wider integers", "", "floats: rounding, as in any order of adding", "sum(amount)", "23", Sum::bind),
new AggregateFunction(COUNTS_AND_SUMS, List.of("sumKahan"), "sumKahan(x)", "The sum of floats, with the rounding errors compensated (Kahan, Neumaier).", "Float64", "", "", "sumKahan(score)", "8.75", KahanSum::bind),
new AggregateFunction(COUNTS_AND_SUMS, List.of("avg"), "avg(x)", "The mean: the sum, as `sum` keeps it, divided by the count.", "Float64", "", "floats: rounding, as in any order of adding", "avg(amount)", "3.8333333333333335", Average::bind),
new AggregateFunction(VALUES, List.of("min"), "min(x)", "The least value. A NaN counts only where there is nothing else.", "the type of x", "the value, where it is a string or a large number", "", "min(amount)", "-2", call -> Extreme.bind(call, false)),
new AggregateFunction(VALUES, List.of("max"), "max(x)", "The greatest value. A NaN counts only where there is nothing else.", "the type of x", "the value, where it is a string or a large number", "", "max(amount)", "10", call -> Extreme.bind(call, true)),
new AggregateFunction(VALUES, List.of("any", "any_value", "first_value"), "any(x)", "The value of the first event where it is not NULL.", "the type of x", "16 bytes and the value, where it is not a word", "", "any(item)", "tea", call -> FirstLast.bind(call, false)),
new AggregateFunction(VALUES, List.of("anyLast", "last_value"), "anyLast(x)", "The value of the last event where it is not NULL.", "the type of x", "16 bytes and the value, where it is not a word", "", "anyLast(item)", "milk", call -> FirstLast.bind(call, true)),
new AggregateFunction(VALUES, List.of("argMin", "min_by"), "argMin(x, by)", "The value of `x` where `by` is least; of equal ones, that of the first event.", "the type of x", "16 to 32 bytes and the values that are not words", "", "argMin(item, amount)", "tea", call -> ArgExtreme.bind(call, false)),
new AggregateFunction(VALUES, List.of("argMax", "max_by"), "argMax(x, by)", "The value of `x` where `by` is greatest; of equal ones, that of the first event.", "the type of x", "16 to 32 bytes and the values that are not words", "", "argMax(item, amount)", "bread", call -> ArgExtreme.bind(call, true)),
new AggregateFunction(ARRAYS, List.of("groupArray", "array_agg"), "groupArray(N)(x)", "The values of the first N events, N from 1 to 65536.", "Array of the type of x", "24 bytes for each value, and the value where it is not a word", "", "groupArray(3)(item)", "['tea','milk','tea']", call -> ArrayOfEvents.bind(call, false, false)),
new AggregateFunction(ARRAYS, List.of("groupArrayLast"), "groupArrayLast(N)(x)", "The values of the last N events, in the order of the events, N from 1 to 65536. (ClickHouse gives the same values in an order that depends on how many there were.)", "Array of the type of x", "24 bytes for each value, and the value where it is not a word", "", "groupArrayLast(3)(item)", "['bread','tea','milk']", call -> ArrayOfEvents.bind(call, true, false)),
new AggregateFunction(ARRAYS, List.of("groupUniqArray"), "groupUniqArray(N)(x)", "The N different values that came first, in the order of their first events, N from 1 to 1024.", "Array of the type of x", "24 bytes for each value, and the value where it is not a word", "", "groupUniqArray(2)(item)", "['tea','milk']", call -> ArrayOfEvents.bind(call, false, true)),
new AggregateFunction(ARRAYS, List.of("groupUniqArrayLast"), "groupUniqArrayLast(N)(x)", "The N different values that came last, in the order of their last events, N from 1 to 1024. Not in ClickHouse.", "Array of the type of x", "24 bytes for each value, and the value where it is not a word", "", "groupUniqArrayLast(2)(item)", "['tea','milk']", call -> ArrayOfEvents.bind(call, true, true)),
new AggregateFunction(DISTINCT, List.of("uniqExact"), "uniqExact(x, ...)", "How many different values, or different rows of values; `count(DISTINCT x)` is the same. Counts up to 1,000,000 and stays there.", "UInt64", "11 to 22 bytes for each different value that is a word, 22 to 43 for each other one", "exact up to 1,000,000", "uniqExact(item)", "3", DistinctCount::bind),
new AggregateFunction(DISTINCT, List.of("uniq"), "uniq(x, ...)", "About how many different values, or different rows of values; exact up to 512.", "UInt64", "up to 22 bytes for each different value up to 512, from then on 4 KB", "a standard error of 1.6 % (HyperLogLog, 4096 registers)", "uniq(item)", "3", DistinctEstimate::bind),
new AggregateFunction(DISTINCT, List.of("uniqHLL12"), "uniqHLL12(x, ...)", "The same as `uniq`.", "UInt64", "as `uniq`", "as `uniq`", "uniqHLL12(item)", "3", DistinctEstimate::bind),
new AggregateFunction(DISTINCT, List.of("uniqCombined", "uniqCombined64"), "uniqCombined(p)(x, ...)", "As `uniq` with 2^p registers, p from 12 to 17, by default 14; exact up to 2^(p-3).", "UInt64", "up to 22 bytes for each different value up to 2^(p-3), from then on 2^p bytes", "a standard error of 104 % / sqrt(2^p): 0.8 % for 14, 0.3 % for 17", "uniqCombined(item)", "3", DistinctEstimate::bindPrecise),
new AggregateFunction(DISTINCT, List.of("uniqTheta"), "uniqTheta(x, ...)", "About how many different values by the 4096 least of their hashes; exact below 4096.", "UInt64", "8 to 16 bytes for each different value, at most 32 KB", "a standard error of 1.6 %", "uniqTheta(item)", "3", ThetaEstimate::bind));

  private BasicFunctions() {}

  /// A function of this list.
  static AggregateFunction named(String name) {
    return ALL.stream().filter(function -> function.name().equals(name)).findFirst().orElseThrow();
  }
}
