// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

import java.util.List;
import java.util.Locale;
import kinglet.error.PlatformException;
import kinglet.sql.Sql;
import kinglet.sql.Token;
import kinglet.sql.TokenKind;

/// A place among the significant tokens of a SELECT.
final class Cursor {
  private final String sql;
  private final List<Token> tokens;
  private int index;

  Cursor(String sql) {
    this.sql = sql;
    try {
      this.tokens = Sql.lex(sql).stream().filter(token -> token.kind().significant()).toList();
    } catch (PlatformException e) {
      throw new DefinitionProblem(0, e.text());
    }
  }

  List<Token> tokens() {
    return tokens;
  }

  int index() {
    return index;
  }

  void moveTo(int place) {
    index = place;
  }

  boolean atEnd() {
    return index >= tokens.size();
  }

  /// Where the token here starts in the text.
  int offset() {
    return index < tokens.size() ? tokens.get(index).start() : sql.length();
  }

  TokenKind kind() {
    return index < tokens.size() ? tokens.get(index).kind() : TokenKind.SPACE;
  }

  /// Where the token before this one ends.
  int endBefore() {
    return index == 0 ? 0 : tokens.get(index - 1).end();
  }

  String text(int from, int to) {
    return sql.substring(from, to);
  }

  /// The token as written, at most a few characters of it.
  String shown() {
    if (atEnd()) {
      return "the end";
    }
    String text = tokens.get(index).text(sql);
    return "'" + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + "'";
  }

  /// The word here in upper case; empty if there is none.
  String word() {
    return word(0);
  }

  String word(int ahead) {
    int place = index + ahead;
    return place < tokens.size() && tokens.get(place).kind() == TokenKind.WORD
        ? tokens.get(place).text(sql).toUpperCase(Locale.ROOT)
        : "";
  }

  boolean take(TokenKind kind) {
    boolean found = kind() == kind;
    index += found ? 1 : 0;
    return found;
  }

  /// Passes words that stand one after the other; nothing is passed unless all do.
  boolean take(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (!word(i).equals(words[i])) {
        return false;
      }
    }
    index += words.length;
    return true;
  }

  void expect(TokenKind kind, String what) {
    if (!take(kind)) {
      throw expected(what);
    }
  }

  void expectWord(String... words) {
    if (!take(words)) {
      throw expected(String.join(" ", words));
    }
  }

  /// A name, plain or quoted.
  String name(String what) {
    if (kind() != TokenKind.WORD && kind() != TokenKind.QUOTED_NAME) {
      throw expected(what);
    }
    try {
      String name = Sql.name(sql, tokens.get(index));
      index++;
      return name;
    } catch (PlatformException e) {
      throw new DefinitionProblem(offset(), e.text());
    }
  }

  /// A whole number, in quotes or not.
  long number(String what) {
    boolean quoted = kind() == TokenKind.STRING;
    if (quoted || kind() == TokenKind.NUMBER) {
      String text = tokens.get(index).text(sql);
      String digits = quoted ? text.substring(1, Math.max(1, text.length() - 1)) : text;
      if (digits.matches("[0-9]{1,18}")) {
        index++;
        return Long.parseLong(digits);
      }
    }
    throw expected(what);
  }

  DefinitionProblem expected(String what) {
    return new DefinitionProblem(offset(), "Expected " + what + ", found " + shown());
  }
}
