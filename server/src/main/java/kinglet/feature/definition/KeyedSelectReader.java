// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.expression.Expression;
import kinglet.expression.ExpressionParser;
import kinglet.sql.TokenKind;

/// Finds out whether a query reads feature views row by row.
///
/// The query is one that pipes were put into: a feature view is `(SELECT * FROM database.view)`.
public final class KeyedSelectReader {
  private static final int DEPTH_MAX = 50;
  private static final Set<String> AFTER_NAME =
      Set.of(
          "WHERE",
          "CROSS",
          "FROM",
          "ON",
          "USING",
          "JOIN",
          "LEFT",
          "INNER",
          "RIGHT",
          "FULL",
          "GROUP",
          "ORDER",
          "LIMIT",
          "HAVING",
          "WINDOW",
          "UNION",
          "SETTINGS",
          "FORMAT",
          "FINAL",
          "SAMPLE",
          "ARRAY",
          "PREWHERE",
          "QUALIFY",
          "OFFSET",
          "EXCEPT",
          "INTERSECT",
          "GLOBAL",
          "ANY",
          "ALL",
          "ASOF",
          "SEMI",
          "ANTI",
          "PASTE");

  private final String database;
  private final Cursor cursor;
  private final ExpressionParser expressions;
  private int depth;

  private KeyedSelectReader(String sql, String database) {
    this.database = database;
    this.cursor = new Cursor(sql);
    this.expressions = new ExpressionParser(sql, cursor.tokens());
  }

  /// What the query says; empty for one that is not of this kind.
  ///
  /// @param database in which feature views have their names
  public static Optional<KeyedSelect> read(String sql, String database) {
    try {
      KeyedSelectReader reader = new KeyedSelectReader(sql, database);
      KeyedSelect select = reader.select();
      return reader.cursor.atEnd() ? Optional.of(select) : Optional.empty();
    } catch (DefinitionProblem | PlatformException _) {
      return Optional.empty();
    }
  }

  private KeyedSelect select() {
    if (++depth > DEPTH_MAX) {
      throw cursor.expected("less nesting");
    }
    cursor.expectWord("SELECT");
    List<KeyedSelect.Item> items = new ArrayList<>();
    do {
      items.add(item());
    } while (cursor.take(TokenKind.COMMA) && !cursor.word().equals("FROM"));
    cursor.expectWord("FROM");
    KeyedSelect.Source source = source();
    List<Expression> where = new ArrayList<>();
    if (cursor.take("WHERE")) {
      conditions(expression(), where);
    }
    depth--;
    return new KeyedSelect(items, source, where);
  }

  private KeyedSelect.Item item() {
    if (cursor.take(TokenKind.ASTERISK)) {
      return new KeyedSelect.Item.All(Optional.empty());
    }
    int start = cursor.index();
    if (cursor.kind() == TokenKind.WORD || cursor.kind() == TokenKind.QUOTED_NAME) {
      String table = cursor.name("a name");
      if (cursor.take(TokenKind.DOT) && cursor.take(TokenKind.ASTERISK)) {
        return new KeyedSelect.Item.All(Optional.of(table));
      }
    }
    cursor.moveTo(start);
    int from = cursor.offset();
    Expression expression = expression();
    int to = cursor.endBefore();
    if (cursor.take("AS")) {
      return new KeyedSelect.Item.Column(cursor.name("a name"), expression);
    }
    if (cursor.kind() == TokenKind.QUOTED_NAME
        || (cursor.kind() == TokenKind.WORD && !cursor.word().equals("FROM"))) {
      return new KeyedSelect.Item.Column(cursor.name("a name"), expression);
    }
    return new KeyedSelect.Item.Column(
        expression instanceof Expression.Name(Optional<String> _, String column, int _, int _)
            ? column
            : cursor.text(from, to),
        expression);
  }

  /// Views, with commas or CROSS JOIN between several; or another SELECT.
  private KeyedSelect.Source source() {
    List<KeyedSelect.View> views = new ArrayList<>();
    do {
      int start = cursor.index();
      Optional<String> view = view();
      if (view.isPresent()) {
        views.add(new KeyedSelect.View(view.get(), alias(view.get())));
      } else {
        cursor.moveTo(start);
        if (!views.isEmpty()) {
          throw cursor.expected("a feature view");
        }
        cursor.expect(TokenKind.OPEN_ROUND, "(");
        KeyedSelect inner = select();
        cursor.expect(TokenKind.CLOSE_ROUND, ")");
        return new KeyedSelect.Source.Inner(inner, alias(""));
      }
    } while (cursor.take(TokenKind.COMMA) || cursor.take("CROSS", "JOIN"));
    return new KeyedSelect.Source.Views(views);
  }

  /// `(SELECT * FROM database.view)`.
  private Optional<String> view() {
    boolean leaf =
        cursor.take(TokenKind.OPEN_ROUND)
            && cursor.take("SELECT")
            && cursor.take(TokenKind.ASTERISK)
            && cursor.take("FROM")
            && (cursor.kind() == TokenKind.WORD || cursor.kind() == TokenKind.QUOTED_NAME)
            && cursor.name("a database").equals(database)
            && cursor.take(TokenKind.DOT);
    if (!leaf) {
      return Optional.empty();
    }
    String name = cursor.name("a feature view");
    return cursor.take(TokenKind.CLOSE_ROUND) ? Optional.of(name) : Optional.empty();
  }

  private String alias(String name) {
    if (cursor.take("AS")) {
      return cursor.name("a name");
    }
    boolean named =
        cursor.kind() == TokenKind.QUOTED_NAME
            || (cursor.kind() == TokenKind.WORD && !AFTER_NAME.contains(cursor.word()));
    return named ? cursor.name("a name") : name;
  }

  private static void conditions(Expression condition, List<Expression> all) {
    if (condition instanceof Expression.Call call && call.function().equals("and")) {
      call.arguments().forEach(part -> conditions(part, all));
    } else {
      all.add(condition);
    }
  }

  private Expression expression() {
    Expression expression = expressions.parseAt(cursor.index());
    cursor.moveTo(expressions.position());
    return expression;
  }
}
