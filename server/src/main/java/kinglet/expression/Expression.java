// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.List;
import java.util.Optional;
import kinglet.value.Literal;

/// A SQL expression as it is written. Immutable.
public sealed interface Expression {
  /// Where in the text it starts, counted from 0.
  int start();

  /// Where in the text it ends.
  int end();

  /// The expression as SQL.
  default String sql() {
    return ExpressionText.of(this);
  }

  record Constant(Literal value, int start, int end) implements Expression {}

  /// `[1, 2]` is the call of `array`, `(1, 2)` that of `tuple`, `a + b` that of `plus`; operators
  /// and special forms such as CASE, IN, BETWEEN, CAST and INTERVAL are calls of ClickHouse's
  /// function of that meaning.
  ///
  /// @param parameters what stands in the first of two pairs of parentheses, as in
  ///   `quantile(0.9)(x)`
  /// @param distinct whether DISTINCT stands before the arguments
  /// @param window the name after OVER
  record Call(
      String function,
      List<Expression> parameters,
      boolean distinct,
      List<Expression> arguments,
      Optional<String> window,
      int start,
      int end)
      implements Expression {
    public Call {
      parameters = List.copyOf(parameters);
      arguments = List.copyOf(arguments);
    }
  }

  /// A column, perhaps with the name of a table before it.
  record Name(Optional<String> table, String column, int start, int end) implements Expression {}

  /// `x -> x + 1`, `(x, y) -> x + y`.
  record Lambda(List<String> parameters, Expression body, int start, int end)
      implements Expression {
    public Lambda {
      parameters = List.copyOf(parameters);
    }
  }

  /// `*` as the only argument of `count`.
  record Asterisk(int start, int end) implements Expression {}
}
