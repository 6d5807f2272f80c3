// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.expression.Expression;
import kinglet.expression.ExpressionParser;
import kinglet.expression.SourceRange;
import kinglet.sql.TokenKind;

/// Reads the SELECT of a feature view.
public final class FeatureQueryReader {
  private static final int COLUMNS_MAX = 1_000;
  private static final Set<String> AFTER_ITEM = Set.of("FROM");
  private static final Set<String> CLAUSES =
      Set.of(
          "PREWHERE",
          "GROUP",
          "HAVING",
          "QUALIFY",
          "ORDER",
          "LIMIT",
          "OFFSET",
          "SETTINGS",
          "UNION",
          "INTERSECT",
          "EXCEPT",
          "FORMAT",
          "FINAL",
          "SAMPLE",
          "ARRAY");

  private final Cursor cursor;
  private final ExpressionParser expressions;

  private FeatureQueryReader(String sql) {
    this.cursor = new Cursor(sql);
    this.expressions = new ExpressionParser(sql, cursor.tokens());
  }

  /// What a SELECT says, or a [DefinitionProblem].
  public static FeatureQuery read(String sql) {
    return new FeatureQueryReader(sql).query();
  }

  private FeatureQuery query() {
    if (cursor.word().equals("WITH")) {
      throw new DefinitionProblem(
          cursor.offset(),
          "WITH is not offered in a feature view: write the expression where it is used");
    }
    cursor.expectWord("SELECT");
    if (cursor.word().equals("DISTINCT")) {
      throw new DefinitionProblem(
          cursor.offset(), "A feature view has one row for each entity: leave DISTINCT out");
    }
    List<FeatureQuery.Item> items = items();
    cursor.expectWord("FROM");
    int sourceOffset = cursor.offset();
    String source = source();
    String alias = alias(source);
    List<FeatureQuery.Lookup> lookups = new ArrayList<>();
    while (isJoin()) {
      lookups.add(lookup());
    }
    Optional<Expression> where =
        cursor.take("WHERE") ? Optional.of(expression()) : Optional.empty();
    List<Window> windows = cursor.take("WINDOW") ? windows() : List.of();
    boolean unused = cursor.take(TokenKind.SEMICOLON);
    if (!cursor.atEnd()) {
      throw leftOver();
    }
    return new FeatureQuery(items, source, sourceOffset, alias, lookups, where, windows);
  }

  private List<FeatureQuery.Item> items() {
    List<FeatureQuery.Item> items = new ArrayList<>();
    Set<String> names = new HashSet<>();
    do {
      if (!items.isEmpty() && cursor.word().equals("FROM")) {
        return items;
      }
      FeatureQuery.Item item = item();
      if (!names.add(item.name())) {
        throw new DefinitionProblem(
            item.offset(), "The column '" + item.name() + "' stands twice: give one another name");
      }
      if (items.size() == COLUMNS_MAX) {
        throw new DefinitionProblem(
            item.offset(), "A feature view has at most " + COLUMNS_MAX + " columns");
      }
      items.add(item);
    } while (cursor.take(TokenKind.COMMA));
    return items;
  }

  private FeatureQuery.Item item() {
    int offset = cursor.offset();
    if (cursor.kind() == TokenKind.ASTERISK) {
      throw new DefinitionProblem(offset, "Name the columns of a feature view one by one, not *");
    }
    Expression expression = expression();
    if (cursor.take("AS")) {
      return new FeatureQuery.Item(cursor.name("a name after AS"), expression, offset);
    }
    if (cursor.kind() == TokenKind.QUOTED_NAME
        || (cursor.kind() == TokenKind.WORD && !AFTER_ITEM.contains(cursor.word()))) {
      return new FeatureQuery.Item(cursor.name("a name"), expression, offset);
    }
    if (expression instanceof Expression.Name(Optional<String> _, String column, int _, int _)) {
      return new FeatureQuery.Item(column, expression, offset);
    }
    throw new DefinitionProblem(offset, "Give the column a name: write AS and a name after it");
  }

  private String source() {
    if (cursor.kind() == TokenKind.OPEN_ROUND) {
      throw new DefinitionProblem(
          cursor.offset(),
          "A feature view reads one data source: put the inner query into a materialized view and"
              + " name its target");
    }
    String name = cursor.name("the name of a data source after FROM");
    if (cursor.kind() == TokenKind.OPEN_ROUND || cursor.kind() == TokenKind.DOT) {
      throw new DefinitionProblem(
          cursor.offset(), "FROM takes the name of one data source of this workspace");
    }
    return name;
  }

  private String alias(String name) {
    if (cursor.take("AS")) {
      return cursor.name("a name after AS");
    }
    boolean keyword =
        isJoin()
            || CLAUSES.contains(cursor.word())
            || Set.of("WHERE", "WINDOW", "ON", "USING").contains(cursor.word());
    if (!keyword && (cursor.kind() == TokenKind.WORD || cursor.kind() == TokenKind.QUOTED_NAME)) {
      return cursor.name("a name");
    }
    return name;
  }

