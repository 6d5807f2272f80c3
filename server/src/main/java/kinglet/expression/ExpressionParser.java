// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.expression.Expression.Asterisk;
import kinglet.expression.Expression.Call;
import kinglet.expression.Expression.Constant;
import kinglet.expression.Expression.Lambda;
import kinglet.expression.Expression.Name;
import kinglet.sql.Sql;
import kinglet.sql.Token;
import kinglet.sql.TokenKind;
import kinglet.value.Literal;

/// Reads expressions of a SQL text by recursive descent, with ClickHouse's precedences.
///
/// ```
/// lambda = name "->" lambda | "(" names ")" "->" lambda | choice
/// choice = or [ "?" choice ":" choice ]
/// or, and, not, IS NULL, BETWEEN, comparison, "||", "+ -", "* / %", "-", postfix
/// ```
public final class ExpressionParser {
  /// How deep expressions may nest.
  static final int DEPTH_MAX = 100;

  /// How many parts an expression may have.
  static final int PARTS_MAX = 5_000;

  /// Words that no expression begins with.
  private static final Set<String> RESERVED =
      Set.of(
          "SELECT",
          "FROM",
          "WHERE",
          "PREWHERE",
          "WINDOW",
          "GROUP",
          "ORDER",
          "BY",
          "HAVING",
          "LIMIT",
          "UNION",
          "QUALIFY",
          "SETTINGS",
          "FORMAT",
          "AS",
          "ON",
          "USING",
          "JOIN",
          "AND",
          "OR",
          "IN",
          "IS",
          "LIKE",
          "ILIKE",
          "BETWEEN",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "OVER",
          "DISTINCT",
          "PARTITION");

  private static final Set<String> UNITS =
      Set.of(
          "NANOSECOND",
          "MICROSECOND",
          "MILLISECOND",
          "SECOND",
          "MINUTE",
          "HOUR",
          "DAY",
          "WEEK",
          "MONTH",
          "QUARTER",
          "YEAR");

  /// Words that are something else than a name where a name could stand.
  private static final Set<String> LITERALS =
      Set.of(
          "NULL",
          "TRUE",
          "FALSE",
          "INF",
          "INFINITY",
          "NAN",
          "CASE",
          "NOT",
          "INTERVAL",
          "DATE",
          "TIMESTAMP",
          "DIV",
          "MOD",
          "REGEXP");

  private static final Set<String> DIFFERING =
      Set.of("datediff", "date_diff", "timestampdiff", "timestamp_diff");

  private static final Set<String> ADDING =
      Set.of("dateadd", "date_add", "timestampadd", "timestamp_add");

  private static final Set<String> SUBTRACTING =
      Set.of("datesub", "date_sub", "timestampsub", "timestamp_sub");

  private static final int OR = 3;
  private static final int AND = 4;
  private static final int NOT = 5;
  private static final int IS = 6;
  private static final int BETWEEN = 7;
  private static final int COMPARE = 9;
  private static final int CONCAT = 10;
  private static final int ADD = 11;
  private static final int MULTIPLY = 12;
  private static final int MINUS = 13;

  private final String sql;
  private final List<Token> tokens;
  private int position;
  private int depth;
  private int parts;

  /// A parser over the significant tokens of a text.
  public ExpressionParser(String sql, List<Token> tokens) {
    this.sql = sql;
    this.tokens = tokens;
  }

  /// The expression a whole text is.
  public static Expression parse(String sql) {
    List<Token> tokens = Sql.lex(sql).stream().filter(token -> token.kind().significant()).toList();
    ExpressionParser parser = new ExpressionParser(sql, tokens);
    Expression expression = parser.parseAt(0);
    if (parser.position() < tokens.size()) {
      throw parser.unexpected("an operator or the end");
    }
    return expression;
  }

  /// The longest expression that begins at a token.
  public Expression parseAt(int token) {
    position = token;
    depth = 0;
    parts = 0;
    return expression();
  }

  /// The first token behind what was parsed.
  public int position() {
    return position;
  }

  /// Whether a name must be quoted to be one.
  static boolean isReserved(String name) {
    String word = name.toUpperCase(Locale.ROOT);
    return RESERVED.contains(word) || LITERALS.contains(word);
  }

