// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import kinglet.error.PlatformException;

/// What one SELECT or EXPLAIN names: tables, functions, settings, parameters, a format.
///
/// References are those that must be looked up; names the query itself defines are left out.
public final class SqlReferences {
  private final String sql;
  private final Walk walk;
  private final List<TableReference> tables;

  private SqlReferences(String sql, Walk walk) {
    this.sql = sql;
    this.walk = walk;
    this.tables = walk.findings().references();
  }

  /// Walks a statement; throws if it is no SELECT or EXPLAIN or is not understood.
  public static SqlReferences of(String sql) {
    Walk walk = new Walk(sql, Sql.lex(sql));
    walk.statement();
    return new SqlReferences(sql, walk);
  }

  public StatementKind statement() {
    return walk.statementKind();
  }

  /// The tables the query reads, in the order of their places; a table read twice is there twice.
  public List<TableReference> tables() {
    return tables;
  }

  /// Names at the places of tables that the query itself defines.
  public List<String> ownTables() {
    return walk.findings().ownTables();
  }

  /// Functions at the places of tables, such as `numbers(10)`.
  public List<FunctionCall> tableFunctions() {
    return List.copyOf(walk.findings().tableFunctions());
  }

  public List<FunctionCall> functions() {
    return List.copyOf(walk.findings().functions());
  }

  /// Those of the functions that are named inside APPLY, which the engine's tree does not show.
  public List<FunctionCall> appliedFunctions() {
    return List.copyOf(walk.findings().applied());
  }

  /// Whether some expression or table is given the name with AS.
  public boolean definesAlias(String name) {
    return walk.findings().aliases().contains(name);
  }

  /// Whether the name stands anywhere in the statement.
  public boolean mentions(String name) {
    return walk.mentions(name);
  }

  public List<QueryParameter> parameters() {
    return List.copyOf(walk.findings().parameters());
  }

  /// The assignments of every SETTINGS clause, those of the whole statement included.
  public List<SettingAssignment> settings() {
    return List.copyOf(walk.findings().settings());
  }

  /// The query alone, as [#query], with spaces in the place of every SETTINGS clause.
  public String withoutSettings() {
    StringBuilder text = new StringBuilder(sql.substring(0, walk.queryEnd()));
    for (Token clause : walk.findings().settingsClauses()) {
      text.replace(clause.start(), clause.end(), " ".repeat(clause.end() - clause.start()));
    }
    return text.substring(walk.queryStart());
  }

  /// The name behind a trailing FORMAT.
  public Optional<String> format() {
    return walk.format();
  }

  /// The query alone: without EXPLAIN, trailing FORMAT, comments and semicolons around it.
  public String query() {
    return replaceTables(_ -> Optional.empty());
  }

  /// The query alone, with some references replaced by other texts: a qualified table name or a
  /// query in parentheses. A replaced table keeps the name the rest of the query calls it by.
  public String replaceTables(Function<TableReference, Optional<String>> replacement) {
    StringBuilder text = new StringBuilder(sql.length() + 64);
    int from = walk.queryStart();
    for (TableReference table : tables) {
      Optional<String> found = replacement.apply(table);
      if (found.isPresent()) {
        text.append(sql, from, table.offset()).append(replaced(table, found.get()));
        from = table.offset() + table.length();
      }
    }
    text.append(sql, from, walk.queryEnd());
    return walk.lateSettings().map(late -> text + " SETTINGS " + late).orElseGet(text::toString);
  }

  private static String replaced(TableReference table, String replacement) {
    return switch (table.kind()) {
      case TABLE ->
          table.alias().isPresent() || endsWithName(replacement, table.name())
              ? replacement
              : replacement + " AS " + Sql.quote(table.name());
      case IN_OPERAND -> replacement;
      case JOIN_STORAGE -> Sql.literal(storageName(table, replacement));
    };
  }

  /// Whether the text is a qualified table name that ends with the name itself.
  private static boolean endsWithName(String replacement, String name) {
    List<Token> tokens = Sql.lex(replacement);
    return tokens.size() == 3
        && tokens.get(1).kind() == TokenKind.DOT
        && isName(tokens.get(2))
        && Sql.name(replacement, tokens.get(2)).equals(name);
  }

  private static String storageName(TableReference table, String replacement) {
    List<Token> tokens = Sql.lex(replacement);
    if (tokens.size() != 3 || !isName(tokens.getFirst()) || !isName(tokens.getLast())) {
      throw new PlatformException(
          SqlError.SQL_SYNTAX,
          "joinGet reads a data source with a Join engine, and '" + table.text() + "' is none");
    }
    return Sql.name(replacement, tokens.getFirst()) + '.' + Sql.name(replacement, tokens.getLast());
  }

  private static boolean isName(Token token) {
    return token.kind() == TokenKind.WORD || token.kind() == TokenKind.QUOTED_NAME;
  }
}