  private boolean isJoin() {
    return Set.of(
            "LEFT", "JOIN", "INNER", "RIGHT", "FULL", "CROSS", "ASOF", "ANY", "SEMI", "ANTI",
            "GLOBAL", "ALL", "PASTE")
        .contains(cursor.word());
  }

  private FeatureQuery.Lookup lookup() {
    int offset = cursor.offset();
    boolean left =
        cursor.take("LEFT", "ANY", "JOIN")
            || cursor.take("LEFT", "OUTER", "JOIN")
            || cursor.take("ANY", "LEFT", "JOIN")
            || cursor.take("LEFT", "JOIN");
    if (!left) {
      throw new DefinitionProblem(
          offset, "A feature view joins lookup views with LEFT JOIN: every event counts");
    }
    int viewOffset = cursor.offset();
    String view = cursor.name("the name of a lookup view");
    String alias = alias(view);
    return new FeatureQuery.Lookup(view, alias, keys(alias), viewOffset);
  }

  private List<FeatureQuery.Key> keys(String alias) {
    if (cursor.take("USING")) {
      boolean round = cursor.take(TokenKind.OPEN_ROUND);
      List<FeatureQuery.Key> keys = new ArrayList<>();
      do {
        int offset = cursor.offset();
        String column = cursor.name("a column after USING");
        int end = offset + column.length();
        keys.add(
            new FeatureQuery.Key(
                column, new Expression.Name(Optional.empty(), column, offset, end)));
      } while (cursor.take(TokenKind.COMMA));
      if (round) {
        cursor.expect(TokenKind.CLOSE_ROUND, ") after the columns of USING");
      }
      return keys;
    }
    cursor.expectWord("ON");
    List<FeatureQuery.Key> keys = new ArrayList<>();
    equalities(expression(), alias, keys);
    return keys;
  }

  private static void equalities(Expression on, String alias, List<FeatureQuery.Key> keys) {
    if (on instanceof Expression.Call call && call.arguments().size() >= 2) {
      if (call.function().equals("and")) {
        call.arguments().forEach(part -> equalities(part, alias, keys));
        return;
      }
      if (call.function().equals("equals")) {
        Expression left = call.arguments().get(0);
        Expression right = call.arguments().get(1);
        Optional<FeatureQuery.Key> key = key(left, right, alias).or(() -> key(right, left, alias));
        if (key.isPresent()) {
          keys.add(key.get());
          return;
        }
      }
    }
    throw new DefinitionProblem(
        on.start(),
        "ON compares the keys of the lookup view: write ON "
            + alias
            + ".key = column, with AND between several");
  }

  private static Optional<FeatureQuery.Key> key(Expression side, Expression other, String alias) {
    return side instanceof Expression.Name(Optional<String> table, String column, int _, int _)
            && table.filter(alias::equals).isPresent()
        ? Optional.of(new FeatureQuery.Key(column, other))
        : Optional.empty();
  }

  private List<Window> windows() {
    List<Window> windows = new ArrayList<>();
    Set<String> names = new HashSet<>();
    do {
      Window window = new WindowReader(cursor).read();
      if (!names.add(window.name())) {
        throw new DefinitionProblem(
            window.offset(), "The window '" + window.name() + "' stands twice");
      }
      windows.add(window);
    } while (cursor.take(TokenKind.COMMA));
    return windows;
  }

  private DefinitionProblem leftOver() {
    String word = cursor.word();
    String hint =
        switch (word) {
          case "GROUP" -> "A feature view groups by its ENTITY: use a function OVER a window";
          case "ORDER", "LIMIT", "OFFSET" ->
              word + " belongs to the query that reads the feature view";
          case "HAVING", "QUALIFY" -> word + " is not offered: filter events with WHERE";
          case "PREWHERE" -> "Write WHERE, not PREWHERE";
          case "FINAL", "SAMPLE" -> "Features are made of every event: leave " + word + " out";
          case "UNION", "INTERSECT", "EXCEPT" ->
              "A feature view reads one data source: fill one from the others with materialized"
                  + " views";
          case "SETTINGS", "FORMAT" -> "Leave " + word + " out: nobody runs this SELECT as a query";
          default -> "Expected WHERE, WINDOW or the end, found " + cursor.shown();
        };
    return new DefinitionProblem(cursor.offset(), hint);
  }

  private Expression expression() {
    try {
      Expression expression = expressions.parseAt(cursor.index());
      cursor.moveTo(expressions.position());
      return expression;
    } catch (PlatformException e) {
      throw new DefinitionProblem(
          SourceRange.of(e).map(SourceRange::start).orElse(cursor.offset()), e.text());
    }
  }
}
