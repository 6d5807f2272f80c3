// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/*
 * Inside an expression the walk only looks for what can name a table: subqueries, the right side of
 * IN, joinGet. A word is taken for a clause only where a value has just ended, as ClickHouse's own
 * parser comes to it.
 */
/// The walk through expressions, up to what ends them.
abstract class ExpressionWalk extends TokenCursor {
  static final String NO_FUNCTION = "";

  /// Where an expression stands, which decides what ends it.
  enum Place {
    CLAUSES,
    JOIN_CONDITION,
    ARRAY_JOIN,
    WITH_ELEMENT,
    BRACKETS
  }

  final Findings findings = new Findings();

  /// Whether the token before this one ended a value, so that a clause may begin here.
  boolean ended;

  ExpressionWalk(String sql, List<Token> tokens) {
    super(sql, tokens);
  }

  /// Walks through a query that stands here.
  abstract void union(Scope scope);

  final void pass(boolean valueEnds) {
    advance();
    ended = valueEnds;
  }

  final boolean beginsSelect(int place) {
    return switch (word(place)) {
      case "SELECT", "WITH" -> true;
      case "FROM" -> isName(place + 1) || kind(place + 1) == TokenKind.OPEN_ROUND;
      default -> false;
    };
  }

  /// Whether the parenthesis at the place holds a query.
  final boolean holdsQuery(int open) {
    int inner = open + 1;
    if (beginsSelect(inner)) {
      return true;
    }
    if (kind(inner) != TokenKind.OPEN_ROUND || !holdsQuery(inner)) {
      return false;
    }
    int after = match(inner) + 1;
    return kind(after) == TokenKind.CLOSE_ROUND || isSetOperator(after);
  }

  final boolean isSetOperator(int place) {
    if (!Keyword.SET_OPERATOR.contains(word(place))) {
      return false;
    }
    int next = place + 1;
    if (isWord(next, "ALL") || isWord(next, "DISTINCT")) {
      next++;
    }
    return beginsSelect(next) || (kind(next) == TokenKind.OPEN_ROUND && holdsQuery(next));
  }

  /// Passes an expression or list of expressions up to what ends it there.
  final void expression(Scope scope, Place place, String function) {
    while (!atEnd()) {
      switch (kind()) {
        case CLOSE_ROUND, CLOSE_SQUARE, CLOSE_CURLY, SEMICOLON -> {
          return;
        }
        case OPEN_ROUND -> parenthesis(scope, NO_FUNCTION);
        case OPEN_SQUARE -> {
          advance();
          ended = false;
          expression(scope, Place.BRACKETS, NO_FUNCTION);
          expect(TokenKind.CLOSE_SQUARE, "a closing bracket");
          ended = true;
        }
        case OPEN_CURLY -> parameter();
        case COMMA -> {
          if (place == Place.JOIN_CONDITION || place == Place.WITH_ELEMENT) {
            return;
          }
          pass(false);
        }
        case DOT -> afterDot();
        case WORD -> {
          if (endsAt(place)) {
            return;
          }
          word(scope, function);
        }
        case QUOTED_NAME -> name(scope);
        case NUMBER, STRING, HEREDOC, ASTERISK -> pass(true);
        default -> pass(false);
      }
    }
  }

  private void afterDot() {
    advance();
    if (isName(index()) && kind(index() + 1) != TokenKind.OPEN_ROUND) {
      pass(true);
    }
  }

  private boolean endsAt(Place place) {
    String word = word();
    if (!ended) {
      return place == Place.WITH_ELEMENT && word.equals("SELECT");
    }
    return switch (place) {
      case BRACKETS -> false;
      case WITH_ELEMENT -> word.equals("SELECT") || word.equals("FROM") && !afterIsDistinct();
      case CLAUSES -> endsSelect(word);
      case ARRAY_JOIN, JOIN_CONDITION -> endsSelect(word) || isClause(word) || beginsJoin(index());
    };
  }

  private boolean endsSelect(String word) {
    return switch (word) {
      case "FROM" -> !afterIsDistinct();
      case "SETTINGS" -> isName(index() + 1);
      case "FORMAT" -> endsStatement(index() + 2) && kind(index() + 1) == TokenKind.WORD;
      case "INTO" -> isWord(index() + 1, "OUTFILE");
      case "PARALLEL" -> isWord(index() + 1, "WITH");
      default -> isSetOperator(index());
    };
  }

  private boolean isClause(String word) {
    return Keyword.CLAUSE.contains(word) && kind(index() + 1) != TokenKind.DOT;
  }

  private boolean endsStatement(int place) {
    return kind(place) == TokenKind.SPACE
        || kind(place) == TokenKind.SEMICOLON
        || isWord(place, "SETTINGS");
  }

  /// `IS [NOT] DISTINCT FROM` is an operator.
  private boolean afterIsDistinct() {
    int before = index() - 2;
    return isWord(index() - 1, "DISTINCT")
        && (isWord(before, "IS") || (isWord(before, "NOT") && isWord(before - 1, "IS")));
  }

  private void word(Scope scope, String function) {
    String word = word();
    if (kind(index() + 1) == TokenKind.DOT) {
      pass(true);
    } else if (word.equals("IN") && (ended || afterNegation()) && !function.equals("position")) {
      advance();
      inOperand(scope);
      ended = false;
    } else if (word.equals("AS") && ended && isName(index() + 1)) {
      advance();
      alias(scope);
    } else if (word.equals("APPLY")) {
      apply(scope);
    } else if (kind(index() + 1) == TokenKind.OPEN_ROUND
        && !Keyword.BEFORE_PARENTHESIS.contains(word)) {
      name(scope);
    } else {
      pass(!(Keyword.WANTS_VALUE.contains(word) && (ended || isPrefix(word))));
    }
  }

