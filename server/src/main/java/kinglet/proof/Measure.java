// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An aggregation function over events: as a view writes it, as ClickHouse computes it of the rows
/// of a window, and as Java has it.
///
/// @param parameters with their brackets, if there are any
/// @param condition which events count, for `-If`
/// @param oracle what ClickHouse computes where a condition holds; none for what it does not have
/// @param exactOnly whether it depends on the order of events in a way that tiles do not keep
record Measure(
    String function,
    String parameters,
    List<Term> arguments,
    Optional<Condition> condition,
    Optional<Oracle> oracle,
    boolean exactOnly,
    Fold fold) {

  /// What a function gives of the events of a window.
  @FunctionalInterface
  interface Fold {
    Expected of(Inputs inputs);
  }

  /// What ClickHouse computes of the rows where a condition holds.
  @FunctionalInterface
  interface Oracle {
    /// @param over what comes behind the call of the function: a window, or nothing where the rows
    ///   of a read are a group
    String sql(String inside, String over);
  }

  /// What a function is given.
  ///
  /// @param arguments for each event the values of the arguments, none of which is NULL
  record Inputs(List<Event> events, List<List<Object>> arguments, long readMicros) {
    boolean isEmpty() {
      return events.isEmpty();
    }

    List<Object> column(int argument) {
      List<Object> column = new ArrayList<>(arguments.size());
      for (List<Object> row : arguments) {
        column.add(row.get(argument));
      }
      return column;
    }
  }

  static Measure of(String function, String parameters, List<Term> arguments, Fold fold) {
    return new Measure(
            function, parameters, arguments, Optional.empty(), Optional.empty(), false, fold)
        .computedBy(function, parameters);
  }

  /// The same by a function of ClickHouse's with `-If`.
  private Measure computedBy(String theirs, String theirParameters) {
    String given = arguments.stream().map(term -> term.sql() + ", ").collect(Collectors.joining());
    return oracle(
        (inside, over) -> theirs + "If" + theirParameters + "(" + given + inside + ")" + over);
  }

  Measure computedBy(String theirs) {
    return computedBy(theirs, parameters);
  }

  Measure oracle(Oracle changed) {
    return new Measure(
        function, parameters, arguments, condition, Optional.of(changed), exactOnly, fold);
  }

  /// The same where ClickHouse has no such function.
  Measure ours() {
    return new Measure(
        function, parameters, arguments, condition, Optional.empty(), exactOnly, fold);
  }

  Measure exactWindowsOnly() {
    return new Measure(function, parameters, arguments, condition, oracle, true, fold);
  }

  Measure when(Condition holds) {
    return new Measure(
        function, parameters, arguments, Optional.of(holds), oracle, exactOnly, fold);
  }

  /// The call over a window as a view writes it.
  String sql(String window) {
    List<String> given = new ArrayList<>(arguments.stream().map(Term::sql).toList());
    condition.ifPresent(holds -> given.add(holds.sql()));
    return function
        + (condition.isPresent() ? "If" : "")
        + parameters
        + "("
        + String.join(", ", given)
        + ") OVER "
        + window;
  }

  /// What ClickHouse computes of the rows that are inside a window.
  Optional<String> oracleSql(String inside, String over) {
    String counted =
        condition.map(holds -> "(" + inside + ") AND (" + holds.sql() + ")").orElse(inside);
    return oracle.map(of -> of.sql(counted, over));
  }

  /// What it is of the events of a window, in their order.
  Expected of(List<Event> window, long readMicros) {
    List<Event> events = new ArrayList<>();
    List<List<Object>> values = new ArrayList<>();
    for (Event event : window) {
      if (condition.isPresent() && !condition.get().holds(event)) {
        continue;
      }
      List<Object> row = new ArrayList<>(arguments.size());
      for (Term argument : arguments) {
        @Nullable Object value = argument.of().apply(event);
        if (value == null) {
          break;
        }
        row.add(value);
      }
      if (row.size() == arguments.size()) {
        events.add(event);
        values.add(row);
      }
    }
    return fold.of(new Inputs(events, values, readMicros));
  }
}
