// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/*
 * The walk knows the frame of a SELECT: WITH, the places of tables, the words that end them. Which
 * names are common table expressions is settled when all of the statement has been seen, because
 * those may be used before they are defined.
 */
/// One walk through a statement, gathering what it names. Owned by the thread that calls it.
final class Walk extends ExpressionWalk {
  private static final Set<String> EXPLAIN_KINDS =
      Set.of("AST", "SYNTAX", "QUERY", "PLAN", "PIPELINE", "ESTIMATE");

  private StatementKind kind = new StatementKind.Select();
  private @Nullable String format;
  private @Nullable String lateSettings;
  private int queryStart;
  private int queryEnd;

  Walk(String sql, List<Token> tokens) {
    super(sql, tokens);
  }

  void statement() {
    if (isWord(index(), "EXPLAIN")) {
      explain();
    }
    if (!beginsSelect(index()) && kind() != TokenKind.OPEN_ROUND) {
      throw notAllowed();
    }
    queryStart = start(index());
    union(Scope.outermost());
    queryEnd = end(index() - 1);
    trailer();
  }

  private void explain() {
    int first = index();
    advance();
    if (EXPLAIN_KINDS.contains(word())) {
      boolean tree = isWord(index(), "QUERY");
      advance();
      if (tree) {
        if (!isWord(index(), "TREE")) {
          throw notAllowed();
        }
        advance();
      }
    }
    List<SettingAssignment> options = new ArrayList<>();
    if (!beginsSelect(index()) && isName(index())) {
      assignments(options);
    }
    kind = new StatementKind.Explain(text(first, index() - 1), options);
  }

  private PlatformException notAllowed() {
    return new PlatformException(
        SqlError.SQL_STATEMENT_NOT_ALLOWED, "Only SELECT or EXPLAIN queries are supported");
  }

  /// What may stand behind the query: FORMAT, SETTINGS, semicolons.
  private void trailer() {
    if (isWord(index(), "INTO")) {
      throw new PlatformException(
          SqlError.SQL_STATEMENT_NOT_ALLOWED, "INTO OUTFILE is not allowed");
    }
    if (isWord(index(), "FORMAT") && kind(index() + 1) == TokenKind.WORD) {
      format = name(index() + 1);
      moveTo(index() + 2);
    }
    if (isWord(index(), "SETTINGS")) {
      advance();
      int first = index();
      assignments(findings.settings());
      lateSettings = text(first, index() - 1);
    }
    while (kind() == TokenKind.SEMICOLON) {
      advance();
      if (!atEnd() && kind() != TokenKind.SEMICOLON) {
        throw new PlatformException(
            SqlError.SQL_STATEMENT_NOT_ALLOWED, "Multi-statements are not allowed");
      }
    }
    if (!atEnd()) {
      throw syntax(index(), "not expected here");
    }
  }

  /// Queries joined by UNION, INTERSECT, EXCEPT; what the first one defines, all of them see.
  @Override
  void union(Scope scope) {
    unionElement(scope);
    while (isSetOperator(index())) {
      advance();
      if (isWord(index(), "ALL") || isWord(index(), "DISTINCT")) {
        advance();
      }
      unionElement(scope.later());
    }
  }

  private void unionElement(Scope scope) {
    if (kind() == TokenKind.OPEN_ROUND) {
      advance();
      union(scope);
      expect(TokenKind.CLOSE_ROUND, "a closing parenthesis");
      return;
    }
    select(scope);
  }

  private void select(Scope scope) {
    if (isWord(index(), "WITH")) {
      advance();
      withList(scope);
    }
    if (isWord(index(), "FROM")) {
      advance();
      tables(scope);
    }
    if (!isWord(index(), "SELECT")) {
      throw index() == 0 ? notAllowed() : syntax(index(), "expected SELECT");
    }
    advance();
    ended = false;
    expression(scope, Place.CLAUSES, NO_FUNCTION);
    if (isWord(index(), "FROM")) {
      advance();
      tables(scope);
      ended = true;
      expression(scope, Place.CLAUSES, NO_FUNCTION);
    }
    if (isWord(index(), "SETTINGS")) {
      int clause = index();
      advance();
      assignments(findings.settings());
      findings.settingsClauses().add(new Token(TokenKind.WORD, start(clause), end(index() - 1)));
    }
  }

  private void withList(Scope scope) {
    boolean recursive = isWord(index(), "RECURSIVE") && isName(index() + 1);
    if (recursive) {
      advance();
    }
    while (true) {
      int open = commonTableQuery();
      if (open > 0) {
        String name = name(index());
        scope.defineTable(name);
        moveTo(open + 1);
        union(recursive ? scope.inside() : scope.defining(name));
        expect(TokenKind.CLOSE_ROUND, "a closing parenthesis");
      } else {
        ended = false;
        expression(scope, Place.WITH_ELEMENT, NO_FUNCTION);
      }
      if (kind() != TokenKind.COMMA) {
        return;
      }
      advance();
    }
  }

  /// The place of the parenthesis of `name [(columns)] AS [MATERIALIZED] (query)`, or 0.
  private int commonTableQuery() {
    if (!isName(index())) {
      return 0;
    }
    int next = index() + 1;
    if (kind(next) == TokenKind.OPEN_ROUND) {
      next = match(next) + 1;
    }
    if (!isWord(next, "AS")) {
      return 0;
    }
    next++;
    if (isWord(next, "NOT")) {
      next++;
    }
    if (isWord(next, "MATERIALIZED")) {
      next++;
    }
    return kind(next) == TokenKind.OPEN_ROUND && holdsQuery(next) ? next : 0;
  }

