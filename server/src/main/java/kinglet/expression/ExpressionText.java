// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kinglet.expression.Expression.Asterisk;
import kinglet.expression.Expression.Call;
import kinglet.expression.Expression.Constant;
import kinglet.expression.Expression.Lambda;
import kinglet.expression.Expression.Name;
import kinglet.sql.Sql;
import kinglet.value.Literal;

/// Writes an expression as SQL that can be read in one way only.
final class ExpressionText {
  private static final Map<String, String> INFIX =
      Map.ofEntries(
          Map.entry("plus", "+"),
          Map.entry("minus", "-"),
          Map.entry("multiply", "*"),
          Map.entry("divide", "/"),
          Map.entry("modulo", "%"),
          Map.entry("equals", "="),
          Map.entry("notEquals", "!="),
          Map.entry("less", "<"),
          Map.entry("lessOrEquals", "<="),
          Map.entry("greater", ">"),
          Map.entry("greaterOrEquals", ">="),
          Map.entry("like", "LIKE"),
          Map.entry("notLike", "NOT LIKE"),
          Map.entry("ilike", "ILIKE"),
          Map.entry("notILike", "NOT ILIKE"),
          Map.entry("in", "IN"),
          Map.entry("notIn", "NOT IN"));

  private static final Map<String, String> CHAINED =
      Map.of("and", "AND", "or", "OR", "concat", "||");

  private static final Pattern PLAIN = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  /// Words that begin another form even before a parenthesis.
  private static final Set<String> SPECIAL = Set.of("CASE", "INTERVAL", "SELECT");

  private ExpressionText() {}

  static String of(Expression expression) {
    return switch (expression) {
      case Constant(Literal value, int _, int _) -> literal(value);
      case Name(Optional<String> table, String column, int _, int _) ->
          table.map(name -> name(name) + ".").orElse("") + name(column);
      case Lambda(List<String> parameters, Expression body, int _, int _) ->
          parameters.stream().map(ExpressionText::name).collect(Collectors.joining(", ", "(", ")"))
              + " -> "
              + of(body);
      case Asterisk _ -> "*";
      case Call call -> call(call);
    };
  }

  private static String call(Call call) {
    List<Expression> arguments = call.arguments();
    boolean plain = !call.distinct() && call.parameters().isEmpty() && call.window().isEmpty();
    int count = arguments.size();
    String infix = INFIX.get(call.function());
    if (plain && infix != null && count == 2) {
      return operand(arguments.getFirst()) + " " + infix + " " + operand(arguments.getLast());
    }
    String chained = CHAINED.get(call.function());
    if (plain && chained != null && count >= 2) {
      return arguments.stream()
          .map(ExpressionText::operand)
          .collect(Collectors.joining(" " + chained + " "));
    }
    if (!plain) {
      return named(call);
    }
    return switch (call.function()) {
      case "array" -> "[" + list(arguments) + "]";
      case "tuple" -> count > 1 ? "(" + list(arguments) + ")" : named(call);
      case "not" -> count == 1 ? "NOT " + operand(arguments.getFirst()) : named(call);
      case "isNull" -> count == 1 ? operand(arguments.getFirst()) + " IS NULL" : named(call);
      case "isNotNull" -> count == 1 ? operand(arguments.getFirst()) + " IS NOT NULL" : named(call);
      default -> named(call);
    };
  }

  private static String named(Call call) {
    return functionName(call.function())
        + (call.parameters().isEmpty() ? "" : "(" + list(call.parameters()) + ")")
        + "("
        + (call.distinct() ? "DISTINCT " : "")
        + list(call.arguments())
        + ")"
        + call.window().map(window -> " OVER " + name(window)).orElse("");
  }

  private static String list(List<Expression> expressions) {
    return expressions.stream().map(ExpressionText::of).collect(Collectors.joining(", "));
  }

  /// In parentheses where it is made of an operator itself.
  private static String operand(Expression expression) {
    boolean open =
        switch (expression) {
          case Lambda _ -> true;
          case Call call ->
              INFIX.containsKey(call.function())
                  || CHAINED.containsKey(call.function())
                  || call.function().equals("not")
                  || call.function().equals("isNull")
                  || call.function().equals("isNotNull");
          default -> false;
        };
    return open ? "(" + of(expression) + ")" : of(expression);
  }

  private static String literal(Literal literal) {
    return switch (literal) {
      case Literal.Number(String text) -> text;
      case Literal.Text(String value) -> Sql.literal(value);
      case Literal.Truth(boolean value) -> Boolean.toString(value);
      case Literal.Null _ -> "NULL";
    };
  }

  private static String functionName(String name) {
    boolean plain =
        PLAIN.matcher(name).matches() && !SPECIAL.contains(name.toUpperCase(Locale.ROOT));
    return plain ? name : Sql.quote(name);
  }

  private static String name(String name) {
    return PLAIN.matcher(name).matches() && !ExpressionParser.isReserved(name)
        ? name
        : Sql.quote(name);
  }
}
