// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.template.Expression.ArithmeticOperator;
import kinglet.template.Expression.ComparisonOperator;
import kinglet.template.ExpressionToken.Kind;

/// Reads expressions with Python's precedence. Owned by one thread.
final class ExpressionParser {
  private static final Set<String> KEYWORDS =
      Set.of(
          "and",
          "or",
          "not",
          "in",
          "is",
          "if",
          "else",
          "for",
          "lambda",
          "def",
          "class",
          "import",
          "from",
          "return",
          "yield",
          "await",
          "async",
          "global",
          "nonlocal",
          "del",
          "assert",
          "pass",
          "raise",
          "with",
          "try",
          "except",
          "finally",
          "while",
          "break",
          "continue",
          "elif",
          "as");

  /// Operators Python has and templates have not, by the name Python's tree gives them.
  private static final Map<String, String> REFUSED =
      Map.of(
          "**",
          "Pow()",
          "<<",
          "LShift()",
          ">>",
          "RShift()",
          "|",
          "BitOr()",
          "^",
          "BitXor()",
          "&",
          "BitAnd()",
          "@",
          "MatMult()");

  private final List<ExpressionToken> tokens;
  private final int line;
  private final boolean control;
  private int at;
  private int depth;
  private int operators;

  private ExpressionParser(String text, int line, boolean control) {
    this.tokens = ExpressionLexer.lex(text, line);
    this.line = line;
    this.control = control;
  }

  /// Reads a whole expression.
  ///
  /// @param control whether it stands in a `{% %}` tag
  static Expression parse(String text, int line, boolean control) {
    ExpressionParser parser = new ExpressionParser(text, line, control);
    Expression expression = parser.several();
    parser.end();
    return expression;
  }

  /// Reads `a = value`, `a, b = value` or `a += value`, or an expression alone.
  static Part assignment(String text, int line) {
    ExpressionParser parser = new ExpressionParser(text, line, true);
    int start = parser.at;
    if (parser.current().kind() == Kind.NAME) {
      List<String> targets = parser.targets();
      ExpressionToken sign = parser.current();
      if (sign.is("=")
          || sign.text().length() == 2 && sign.text().endsWith("=") && !sign.is("==")) {
        parser.at++;
        Expression value = parser.several();
        parser.end();
        if (sign.is("=")) {
          return new Part.Assign(targets, value, line);
        }
        for (ArithmeticOperator operator : ArithmeticOperator.values()) {
          if (sign.text().equals(operator.sign + "=") && targets.size() == 1) {
            Expression old = new Expression.Name(targets.getFirst());
            return new Part.Assign(targets, new Expression.Arithmetic(operator, old, value), line);
          }
        }
      }
    }
    parser.at = start;
    Expression expression = parser.several();
    parser.end();
    return new Part.Evaluate(expression, line);
  }

  /// Reads `a, b in source`.
  static Part.For loop(String text, int line, List<Part> body, List<Part> otherwise) {
    ExpressionParser parser = new ExpressionParser(text, line, true);
    List<String> targets = parser.targets();
    parser.expect("in");
    Expression source = parser.several();
    parser.end();
    return new Part.For(targets, source, body, otherwise, line);
  }

  private ExpressionToken current() {
    return tokens.get(at);
  }