  /// The tables behind FROM, up to the first clause after them.
  private void tables(Scope scope) {
    table(scope);
    while (true) {
      if (kind() == TokenKind.COMMA) {
        advance();
        table(scope);
      } else if (beginsJoin(index())) {
        join(scope);
      } else {
        break;
      }
    }
    TokenKind next = kind();
    boolean known =
        next == TokenKind.SPACE
            || next == TokenKind.CLOSE_ROUND
            || next == TokenKind.SEMICOLON
            || Keyword.CLAUSE.contains(word())
            || Keyword.END.contains(word())
            || isSetOperator(index());
    if (!known) {
      throw syntax(index(), "not expected behind a table");
    }
  }

  private void join(Scope scope) {
    boolean array = false;
    while (!isWord(index(), "JOIN")) {
      array = isWord(index(), "ARRAY");
      advance();
    }
    advance();
    if (array) {
      ended = false;
      expression(scope, Place.ARRAY_JOIN, NO_FUNCTION);
      return;
    }
    table(scope);
    if (isWord(index(), "ON")) {
      pass(false);
      expression(scope, Place.JOIN_CONDITION, NO_FUNCTION);
    } else if (isWord(index(), "USING")) {
      advance();
      columns();
    }
  }

  /// The columns of USING, in parentheses or not.
  private void columns() {
    if (kind() == TokenKind.OPEN_ROUND) {
      moveTo(match(index()) + 1);
      return;
    }
    while (isName(index()) || kind() == TokenKind.ASTERISK) {
      moveTo(isName(index()) ? qualifiedEnd(index()) + 1 : index() + 1);
      if (kind() != TokenKind.COMMA) {
        return;
      }
      advance();
    }
    throw syntax(index(), "expected a column");
  }

  private void table(Scope scope) {
    if (kind() == TokenKind.OPEN_ROUND) {
      boolean query = holdsQuery(index());
      if (!query && (isWord(index() + 1, "EXPLAIN") || isWord(index() + 1, "VALUES"))) {
        throw syntax(index() + 1, "only SELECT is allowed in parentheses");
      }
      advance();
      if (query) {
        union(scope.inside());
      } else {
        tables(scope);
      }
      expect(TokenKind.CLOSE_ROUND, "a closing parenthesis");
      tableSuffix(scope, tableAlias());
      return;
    }
    if (!isName(index())) {
      throw syntax(index(), "expected a table");
    }
    int first = index();
    int last = qualifiedEnd(first);
    moveTo(last + 1);
    if (kind() == TokenKind.OPEN_ROUND && first == last) {
      findings.addTableFunction(new FunctionCall(name(first), start(first)));
      parenthesis(scope, name(first).toLowerCase(Locale.ROOT));
      tableSuffix(scope, tableAlias());
      return;
    }
    String alias = tableAlias();
    findings.add(new Findings.Found(reference(first, last, ReferenceKind.TABLE, alias), scope));
    tableSuffix(scope, alias);
  }

  private @Nullable String tableAlias() {
    if (isWord(index(), "AS")) {
      advance();
      if (!isName(index())) {
        throw syntax(index(), "expected an alias");
      }
    } else if (!isName(index()) || Keyword.reservedAfterTable(word())) {
      return null;
    }
    advance();
    return name(index() - 1);
  }

  /// Column names behind an alias, FINAL, SAMPLE.
  private void tableSuffix(Scope scope, @Nullable String alias) {
    if (alias != null) {
      scope.defineAlias(alias);
      findings.addAlias(alias);
      if (kind() == TokenKind.OPEN_ROUND) {
        moveTo(match(index()) + 1);
      }
    }
    if (isWord(index(), "FINAL")) {
      advance();
    }
    if (isWord(index(), "SAMPLE")) {
      advance();
      ratio();
      if (isWord(index(), "OFFSET")) {
        advance();
        ratio();
      }
    }
  }

  private void ratio() {
    expect(TokenKind.NUMBER, "a ratio");
    if (kind() == TokenKind.OPERATOR && text(index(), index()).equals("/")) {
      advance();
      expect(TokenKind.NUMBER, "a ratio");
    }
  }

  /// `name = value, ...`
  private void assignments(List<SettingAssignment> into) {
    while (true) {
      int name = index();
      if (!isName(name) || kind(name + 1) != TokenKind.EQUALS) {
        throw syntax(name, "expected name = value");
      }
      int value = name + 2;
      boolean signed = kind(value) == TokenKind.OPERATOR && text(value, value).equals("-");
      int last = signed ? value + 1 : value;
      switch (kind(last)) {
        case NUMBER, WORD ->
            into.add(new SettingAssignment(name(name), text(value, last), start(name)));
        case STRING -> into.add(new SettingAssignment(name(name), string(last), start(name)));
        default -> throw syntax(value, "expected a value");
      }
      moveTo(last + 1);
      if (kind() != TokenKind.COMMA) {
        return;
      }
      advance();
    }
  }

  StatementKind statementKind() {
    return kind;
  }

  Findings findings() {
    return findings;
  }

  boolean mentions(String name) {
    for (int i = 0; i < size(); i++) {
      if (isName(i) && name(i).equals(name)) {
        return true;
      }
    }
    return false;
  }

  Optional<String> format() {
    return Optional.ofNullable(format);
  }

  Optional<String> lateSettings() {
    return Optional.ofNullable(lateSettings);
  }

  int queryStart() {
    return queryStart;
  }

  int queryEnd() {
    return queryEnd;
  }
}