  private Expression expression() {
    if (++depth > DEPTH_MAX) {
      throw complex("nests deeper than the allowed " + DEPTH_MAX + " levels");
    }
    Expression condition = operators(OR);
    Expression result = condition;
    if (take(TokenKind.QUESTION)) {
      Expression then = expression();
      expect(TokenKind.COLON, "':' and the value otherwise");
      Expression otherwise = expression();
      result = call("if", List.of(condition, then, otherwise), condition.start(), otherwise.end());
    }
    depth--;
    return result;
  }

  /// Operators that bind at least as tightly as `least`.
  private Expression operators(int least) {
    Expression left = prefix();
    while (true) {
      Optional<Expression> longer = infix(left, least);
      if (longer.isEmpty()) {
        return left;
      }
      left = longer.get();
    }
  }

  private Expression prefix() {
    int start = start();
    if (isOperator("-", "\u2212")) {
      boolean number = kind(position + 1) == TokenKind.NUMBER || isInfinite(position + 1);
      position++;
      return number ? postfix(negativeNumber(start)) : negated(start);
    }
    if (takeWord("NOT")) {
      Expression operand = nested(NOT);
      return call("not", List.of(operand), start, operand.end());
    }
    return postfix(primary());
  }

  private Expression negated(int start) {
    Expression operand = nested(MINUS);
    return call("negate", List.of(operand), start, operand.end());
  }

  private Expression nested(int least) {
    if (++depth > DEPTH_MAX) {
      throw complex("nests deeper than the allowed " + DEPTH_MAX + " levels");
    }
    Expression operand = operators(least);
    depth--;
    return operand;
  }

  private boolean isInfinite(int place) {
    String word = word(place);
    return word.equals("INF") || word.equals("INFINITY") || word.equals("NAN");
  }

  private Expression negativeNumber(int start) {
    String digits = text().toLowerCase(Locale.ROOT);
    int end = tokens.get(position++).end();
    return constant(new Literal.Number("-" + digits), start, end);
  }

  private Optional<Expression> infix(Expression left, int least) {
    if (kind() == TokenKind.WORD) {
      return wordInfix(left, least);
    }
    return switch (kind()) {
      case EQUALS -> binary(left, "equals", COMPARE, least);
      case ASTERISK -> binary(left, "multiply", MULTIPLY, least);
      case OPERATOR ->
          switch (text()) {
            case "!=", "<>" -> binary(left, "notEquals", COMPARE, least);
            case "<" -> binary(left, "less", COMPARE, least);
            case "<=" -> binary(left, "lessOrEquals", COMPARE, least);
            case ">" -> binary(left, "greater", COMPARE, least);
            case ">=" -> binary(left, "greaterOrEquals", COMPARE, least);
            case "<=>" -> binary(left, "isNotDistinctFrom", COMPARE, least);
            case "||" -> merged(left, "concat", CONCAT, least);
            case "+" -> binary(left, "plus", ADD, least);
            case "-", "\u2212" -> binary(left, "minus", ADD, least);
            case "/" -> binary(left, "divide", MULTIPLY, least);
            case "%" -> binary(left, "modulo", MULTIPLY, least);
            default -> Optional.empty();
          };
      default -> Optional.empty();
    };
  }

  private Optional<Expression> wordInfix(Expression left, int least) {
    return switch (word(position)) {
      case "OR" -> merged(left, "or", OR, least);
      case "AND" -> merged(left, "and", AND, least);
      case "DIV" -> binary(left, "intDiv", MULTIPLY, least);
      case "MOD" -> binary(left, "modulo", MULTIPLY, least);
      case "LIKE" -> binary(left, "like", COMPARE, least);
      case "ILIKE" -> binary(left, "ilike", COMPARE, least);
      case "REGEXP" -> binary(left, "match", COMPARE, least);
      case "IN" -> binary(left, "in", COMPARE, least);
      case "BETWEEN" -> between(left, false, least);
      case "IS" -> isForm(left, least);
      case "NOT" -> notForm(left, least);
      default -> Optional.empty();
    };
  }