  private boolean taken(String text) {
    if (current().is(text)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String text) {
    if (!taken(text)) {
      throw unexpected(" instead of '" + text + "'");
    }
  }

  private void end() {
    if (current().kind() != Kind.END) {
      throw unexpected("");
    }
  }

  private PlatformException unexpected(String instead) {
    ExpressionToken token = current();
    String refused = token.kind() == Kind.OPERATOR ? REFUSED.get(token.text()) : null;
    if (refused != null) {
      return TemplateFailures.syntax(line, "Invalid BinOp: " + refused + " at line " + line);
    }
    String found = token.kind() == Kind.END ? "the end of the tag" : "'" + token.text() + "'";
    return TemplateFailures.syntax(
        line, "invalid syntax: unexpected " + found + instead + ", line " + line);
  }

  private List<String> targets() {
    List<String> targets = new ArrayList<>();
    boolean parenthesis = taken("(");
    do {
      if (!targets.isEmpty() && current().kind() != Kind.NAME) {
        break;
      }
      targets.add(variable());
    } while (taken(","));
    if (parenthesis) {
      expect(")");
    }
    return targets;
  }

  private String variable() {
    ExpressionToken token = current();
    if (token.kind() != Kind.NAME || KEYWORDS.contains(token.text())) {
      throw unexpected(" instead of a name");
    }
    at++;
    return checkedName(token.text());
  }

  private String checkedName(String name) {
    if (name.equals("q") || name.equals("format")) {
      throw TemplateFailures.syntax(
          line, "\"" + name + "\" can not be used as a variable name, line " + line);
    }
    if (name.startsWith("__") && !name.startsWith("__tb__")) {
      throw TemplateFailures.syntax(
          line, "names that start with __ can not be used: '" + name + "', line " + line);
    }
    return name;
  }

  /// One expression, or a tuple without parentheses.
  private Expression several() {
    Expression first = ternary();
    if (!current().is(",")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (taken(",")) {
      if (current().kind() == Kind.END) {
        break;
      }
      elements.add(ternary());
    }
    return new Expression.TupleOf(elements);
  }

  private Expression ternary() {
    if (++depth > Limits.NESTING_MAX) {
      throw TemplateFailures.syntax(
          line, "the expression is nested deeper than " + Limits.NESTING_MAX + ", line " + line);
    }
    if (current().is("lambda")) {
      throw TemplateFailures.syntax(line, "Invalid expression: Lambda at line " + line);
    }
    Expression then = or();
    if (taken("if")) {
      Expression condition = or();
      expect("else");
      then = new Expression.Ternary(condition, then, ternary());
    }
    depth--;
    return then;
  }

  private Expression or() {
    Expression left = and();
    while (taken("or")) {
      operator();
      left = new Expression.Or(left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (taken("and")) {
      operator();
      left = new Expression.And(left, not());
    }
    return left;
  }

  /// Operators in a row nest to the left; the tree may not become deeper than a walk can go.
  private void operator() {
    if (++operators > Limits.OPERATORS_MAX) {
      throw TemplateFailures.syntax(
          line,
          "the expression has more than " + Limits.OPERATORS_MAX + " operators, line " + line);
    }
  }

  private Expression not() {
    int count = 0;
    while (taken("not")) {
      count++;
    }
    Expression operand = comparison();
    if (count == 0) {
      return operand;
    }
    Expression inverted = new Expression.Not(operand);
    return count % 2 == 1 ? inverted : new Expression.Not(inverted);
  }

  private Expression comparison() {
    Expression first = sum();
    List<ComparisonOperator> operators = new ArrayList<>();
    List<Expression> operands = new ArrayList<>();
    Optional<ComparisonOperator> operator = comparisonOperator();
    while (operator.isPresent()) {
      operators.add(operator.get());
      operands.add(sum());
      operator = comparisonOperator();
    }
    return operators.isEmpty() ? first : new Expression.Comparison(first, operators, operands);
  }

  private Optional<ComparisonOperator> comparisonOperator() {
    if (current().is("not") && tokens.get(at + 1).is("in")) {
      at += 2;
      return Optional.of(ComparisonOperator.NOT_IN);
    }
    if (taken("is")) {
      return Optional.of(taken("not") ? ComparisonOperator.IS_NOT : ComparisonOperator.IS);
    }
    for (ComparisonOperator operator : ComparisonOperator.values()) {
      if (taken(operator.sign)) {
        return Optional.of(operator);
      }
    }
    return Optional.empty();
  }

  private Expression sum() {
    Expression left = product();
    while (true) {
      ArithmeticOperator operator;
      if (taken("+")) {
        operator = ArithmeticOperator.ADD;
      } else if (taken("-")) {
        operator = ArithmeticOperator.SUBTRACT;
      } else {
        return left;
      }
      operator();
      left = new Expression.Arithmetic(operator, left, product());
    }
  }

  private Expression product() {
    Expression left = sign();
    while (true) {
      ArithmeticOperator operator;
      if (taken("*")) {
        operator = ArithmeticOperator.MULTIPLY;
      } else if (taken("/")) {
        operator = ArithmeticOperator.DIVIDE;
      } else if (taken("//")) {
        operator = ArithmeticOperator.FLOOR_DIVIDE;
      } else if (taken("%")) {
        operator = ArithmeticOperator.REMAINDER;
      } else {
        return left;
      }
      operator();
      left = new Expression.Arithmetic(operator, left, sign());
    }
  }

  private Expression sign() {
    if (current().is("~")) {
      throw TemplateFailures.syntax(line, "Invalid UnaryOp: Invert() at line " + line);
    }
    boolean any = false;
    boolean negative = false;
    while (current().is("-") || current().is("+")) {
      any = true;
      negative ^= current().is("-");
      at++;
    }
    Expression operand = postfix();
    return any ? new Expression.Sign(negative, operand) : operand;
  }

  private Expression postfix() {
    Expression target = atom();
    while (true) {
      operator();
      if (taken(".")) {
        target = method(target);
      } else if (taken("[")) {
        target = index(target);
      } else if (current().is("(")) {
        throw TemplateFailures.syntax(
            line, "invalid syntax: only functions and methods can be called, line " + line);
      } else {
        return target;
      }
    }
  }

  private Expression method(Expression target) {
    ExpressionToken name = current();
    if (name.kind() != Kind.NAME) {
      throw unexpected(" instead of a method");
    }
    at++;
    if (!taken("(")) {
      throw TemplateFailures.syntax(
          line, "attributes can not be read: '." + name.text() + "', line " + line);
    }
    Map<String, Expression> keywords = new LinkedHashMap<>();
    List<Expression> arguments = arguments(keywords);
    if (!Methods.isKnown(name.text())) {
      throw TemplateFailures.syntax(
          line, "'" + name.text() + "' is not a valid method, line " + line);
    }
    return new Expression.MethodCall(target, name.text(), arguments, keywords);
  }

  private Expression index(Expression target) {
    Optional<Expression> from = current().is(":") ? Optional.empty() : Optional.of(several());
    if (from.isPresent() && taken("]")) {
      return new Expression.Index(target, from.get());
    }
    expect(":");
    Optional<Expression> to = bound();
    Optional<Expression> step = taken(":") ? bound() : Optional.empty();
    expect("]");
    return new Expression.Slice(target, from, to, step);
  }

  private Optional<Expression> bound() {
    return current().is(":") || current().is("]") ? Optional.empty() : Optional.of(ternary());
  }

  private Expression atom() {
    ExpressionToken token = current();
    return switch (token.kind()) {
      case NUMBER -> {
        at++;
        yield new Expression.Constant(number(token.text()));
      }
      case STRING -> string();
      case NAME -> name(token);
      case OPERATOR -> bracket(token);
      case END -> throw unexpected("");
    };
  }

  private Expression string() {
    StringBuilder text = new StringBuilder();
    while (current().kind() == Kind.STRING) {
      text.append(current().text());
      at++;
    }
    return new Expression.Constant(Value.of(text.toString()));
  }

  private Value number(String written) {
    String text = written.replace("_", "").toLowerCase(Locale.ROOT);
    try {
      if (text.startsWith("0x")) {
        return Operations.integer(new BigInteger(text.substring(2), 16));
      }
      if (text.matches("[0-9]{1,1000}")) {
        return Operations.integer(new BigInteger(text));
      }
      if (text.matches("[0-9]*\\.?[0-9]*(e[+-]?[0-9]+)?") && text.length() < 1_000) {
        return new Value.Real(Double.parseDouble(text));
      }
    } catch (NumberFormatException _) {
      // Falls through to the refusal of what is no number.
    }
    throw TemplateFailures.syntax(
        line, "invalid syntax: '" + written + "' is not a number, line " + line);
  }

  private Expression name(ExpressionToken token) {
    String name = token.text();
    switch (name) {
      case "True", "true" -> {
        at++;
        return new Expression.Constant(Value.of(true));
      }
      case "False", "false" -> {
        at++;
        return new Expression.Constant(Value.of(false));
      }
      case "None" -> {
        at++;
        return new Expression.Constant(Value.NONE);
      }
      default -> {
        if (KEYWORDS.contains(name)) {
          throw unexpected("");
        }
      }
    }
    at++;
    if (!taken("(")) {
      return new Expression.Name(checkedName(name));
    }
    TemplateFunction function = function(name);
    Map<String, Expression> keywords = new LinkedHashMap<>();
    return new Expression.Call(function, name, arguments(keywords), keywords, line);
  }

  private TemplateFunction function(String name) {
    return TemplateFunction.named(name)
        .orElseThrow(() ->
            TemplateFailures.syntax(
                line,
                control
                    ? "wrong syntax, you might be using a not valid function inside a control block"
                    : "'" + name + "' is not a valid function, line " + line));
  }

  private List<Expression> arguments(Map<String, Expression> keywords) {
    List<Expression> arguments = new ArrayList<>();
    while (!taken(")")) {
      if (!arguments.isEmpty() || !keywords.isEmpty()) {
        expect(",");
        if (taken(")")) {
          break;
        }
      }
      boolean keyword = current().kind() == Kind.NAME && tokens.get(at + 1).is("=");
      if (keyword) {
        String name = current().text();
        at += 2;
        if (keywords.put(name, ternary()) != null) {
          throw TemplateFailures.syntax(
              line, "keyword argument repeated: " + name + ", line " + line);
        }
      } else if (!keywords.isEmpty()) {
        throw TemplateFailures.syntax(
            line, "positional argument follows keyword argument, line " + line);
      } else {
        arguments.add(comprehended(ternary()));
      }
    }
    return arguments;
  }

  /// An expression, or the elements of the loop that follows it.
  private Expression comprehended(Expression element) {
    if (!taken("for")) {
      return element;
    }
    List<String> targets = targets();
    expect("in");
    Expression source = or();
    Optional<Expression> condition = taken("if") ? Optional.of(or()) : Optional.empty();
    return new Expression.Comprehension(element, targets, source, condition);
  }

  private Expression bracket(ExpressionToken token) {
    at++;
    return switch (token.text()) {
      case "(" -> parenthesis();
      case "[" -> list();
      case "{" -> dict();
      default -> {
        at--;
        throw unexpected("");
      }
    };
  }

  private Expression parenthesis() {
    if (taken(")")) {
      return new Expression.TupleOf(List.of());
    }
    Expression first = comprehended(ternary());
    if (taken(")")) {
      return first;
    }
    List<Expression> elements = new ArrayList<>(List.of(first));
    while (!taken(")")) {
      expect(",");
      if (!current().is(")")) {
        elements.add(ternary());
      }
    }
    return new Expression.TupleOf(elements);
  }

  private Expression list() {
    List<Expression> elements = new ArrayList<>();
    while (!taken("]")) {
      if (!elements.isEmpty()) {
        expect(",");
        if (taken("]")) {
          break;
        }
      }
      Expression element = ternary();
      if (elements.isEmpty() && current().is("for")) {
        Expression loop = comprehended(element);
        expect("]");
        return loop;
      }
      elements.add(element);
    }
    return new Expression.ListOf(elements);
  }

  private Expression dict() {
    List<Expression> keys = new ArrayList<>();
    List<Expression> values = new ArrayList<>();
    while (!taken("}")) {
      if (!keys.isEmpty()) {
        expect(",");
        if (taken("}")) {
          break;
        }
      }
      keys.add(ternary());
      expect(":");
      values.add(ternary());
    }
    return new Expression.DictOf(keys, values);
  }
}
