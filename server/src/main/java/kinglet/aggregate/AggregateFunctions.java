// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import kinglet.error.Nearest;
import kinglet.error.PlatformException;
import kinglet.type.DataType;
import kinglet.value.Literal;
import org.jspecify.annotations.Nullable;

/// The aggregation functions there are: their documentation, and how to bind them.
public final class AggregateFunctions {
  private static final List<AggregateFunction> ALL =
      Stream.of(BasicFunctions.ALL, StatisticalFunctions.ALL, TimeFunctions.ALL)
          .flatMap(List::stream)
          .toList();

  /// Those whose names ClickHouse takes in any case.
  private static final Set<String> ANY_CASE =
      Set.of(
          "count",
          "sum",
          "avg",
          "min",
          "max",
          "any_value",
          "first_value",
          "last_value",
          "min_by",
          "max_by",
          "array_agg",
          "corr",
          "std",
          "stddev",
          "stddev_pop",
          "stddev_samp",
          "var_pop",
          "var_samp",
          "covar_pop",
          "covar_samp",
          "bit_and",
          "bit_or",
          "bit_xor");

  private static final String MAP = "Map";
  private static final String FOR_EACH = "ForEach";

  private static final Map<String, AggregateFunction> BY_NAME = byName();

  private AggregateFunctions() {}

  private static Map<String, AggregateFunction> byName() {
    Map<String, AggregateFunction> byName = new HashMap<>();
    for (AggregateFunction function : ALL) {
      for (String name : function.names()) {
        if (byName.put(key(name), function) != null) {
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

  /// What a name is known by.
  private static String key(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return ANY_CASE.contains(lower) ? lower : name;
  }

  /// Whether a name is that of an aggregation function, with or without a combinator.
  public static boolean has(String name) {
    return find(name) != null;
  }

  private static @Nullable AggregateFunction find(String name) {
    AggregateFunction function = BY_NAME.get(key(name));
    if (function != null) {
      return function;
    }
    if (name.endsWith(MAP)) {
      AggregateFunction inner = BY_NAME.get(key(name.substring(0, name.length() - MAP.length())));
      return inner == null
          ? null
          : combined(inner, name, "(map)", call -> PerKey.bindMap(call, inner));
    }
    if (name.endsWith(FOR_EACH)) {
      AggregateFunction inner =
          BY_NAME.get(key(name.substring(0, name.length() - FOR_EACH.length())));
      return inner == null
          ? null
          : combined(inner, name, "(array, ...)", call -> PerElement.bind(call, inner));
    }
    return null;
  }

  private static AggregateFunction combined(
      AggregateFunction inner, String name, String arguments, Function<Call, Aggregate> binder) {
    return new AggregateFunction(
        inner.group(),
        List.of(name),
        name + arguments,
        inner.text(),
        inner.result(),
        inner.state(),
        inner.error(),
        "",
        "",
        binder);
  }

  /// The function of a call.
  ///
  /// @param parameters those of the first of two pairs of parentheses
  /// @throws PlatformException with an [AggregateError] if there is no such function, or it does
  ///   not take the parameters or the types
  public static Aggregate bind(
      String name, List<Literal> parameters, List<DataType> argumentTypes) {
    AggregateFunction function = find(name);
    if (function == null) {
      throw unknown(name);
    }
    return function.binder().apply(new Call(function, parameters, argumentTypes));
  }

  private static PlatformException unknown(String name) {
    return new PlatformException(
        AggregateError.UNKNOWN_AGGREGATE,
        "features have no aggregation function "
            + name
            + "; a materialized view may use all functions of ClickHouse"
            + Nearest.hint(name, ALL.stream().flatMap(function -> function.names().stream())));
  }
}