  private Optional<Expression> notForm(Expression left, int least) {
    String next = word(position + 1);
    if (next.equals("BETWEEN")) {
      if (BETWEEN < least) {
        return Optional.empty();
      }
      position++;
      return between(left, true, least);
    }
    String function =
        switch (next) {
          case "LIKE" -> "notLike";
          case "ILIKE" -> "notILike";
          case "IN" -> "notIn";
          default -> "";
        };
    if (function.isEmpty() || COMPARE < least) {
      return Optional.empty();
    }
    position++;
    return binary(left, function, COMPARE, least);
  }

  private Optional<Expression> isForm(Expression left, int least) {
    if (IS < least) {
      return Optional.empty();
    }
    position++;
    boolean not = takeWord("NOT");
    if (takeWord("NULL")) {
      return Optional.of(
          call(not ? "isNotNull" : "isNull", List.of(left), left.start(), lastEnd()));
    }
    if (!takeWord("DISTINCT") || !isWord("FROM")) {
      throw unexpected("NULL or DISTINCT FROM after IS");
    }
    return binary(left, not ? "isNotDistinctFrom" : "isDistinctFrom", IS, least);
  }

  private Optional<Expression> between(Expression left, boolean not, int least) {
    if (BETWEEN < least) {
      return Optional.empty();
    }
    position++;
    Expression low = operators(BETWEEN + 1);
    if (!takeWord("AND")) {
      throw unexpected("AND and the upper bound of BETWEEN");
    }
    Expression high = operators(BETWEEN + 1);
    Expression first =
        call(not ? "less" : "greaterOrEquals", List.of(left, low), left.start(), low.end());
    Expression second =
        call(not ? "greater" : "lessOrEquals", List.of(left, high), left.start(), high.end());
    return Optional.of(call(not ? "or" : "and", List.of(first, second), left.start(), high.end()));
  }

  private Optional<Expression> binary(Expression left, String function, int strength, int least) {
    if (strength < least) {
      return Optional.empty();
    }
    position++;
    Expression right = operators(strength + 1);
    return Optional.of(call(function, List.of(left, right), left.start(), right.end()));
  }

  /// A chain such as `a AND b AND c` is one call.
  private Optional<Expression> merged(Expression left, String function, int strength, int least) {
    if (strength < least) {
      return Optional.empty();
    }
    List<Expression> operands = new ArrayList<>(List.of(left));
    int operator = position;
    do {
      position++;
      operands.add(operators(strength + 1));
    } while (sameOperator(operator, position));
    return Optional.of(call(function, operands, left.start(), operands.getLast().end()));
  }

  private boolean sameOperator(int one, int other) {
    return kind(one) == kind(other)
        && tokens.get(one).text(sql).equalsIgnoreCase(tokens.get(other).text(sql));
  }

  private Expression postfix(Expression head) {
    Expression left = head;
    while (true) {
      switch (kind()) {
        case OPEN_SQUARE -> {
          position++;
          Expression index = expression();
          expect(TokenKind.CLOSE_SQUARE, "']'");
          left = call("arrayElement", List.of(left, index), left.start(), lastEnd());
        }
        case DOT -> left = element(left);
        case DOUBLE_COLON -> {
          position++;
          Expression type = type();
          left = call("CAST", List.of(left, type), left.start(), type.end());
        }
        default -> {
          return left;
        }
      }
    }
  }

  private Expression element(Expression tuple) {
    position++;
    int start = start();
    Literal place;
    if (kind() == TokenKind.NUMBER) {
      place = new Literal.Number(text());
    } else if (isName(position)) {
      place = new Literal.Text(Sql.name(sql, tokens.get(position)));
    } else {
      throw unexpected("the number or name of an element after '.'");
    }
    int end = tokens.get(position++).end();
    return call("tupleElement", List.of(tuple, constant(place, start, end)), tuple.start(), end);
  }

  private Expression primary() {
    int start = start();
    return switch (kind()) {
      case NUMBER -> {
        String digits = text();
        position++;
        yield constant(new Literal.Number(digits), start, lastEnd());
      }
      case STRING, HEREDOC -> {
        String value = string();
        yield constant(new Literal.Text(value), start, lastEnd());
      }
      case OPEN_ROUND -> round();
      case OPEN_SQUARE -> {
        position++;
        List<Expression> elements = list(TokenKind.CLOSE_SQUARE, "']'");
        yield call("array", elements, start, lastEnd());
      }
      case WORD, QUOTED_NAME -> named();
      case ASTERISK -> throw failure("'*' stands only in count(*)");
      case OPEN_CURLY ->
          throw failure("A query parameter in braces has no value here: write the value itself");
      default -> throw unexpected("an expression");
    };
  }

