// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The tree of an expression.
sealed interface Expression {
  record Constant(Value value) implements Expression {}

  /// A variable or parameter.
  record Name(String name) implements Expression {}

  record ListOf(List<Expression> elements) implements Expression {}

  record TupleOf(List<Expression> elements) implements Expression {}

  record DictOf(List<Expression> keys, List<Expression> values) implements Expression {}

  /// `[element for targets in source if condition]`
  record Comprehension(
      Expression element, List<String> targets, Expression source, Optional<Expression> condition)
      implements Expression {}

  record Not(Expression operand) implements Expression {}

  record Sign(boolean negative, Expression operand) implements Expression {}

  record And(Expression left, Expression right) implements Expression {}

  record Or(Expression left, Expression right) implements Expression {}

  record Arithmetic(ArithmeticOperator operator, Expression left, Expression right)
      implements Expression {}

  /// `first op1 operand1 op2 operand2 ...`
  record Comparison(Expression first, List<ComparisonOperator> operators, List<Expression> operands)
      implements Expression {}

  record Ternary(Expression condition, Expression then, Expression otherwise)
      implements Expression {}

  record Index(Expression target, Expression index) implements Expression {}

  record Slice(
      Expression target,
      Optional<Expression> from,
      Optional<Expression> to,
      Optional<Expression> step)
      implements Expression {}

  record Call(
      TemplateFunction function,
      String name,
      List<Expression> arguments,
      Map<String, Expression> keywords,
      int line)
      implements Expression {}

  record MethodCall(
      Expression target,
      String method,
      List<Expression> arguments,
      Map<String, Expression> keywords)
      implements Expression {}

  enum ArithmeticOperator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    REMAINDER("%");

    final String sign;

    ArithmeticOperator(String sign) {
      this.sign = sign;
    }
  }

  enum ComparisonOperator {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">="),
    IN("in"),
    NOT_IN("not in"),
    IS("is"),
    IS_NOT("is not");

    final String sign;

    ComparisonOperator(String sign) {
      this.sign = sign;
    }
  }
}
