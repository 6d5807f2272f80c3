// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import kinglet.error.PlatformException;

/// A place among the significant tokens of a SQL text.
class TokenCursor {
  /// How deep parentheses and brackets may nest.
  static final int DEPTH_MAX = 200;

  private static final String NO_WORD = "";

  private final String sql;
  private final Token[] tokens;

  /// Words in upper case, and for every other token the empty text.
  private final String[] words;

  /// For each opening bracket the index of the closing one.
  private final int[] matches;

  private int index;

  TokenCursor(String sql, List<Token> all) {
    this.sql = sql;
    this.tokens = all.stream().filter(t -> t.kind().significant()).toArray(Token[]::new);
    this.words = new String[tokens.length];
    this.matches = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      words[i] =
          tokens[i].kind() == TokenKind.WORD
              ? tokens[i].text(sql).toUpperCase(Locale.ROOT)
              : NO_WORD;
    }
    matchBrackets();
  }

  private void matchBrackets() {
    int[] open = new int[DEPTH_MAX];
    int depth = 0;
    Arrays.fill(matches, -1);
    for (int i = 0; i < tokens.length; i++) {
      switch (tokens[i].kind()) {
        case OPEN_ROUND, OPEN_SQUARE, OPEN_CURLY -> {
          if (depth == DEPTH_MAX) {
            throw new PlatformException(
                SqlError.SQL_TOO_COMPLEX,
                "The SQL nests deeper than the allowed " + DEPTH_MAX + " levels");
          }
          open[depth++] = i;
        }
        case CLOSE_ROUND, CLOSE_SQUARE, CLOSE_CURLY -> {
          if (depth == 0 || closing(tokens[open[depth - 1]].kind()) != tokens[i].kind()) {
            throw unmatched(i);
          }
          matches[open[--depth]] = i;
        }
        default -> {}
      }
    }
    if (depth > 0) {
      throw unmatched(open[depth - 1]);
    }
  }

  private static TokenKind closing(TokenKind opening) {
    return switch (opening) {
      case OPEN_ROUND -> TokenKind.CLOSE_ROUND;
      case OPEN_SQUARE -> TokenKind.CLOSE_SQUARE;
      default -> TokenKind.CLOSE_CURLY;
    };
  }

  private PlatformException unmatched(int at) {
    return syntax(at, "Unmatched parentheses");
  }

  final String sql() {
    return sql;
  }

  final int index() {
    return index;
  }

  final void moveTo(int place) {
    index = place;
  }

  final void advance() {
    index++;
  }

  final boolean atEnd() {
    return index >= tokens.length;
  }

  /// The kind of the token at a place; beyond the end, SPACE.
  final TokenKind kind(int place) {
    return place >= 0 && place < tokens.length ? tokens[place].kind() : TokenKind.SPACE;
  }

  final TokenKind kind() {
    return kind(index);
  }

  /// The word at a place in upper case; the empty text if there is none.
  final String word(int place) {
    return place >= 0 && place < tokens.length ? words[place] : NO_WORD;
  }

  final String word() {
    return word(index);
  }

  final boolean isWord(int place, String word) {
    return word(place).equals(word);
  }

  final boolean isName(int place) {
    TokenKind kind = kind(place);
    return kind == TokenKind.WORD || kind == TokenKind.QUOTED_NAME;
  }

  final String name(int place) {
    return Sql.name(sql, tokens[place]);
  }

  final String string(int place) {
    return Sql.string(sql, tokens[place]);
  }

  final String text(int first, int last) {
    return sql.substring(tokens[first].start(), tokens[last].end());
  }

  final int start(int place) {
    return place < tokens.length ? tokens[place].start() : sql.length();
  }

  final int end(int place) {
    return tokens[place].end();
  }

  final int match(int place) {
    return matches[place];
  }

  final int size() {
    return tokens.length;
  }

  final void expect(TokenKind kind, String what) {
    if (kind() != kind) {
      throw syntax(index, "expected " + what);
    }
    index++;
  }

  final PlatformException syntax(int place, String problem) {
    int at = start(place);
    String near =
        place < tokens.length ? sql.substring(at, Math.min(sql.length(), at + 30)) : "end of query";
    return new PlatformException(
        SqlError.SQL_SYNTAX,
        "Syntax error: failed at position " + (at + 1) + " (" + near + "): " + problem);
  }
}