  private Expression round() {
    int start = start();
    position++;
    if (isWord("SELECT") || isWord("WITH")) {
      throw failure("A query inside an expression is not possible here");
    }
    List<Expression> elements = new ArrayList<>();
    boolean comma = false;
    while (!take(TokenKind.CLOSE_ROUND)) {
      if (!elements.isEmpty() && !comma) {
        throw unexpected("',' or ')'");
      }
      elements.add(expression());
      comma = take(TokenKind.COMMA);
    }
    if (kind() == TokenKind.ARROW) {
      return lambda(elements, start);
    }
    if (elements.size() == 1 && !comma) {
      return elements.getFirst();
    }
    return call("tuple", elements, start, lastEnd());
  }

  private Expression lambda(List<Expression> names, int start) {
    List<String> parameters = new ArrayList<>();
    for (Expression name : names) {
      if (!(name instanceof Name(Optional<String> table, String column, int _, int _))
          || table.isPresent()) {
        throw SourceRange.of(name)
            .failure(
                ExpressionError.EXPRESSION_SYNTAX, "Before -> stand the names of its parameters");
      }
      if (parameters.contains(column)) {
        throw SourceRange.of(name)
            .failure(
                ExpressionError.EXPRESSION_SYNTAX,
                "The parameter '" + column + "' stands twice before ->");
      }
      parameters.add(column);
    }
    expect(TokenKind.ARROW, "'->'");
    Expression body = expression();
    count();
    return new Lambda(parameters, body, start, body.end());
  }

  private Expression named() {
    if (kind() == TokenKind.WORD) {
      Optional<Expression> special = special();
      if (special.isPresent()) {
        return special.get();
      }
    }
    int start = start();
    if (kind(position + 1) == TokenKind.OPEN_ROUND) {
      return function();
    }
    if (RESERVED.contains(word(position))) {
      throw unexpected("an expression");
    }
    String first = name();
    if (kind() == TokenKind.ARROW) {
      return lambda(List.of(new Name(Optional.empty(), first, start, lastEnd())), start);
    }
    if (kind() != TokenKind.DOT || !isName(position + 1)) {
      count();
      return new Name(Optional.empty(), first, start, lastEnd());
    }
    StringBuilder column = new StringBuilder();
    while (kind() == TokenKind.DOT && isName(position + 1)) {
      position++;
      column.append(column.isEmpty() ? "" : ".").append(name());
    }
    count();
    return new Name(Optional.of(first), column.toString(), start, lastEnd());
  }

