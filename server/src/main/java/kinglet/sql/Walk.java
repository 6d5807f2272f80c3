// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/*
 * The walk knows the frame of a SELECT and little of expressions: WITH, the places of tables, the
 * words that end them, and parentheses. Inside an expression it only looks for what can name a
 * table: subqueries, the right side of IN, joinGet. A word is taken for a clause only where a value
 * has just ended, as ClickHouse's own parser comes to it. Which names are common table expressions
 * is settled when all of the statement has been seen, because those may be used before they are
 * defined.
 */
/// One walk through a statement, gathering what it names. Owned by the thread that calls it.
final class Walk extends TokenCursor {
  private static final Set<String> EXPLAIN_KINDS =
      Set.of("AST", "SYNTAX", "QUERY", "PLAN", "PIPELINE", "ESTIMATE");

  private record Found(TableReference table, Scope scope) {}

  /// Where an expression stands, which decides what ends it.
  private enum Place {
    CLAUSES,
    JOIN_CONDITION,
    ARRAY_JOIN,
    WITH_ELEMENT,
    BRACKETS
  }

  private final List<Found> found = new ArrayList<>();
  private final List<FunctionCall> tableFunctions = new ArrayList<>();
  private final List<FunctionCall> functions = new ArrayList<>();
  private final List<FunctionCall> applied = new ArrayList<>();
  private final List<QueryParameter> parameters = new ArrayList<>();
  private final List<SettingAssignment> settings = new ArrayList<>();
  private final Set<String> aliases = new HashSet<>();
  private StatementKind kind = new StatementKind.Select();
  private @Nullable String format;
  private @Nullable String lateSettings;
  private final List<Token> settingsClauses = new ArrayList<>();
  private int queryStart;
  private int queryEnd;

  /// Whether the token before this one ended a value, so that a clause may begin here.
  private boolean ended;

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
      assignments(settings);
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

  private boolean beginsSelect(int place) {
    return switch (word(place)) {
      case "SELECT", "WITH" -> true;
      case "FROM" -> isName(place + 1) || kind(place + 1) == TokenKind.OPEN_ROUND;
      default -> false;
    };
  }

  /// Whether the parenthesis at the place holds a query.
  private boolean holdsQuery(int open) {
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

  private boolean isSetOperator(int place) {
    if (!Keyword.SET_OPERATOR.contains(word(place))) {
      return false;
    }
    int next = place + 1;
    if (isWord(next, "ALL") || isWord(next, "DISTINCT")) {
      next++;
    }
    return beginsSelect(next) || (kind(next) == TokenKind.OPEN_ROUND && holdsQuery(next));
  }

  /// Queries joined by UNION, INTERSECT, EXCEPT; what the first one defines, all of them see.
  private void union(Scope scope) {
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
      assignments(settings);
      settingsClauses.add(new Token(TokenKind.WORD, start(clause), end(index() - 1)));
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

  private static final String NO_FUNCTION = "";

  /// Passes an expression or list of expressions up to what ends it there.
  private void expression(Scope scope, Place place, String function) {
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

  private void pass(boolean valueEnds) {
    advance();
    ended = valueEnds;
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

  private void alias(Scope scope) {
    if (kind(index() + 1) == TokenKind.OPEN_ROUND) {
      return;
    }
    scope.defineAlias(name(index()));
    aliases.add(name(index()));
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
    functions.add(new FunctionCall(name, start(place)));
    if (name.equalsIgnoreCase("joinGet") || name.equalsIgnoreCase("joinGetOrNull")) {
      joinStorage(scope);
    }
    parenthesis(scope, name.toLowerCase(Locale.ROOT));
  }

  private void parenthesis(Scope scope, String function) {
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
    int before = functions.size();
    pass(false);
    int place = kind() == TokenKind.OPEN_ROUND ? index() + 1 : index();
    if (isName(place) && kind(place + 1) != TokenKind.ARROW) {
      functions.add(new FunctionCall(name(place), start(place)));
    }
    if (kind() == TokenKind.OPEN_ROUND) {
      parenthesis(scope, NO_FUNCTION);
    } else if (isName(index())) {
      pass(true);
    }
    applied.addAll(functions.subList(before, functions.size()));
  }

  private void parameter() {
    int close = match(index());
    int name = index() + 1;
    if (!isName(name) || kind(name + 1) != TokenKind.COLON || close < name + 3) {
      throw syntax(index(), "expected {name:Type}");
    }
    String type = text(name + 2, close - 1);
    parameters.add(new QueryParameter(name(name), type, start(index())));
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
    found.add(new Found(reference(first, last, ReferenceKind.IN_OPERAND, null), scope));
  }

  /// The last token of `a` or `a.b` that begins at the place.
  private int qualifiedEnd(int first) {
    return kind(first + 1) == TokenKind.DOT && isName(first + 2) ? first + 2 : first;
  }

  private TableReference reference(
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
    found.add(new Found(table, scope));
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

  private boolean beginsJoin(int place) {
    int next = place;
    while (Keyword.JOIN.contains(word(next)) && next < place + 5) {
      if (isWord(next, "JOIN")) {
        return true;
      }
      next++;
    }
    return false;
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
      tableFunctions.add(new FunctionCall(name(first), start(first)));
      parenthesis(scope, name(first).toLowerCase(Locale.ROOT));
      tableSuffix(scope, tableAlias());
      return;
    }
    String alias = tableAlias();
    found.add(new Found(reference(first, last, ReferenceKind.TABLE, alias), scope));
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
      aliases.add(alias);
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

  List<TableReference> references() {
    return found.stream()
        .filter(one -> !isOwn(one))
        .map(Found::table)
        .sorted(Comparator.comparingInt(TableReference::offset))
        .toList();
  }

  List<String> ownTables() {
    return found.stream()
        .filter(one -> one.table().kind() == ReferenceKind.TABLE && isOwn(one))
        .map(one -> one.table().name())
        .toList();
  }

  private static boolean isOwn(Found one) {
    TableReference table = one.table();
    if (table.database().isPresent()) {
      return false;
    }
    return switch (table.kind()) {
      case TABLE -> one.scope().knowsTable(table.name());
      case IN_OPERAND ->
          one.scope().knowsTable(table.name()) || one.scope().knowsAlias(table.name());
      case JOIN_STORAGE -> false;
    };
  }

  List<FunctionCall> tableFunctions() {
    return List.copyOf(tableFunctions);
  }

  List<FunctionCall> functions() {
    return List.copyOf(functions);
  }

  List<FunctionCall> applied() {
    return List.copyOf(applied);
  }

  List<QueryParameter> parameters() {
    return List.copyOf(parameters);
  }

  List<SettingAssignment> settings() {
    return List.copyOf(settings);
  }

  /// From the word SETTINGS to the last value, for each clause inside the query.
  List<Token> settingsClauses() {
    return settingsClauses;
  }

  Set<String> aliases() {
    return aliases;
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