  /// `NOT IN`, `GLOBAL IN`.
  private boolean afterNegation() {
    return isWord(index() - 1, "NOT") || isWord(index() - 1, "GLOBAL");
  }

  private static boolean isPrefix(String word) {
    return switch (word) {
      case "NOT", "CASE", "DISTINCT", "SELECT" -> true;
      default -> false;
    };
  }

  final void alias(Scope scope) {
    if (kind(index() + 1) == TokenKind.OPEN_ROUND) {
      return;
    }
    scope.defineAlias(name(index()));
    findings.addAlias(name(index()));
    pass(true);
  }

  /// A name that is not a keyword: a function if a parenthesis follows.
  private void name(Scope scope) {
    int place = index();
    pass(true);
    if (kind() != TokenKind.OPEN_ROUND) {
      return;
    }
    String name = kind(place - 1) == TokenKind.DOT ? "." + name(place) : name(place);
    findings.addFunction(new FunctionCall(name, start(place)));
    if (name.equalsIgnoreCase("joinGet") || name.equalsIgnoreCase("joinGetOrNull")) {
      joinStorage(scope);
    }
    parenthesis(scope, name.toLowerCase(Locale.ROOT));
  }

  final void parenthesis(Scope scope, String function) {
    boolean query = holdsQuery(index());
    advance();
    ended = false;
    if (query) {
      union(scope.inside());
    } else {
      expression(scope, Place.BRACKETS, function);
    }
    expect(TokenKind.CLOSE_ROUND, "a closing parenthesis");
    ended = true;
  }

  /// `APPLY f`, `APPLY(f)`, `APPLY(f(parameter))`: a function without a parenthesis.
  private void apply(Scope scope) {
    int before = findings.functions().size();
    pass(false);
    int place = kind() == TokenKind.OPEN_ROUND ? index() + 1 : index();
    if (isName(place) && kind(place + 1) != TokenKind.ARROW) {
      findings.addFunction(new FunctionCall(name(place), start(place)));
    }
    if (kind() == TokenKind.OPEN_ROUND) {
      parenthesis(scope, NO_FUNCTION);
    } else if (isName(index())) {
      pass(true);
    }
    findings.markApplied(before);
  }

  private void parameter() {
    int close = match(index());
    int name = index() + 1;
    if (!isName(name) || kind(name + 1) != TokenKind.COLON || close < name + 3) {
      throw syntax(index(), "expected {name:Type}");
    }
    String type = text(name + 2, close - 1);
    findings.addParameter(new QueryParameter(name(name), type, start(index())));
    moveTo(close + 1);
    ended = true;
  }

  /// Notes the name right of IN if it could be a table's: alone, or alone in parentheses.
  private void inOperand(Scope scope) {
    int first = index();
    while (kind(first) == TokenKind.OPEN_ROUND && !holdsQuery(first)) {
      first++;
    }
    if (!isName(first)) {
      return;
    }
    int last = qualifiedEnd(first);
    int depth = first - index();
    int after = last + 1;
    if (depth > 0 && isWord(after, "AS")) {
      after += 2;
    }
    for (int i = 0; i < depth; i++) {
      if (kind(after + i) != TokenKind.CLOSE_ROUND) {
        return;
      }
    }
    TokenKind next = kind(last + 1);
    if (next == TokenKind.OPEN_ROUND || next == TokenKind.DOT || next == TokenKind.OPEN_SQUARE) {
      return;
    }
    findings.add(new Findings.Found(reference(first, last, ReferenceKind.IN_OPERAND, null), scope));
  }

  /// The last token of `a` or `a.b` that begins at the place.
  final int qualifiedEnd(int first) {
    return kind(first + 1) == TokenKind.DOT && isName(first + 2) ? first + 2 : first;
  }

  final TableReference reference(
      int first, int last, ReferenceKind referenceKind, @Nullable String alias) {
    return new TableReference(
        last > first ? name(first) : null,
        name(last),
        start(first),
        end(last) - start(first),
        referenceKind,
        alias);
  }

  /// The first argument of joinGet: a name or a string of one; nothing that must be computed.
  private void joinStorage(Scope scope) {
    int first = index() + 1;
    TableReference table;
    if (kind(first) == TokenKind.STRING && kind(first + 1) == TokenKind.COMMA) {
      String text = string(first);
      int dot = text.indexOf('.');
      table =
          new TableReference(
              dot < 0 ? null : text.substring(0, dot),
              text.substring(dot + 1),
              start(first),
              end(first) - start(first),
              ReferenceKind.JOIN_STORAGE,
              null);
    } else if (isName(first) && kind(qualifiedEnd(first) + 1) == TokenKind.COMMA) {
      table = reference(first, qualifiedEnd(first), ReferenceKind.JOIN_STORAGE, null);
    } else {
      throw syntax(first, "joinGet wants the name of a data source as its first argument");
    }
    findings.add(new Findings.Found(table, scope));
  }

  final boolean beginsJoin(int place) {
    int next = place;
    while (Keyword.JOIN.contains(word(next)) && next < place + 5) {
      if (isWord(next, "JOIN")) {
        return true;
      }
      next++;
    }
    return false;
  }
}