  private Optional<Expression> special() {
    int start = start();
    boolean call = opensCall();
    return switch (word(position)) {
      case "NULL" -> keyword(call, new Literal.Null());
      case "TRUE" -> keyword(call, new Literal.Truth(true));
      case "FALSE" -> keyword(call, new Literal.Truth(false));
      case "INF", "INFINITY", "NAN" ->
          keyword(call, new Literal.Number(text().toLowerCase(Locale.ROOT)));
      case "CASE" -> Optional.of(caseForm());
      case "CAST" -> call ? castForm() : Optional.empty();
      case "EXTRACT" -> call ? extractForm() : Optional.empty();
      case "SUBSTRING" -> call ? substringForm() : Optional.empty();
      case "POSITION" -> call ? positionForm() : Optional.empty();
      case "TRIM" -> call ? trimForm() : Optional.empty();
      case "INTERVAL" ->
          !call || intervalInParentheses() ? Optional.of(interval()) : Optional.empty();
      case "DATE" ->
          isString(position + 1) ? Optional.of(typed("toDate", start)) : Optional.empty();
      case "TIMESTAMP" ->
          isString(position + 1) ? Optional.of(typed("toDateTime", start)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<Expression> keyword(boolean call, Literal literal) {
    if (call) {
      return Optional.empty();
    }
    int start = start();
    position++;
    return Optional.of(constant(literal, start, lastEnd()));
  }

  private Expression typed(String function, int start) {
    position++;
    Expression text = primary();
    return call(function, List.of(text), start, text.end());
  }

  private boolean intervalInParentheses() {
    int open = 0;
    for (int i = position + 1; i < tokens.size(); i++) {
      if (kind(i) == TokenKind.OPEN_ROUND) {
        open++;
      } else if (kind(i) == TokenKind.CLOSE_ROUND && --open == 0) {
        return isUnit(word(i + 1));
      }
    }
    return false;
  }

  private Expression interval() {
    int start = start();
    position++;
    if (isString(position) && !isUnit(word(position + 1))) {
      return intervalText(start);
    }
    Expression amount = nested(OR);
    if (kind() != TokenKind.WORD || !isUnit(word(position))) {
      throw unexpected("a unit such as HOUR after the number of INTERVAL");
    }
    String unit = unit(word(position++));
    return call("toInterval" + unit, List.of(amount), start, lastEnd());
  }

  private Expression intervalText(int start) {
    int at = position;
    int numberStart = start();
    String[] pieces = string().strip().split("\\s+", -1);
    if (pieces.length != 2
        || !pieces[0].matches("-?\\d{1,18}")
        || !isUnit(pieces[1].toUpperCase(Locale.ROOT))) {
      position = at;
      throw unexpected("a text such as '1 hour' after INTERVAL");
    }
    Expression amount = constant(new Literal.Number(pieces[0]), numberStart, lastEnd());
    return call(
        "toInterval" + unit(pieces[1].toUpperCase(Locale.ROOT)), List.of(amount), start, lastEnd());
  }

  private static boolean isUnit(String word) {
    return UNITS.contains(word)
        || (word.endsWith("S") && UNITS.contains(word.substring(0, word.length() - 1)));
  }

  private static String unit(String word) {
    String single = UNITS.contains(word) ? word : word.substring(0, word.length() - 1);
    return single.charAt(0) + single.substring(1).toLowerCase(Locale.ROOT);
  }

  private Expression caseForm() {
    int start = start();
    position++;
    List<Expression> arguments = new ArrayList<>();
    boolean simple = !isWord("WHEN");
    if (simple) {
      arguments.add(expression());
    }
    while (takeWord("WHEN")) {
      arguments.add(expression());
      if (!takeWord("THEN")) {
        throw unexpected("THEN");
      }
      arguments.add(expression());
    }
    if (arguments.size() < 2) {
      throw unexpected("WHEN");
    }
    arguments.add(takeWord("ELSE") ? expression() : constant(new Literal.Null(), start(), start()));
    if (!takeWord("END")) {
      throw unexpected("WHEN, ELSE or END");
    }
    return call(simple ? "caseWithExpression" : "multiIf", arguments, start, lastEnd());
  }

  /// `CAST(x AS T)`; the other form is an ordinary call.
  private Optional<Expression> castForm() {
    int start = start();
    int from = position;
    position += 2;
    Expression operand = expression();
    if (!takeWord("AS")) {
      position = from;
      return Optional.empty();
    }
    Expression type = type();
    expect(TokenKind.CLOSE_ROUND, "')'");
    return Optional.of(call("CAST", List.of(operand, type), start, lastEnd()));
  }

  private Optional<Expression> extractForm() {
    if (!isUnit(word(position + 2)) || !word(position + 3).equals("FROM")) {
      return Optional.empty();
    }
    int start = start();
    String unit = unit(word(position + 2));
    position += 4;
    Expression operand = expression();
    expect(TokenKind.CLOSE_ROUND, "')'");
    String function = unit.equals("Day") ? "toDayOfMonth" : "to" + unit;
    return Optional.of(call(function, List.of(operand), start, lastEnd()));
  }

  /// `substring(x FROM 2 FOR 3)`.
  private Optional<Expression> substringForm() {
    int start = start();
    int from = position;
    position += 2;
    if (kind() == TokenKind.CLOSE_ROUND) {
      position = from;
      return Optional.empty();
    }
    List<Expression> arguments = new ArrayList<>(List.of(expression()));
    if (!takeWord("FROM")) {
      position = from;
      return Optional.empty();
    }
    arguments.add(expression());
    if (takeWord("FOR")) {
      arguments.add(expression());
    }
    expect(TokenKind.CLOSE_ROUND, "')'");
    return Optional.of(call("substring", arguments, start, lastEnd()));
  }

  /// `position(needle IN haystack)`.
  private Optional<Expression> positionForm() {
    int start = start();
    int from = position;
    position += 2;
    if (kind() == TokenKind.CLOSE_ROUND) {
      position = from;
      return Optional.empty();
    }
    Expression needle = nested(CONCAT);
    if (!takeWord("IN")) {
      position = from;
      return Optional.empty();
    }
    Expression haystack = expression();
    if (kind() != TokenKind.CLOSE_ROUND) {
      position = from;
      return Optional.empty();
    }
    position++;
    return Optional.of(call("position", List.of(haystack, needle), start, lastEnd()));
  }

  /// `trim(BOTH ' ' FROM x)`.
  private Optional<Expression> trimForm() {
    String function =
        switch (word(position + 2)) {
          case "BOTH" -> "trimBoth";
          case "LEADING" -> "trimLeft";
          case "TRAILING" -> "trimRight";
          default -> "";
        };
    if (function.isEmpty()) {
      return Optional.empty();
    }
    int start = start();
    position += 3;
    Expression characters = expression();
    if (!takeWord("FROM")) {
      throw unexpected("FROM");
    }
    Expression text = expression();
    expect(TokenKind.CLOSE_ROUND, "')'");
    return Optional.of(call(function, List.of(text, characters), start, lastEnd()));
  }

  private Expression function() {
    int start = start();
    String function = name();
    position++;
    List<Expression> parameters = List.of();
    boolean distinct = distinct();
    List<Expression> arguments = arguments(function);
    if (kind() == TokenKind.OPEN_ROUND) {
      if (distinct) {
        throw unexpected("no second parentheses after DISTINCT");
      }
      position++;
      parameters = arguments;
      distinct = distinct();
      arguments = arguments(function);
    }
    int end = lastEnd();
    Optional<Expression> moved = moved(function, arguments, start, end);
    if (moved.isPresent()) {
      return moved.get();
    }
    Optional<String> window = Optional.empty();
    if (takeWord("OVER")) {
      if (!isName(position)) {
        throw unexpected("the name of a window after OVER, which the clause WINDOW defines");
      }
      window = Optional.of(name());
      end = lastEnd();
    }
    count();
    return new Call(function, parameters, distinct, arguments, window, start, end);
  }

  /// `dateAdd(HOUR, n, date)` is `date + INTERVAL n HOUR`.
  private Optional<Expression> moved(
      String function, List<Expression> arguments, int start, int end) {
    boolean adds = ADDING.contains(function.toLowerCase(Locale.ROOT));
    if ((!adds && !SUBTRACTING.contains(function.toLowerCase(Locale.ROOT)))
        || arguments.size() != 3
        || !(arguments.getFirst() instanceof Constant(Literal.Text(String unit), int _, int _))
        || !isUnit(unit.toUpperCase(Locale.ROOT))) {
      return Optional.empty();
    }
    Expression interval =
        call(
            "toInterval" + unit(unit.toUpperCase(Locale.ROOT)),
            List.of(arguments.get(1)),
            start,
            end);
    return Optional.of(
        call(adds ? "plus" : "minus", List.of(arguments.get(2), interval), start, end));
  }

  private boolean distinct() {
    TokenKind next = kind(position + 1);
    return next != TokenKind.COMMA && next != TokenKind.CLOSE_ROUND && takeWord("DISTINCT");
  }

  private List<Expression> arguments(String function) {
    boolean unit = takesUnit(function) && isUnit(word(position));
    if (unit && kind(position + 1) == TokenKind.COMMA) {
      int start = start();
      String text = unit(word(position++)).toLowerCase(Locale.ROOT);
      Expression first = constant(new Literal.Text(text), start, lastEnd());
      position++;
      List<Expression> arguments = new ArrayList<>(List.of(first));
      arguments.addAll(list(TokenKind.CLOSE_ROUND, "')'"));
      return arguments;
    }
    if (kind() == TokenKind.ASTERISK && kind(position + 1) == TokenKind.CLOSE_ROUND) {
      if (!function.toLowerCase(Locale.ROOT).startsWith("count")) {
        throw failure("'*' stands only in count(*)");
      }
      int start = start();
      position += 2;
      count();
      return List.of(new Asterisk(start, start + 1));
    }
    return list(TokenKind.CLOSE_ROUND, "')'");
  }

  private static boolean takesUnit(String function) {
    String lower = function.toLowerCase(Locale.ROOT);
    return DIFFERING.contains(lower) || ADDING.contains(lower) || SUBTRACTING.contains(lower);
  }

  private List<Expression> list(TokenKind close, String closing) {
    List<Expression> elements = new ArrayList<>();
    if (take(close)) {
      return elements;
    }
    while (true) {
      elements.add(expression());
      if (take(close)) {
        return elements;
      }
      expect(TokenKind.COMMA, "',' or " + closing);
    }
  }

  /// The text of a type, as the second argument of `CAST`.
  private Expression type() {
    int start = start();
    if (kind() != TokenKind.WORD) {
      throw unexpected("a type");
    }
    position++;
    if (kind() == TokenKind.OPEN_ROUND) {
      int open = 0;
      do {
        if (kind() == TokenKind.OPEN_ROUND) {
          open++;
        } else if (kind() == TokenKind.CLOSE_ROUND) {
          open--;
        } else if (position >= tokens.size()) {
          throw unexpected("')'");
        }
        position++;
      } while (open > 0);
    }
    return constant(new Literal.Text(sql.substring(start, lastEnd())), start, lastEnd());
  }

  private String string() {
    Optional<String> value = TextLiteral.read(sql, tokens.get(position));
    if (value.isEmpty()) {
      throw failure("The string is not UTF-8: make its bytes with unhex('...')");
    }
    position++;
    return value.get();
  }

  private String name() {
    return Sql.name(sql, tokens.get(position++));
  }

  private Expression constant(Literal literal, int start, int end) {
    count();
    return new Constant(literal, start, end);
  }

  private Expression call(String function, List<Expression> arguments, int start, int end) {
    count();
    return new Call(function, List.of(), false, arguments, Optional.empty(), start, end);
  }

  private void count() {
    if (++parts > PARTS_MAX) {
      throw complex("has more than the allowed " + PARTS_MAX + " parts");
    }
  }

  private boolean opensCall() {
    return kind(position + 1) == TokenKind.OPEN_ROUND;
  }

  private TokenKind kind(int place) {
    return place < tokens.size() ? tokens.get(place).kind() : TokenKind.SPACE;
  }

  private TokenKind kind() {
    return kind(position);
  }

  private String text() {
    return tokens.get(position).text(sql);
  }

  private String word(int place) {
    return kind(place) == TokenKind.WORD
        ? tokens.get(place).text(sql).toUpperCase(Locale.ROOT)
        : "";
  }

  private boolean isWord(String word) {
    return word(position).equals(word);
  }

  private boolean isName(int place) {
    return kind(place) == TokenKind.WORD || kind(place) == TokenKind.QUOTED_NAME;
  }

  private boolean isString(int place) {
    return kind(place) == TokenKind.STRING || kind(place) == TokenKind.HEREDOC;
  }

  private boolean isOperator(String one, String other) {
    return kind() == TokenKind.OPERATOR && (text().equals(one) || text().equals(other));
  }

  private boolean takeWord(String word) {
    boolean there = isWord(word);
    position += there ? 1 : 0;
    return there;
  }

  private boolean take(TokenKind wanted) {
    boolean there = kind() == wanted;
    position += there ? 1 : 0;
    return there;
  }

  private void expect(TokenKind wanted, String what) {
    if (!take(wanted)) {
      throw unexpected(what);
    }
  }

  private int start() {
    return position < tokens.size() ? tokens.get(position).start() : sql.length();
  }

  private int lastEnd() {
    return tokens.get(position - 1).end();
  }

  private SourceRange here() {
    return new SourceRange(
        start(), position < tokens.size() ? tokens.get(position).end() : sql.length());
  }

  private PlatformException failure(String message) {
    return here().failure(ExpressionError.EXPRESSION_SYNTAX, message);
  }

  private PlatformException unexpected(String wanted) {
    String found = position < tokens.size() ? "found " + Sql.literal(text()) : "the text ends";
    return failure("Expected " + wanted + ", but " + found);
  }

  private PlatformException complex(String what) {
    return here().failure(ExpressionError.EXPRESSION_TOO_COMPLEX, "The expression " + what);
  }
}
