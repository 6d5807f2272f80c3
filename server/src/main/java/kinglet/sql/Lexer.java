// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.ArrayList;
import java.util.List;
import kinglet.error.PlatformException;

/// Cuts a SQL text into tokens as ClickHouse's own lexer does; refuses what that lexer might read
/// in another way.
final class Lexer {
  private final String sql;
  private final List<Token> tokens;
  private int position;
  private TokenKind previous = TokenKind.SEMICOLON;

  private Lexer(String sql) {
    this.sql = sql;
    this.tokens = new ArrayList<>(16 + sql.length() / 4);
  }

  static List<Token> lex(String sql) {
    Lexer lexer = new Lexer(sql);
    while (lexer.position < sql.length()) {
      lexer.next();
    }
    return lexer.tokens;
  }

  private void next() {
    int start = position;
    char c = sql.charAt(start);
    TokenKind kind = kindAt(c);
    if (position <= start) {
      throw new IllegalStateException("no progress at " + start);
    }
    tokens.add(new Token(kind, start, position));
    if (kind.significant()) {
      previous = kind;
    }
  }

  private TokenKind kindAt(char c) {
    if (c >= 0x80) {
      return unicode(c);
    }
    if (isSpace(c)) {
      return spaces();
    }
    if (isDigit(c)) {
      return number();
    }
    if ((c == 'x' || c == 'X' || c == 'b' || c == 'B') && peek(1) == '\'') {
      return digitsInQuotes(c == 'x' || c == 'X');
    }
    if (isWordPart(c)) {
      return word();
    }
    return switch (c) {
      case '\'' -> quoted('\'', TokenKind.STRING);
      case '"' -> quoted('"', TokenKind.QUOTED_NAME);
      case '`' -> quoted('`', TokenKind.QUOTED_NAME);
      case '$' -> heredoc();
      case '.' -> dot();
      case '-' -> minus();
      case '/' -> slash();
      case '#' -> hash();
      default -> symbol(c);
    };
  }

  private TokenKind symbol(char c) {
    return switch (c) {
      case '(' -> take(1, TokenKind.OPEN_ROUND);
      case ')' -> take(1, TokenKind.CLOSE_ROUND);
      case '[' -> take(1, TokenKind.OPEN_SQUARE);
      case ']' -> take(1, TokenKind.CLOSE_SQUARE);
      case '{' -> take(1, TokenKind.OPEN_CURLY);
      case '}' -> take(1, TokenKind.CLOSE_CURLY);
      case ',' -> take(1, TokenKind.COMMA);
      case ';' -> take(1, TokenKind.SEMICOLON);
      case '*' -> take(1, TokenKind.ASTERISK);
      case '?' -> take(1, TokenKind.QUESTION);
      case ':' -> peek(1) == ':' ? take(2, TokenKind.DOUBLE_COLON) : take(1, TokenKind.COLON);
      case '=' -> take(peek(1) == '=' ? 2 : 1, TokenKind.EQUALS);
      case '+', '%', '^' -> take(1, TokenKind.OPERATOR);
      case '<' -> take(lessLength(), TokenKind.OPERATOR);
      case '>' -> take(peek(1) == '=' ? 2 : 1, TokenKind.OPERATOR);
      case '!' -> pair('=');
      case '|' -> pair('|');
      default -> throw unexpected("Unrecognized token");
    };
  }

  private int lessLength() {
    if (peek(1) == '=') {
      return peek(2) == '>' ? 3 : 2;
    }
    return peek(1) == '>' ? 2 : 1;
  }

  private TokenKind pair(char second) {
    if (peek(1) != second) {
      throw unexpected("Unrecognized token");
    }
    return take(2, TokenKind.OPERATOR);
  }

  private TokenKind take(int length, TokenKind kind) {
    position += length;
    return kind;
  }

  private TokenKind spaces() {
    while (position < sql.length() && isSpace(sql.charAt(position))) {
      position++;
    }
    return TokenKind.SPACE;
  }

  private TokenKind word() {
    while (position < sql.length()
        && (isWordPart(sql.charAt(position)) || sql.charAt(position) == '$')) {
      position++;
    }
    return TokenKind.WORD;
  }

  /// A string or name in quotes: a backslash takes the next character, two quotes stand for one.
  private TokenKind quoted(char quote, TokenKind kind) {
    int i = position + 1;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      if (c == '\\') {
        i += 2;
      } else if (c < ' ' && kind == TokenKind.QUOTED_NAME) {
        throw unexpected("A control character is not allowed in a name");
      } else if (c == quote) {
        if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
          i += 2;
        } else {
          position = i + 1;
          return kind;
        }
      } else if (c == 0) {
        throw unexpected("A NUL character is not allowed");
      } else {
        i++;
      }
    }
    throw unexpected(
        kind == TokenKind.STRING ? "Single quoted string is not closed" : "Name is not closed");
  }

  private TokenKind digitsInQuotes(boolean hex) {
    int i = position + 2;
    while (i < sql.length()
        && (hex ? isHexDigit(sql.charAt(i)) : sql.charAt(i) == '0' || sql.charAt(i) == '1')) {
      i++;
    }
    if (i >= sql.length() || sql.charAt(i) != '\'') {
      throw unexpected("Single quoted string is not closed");
    }
    position = i + 1;
    return TokenKind.STRING;
  }

  private TokenKind heredoc() {
    int tagEnd = position + 1;
    while (tagEnd < sql.length() && isWordPart(sql.charAt(tagEnd))) {
      tagEnd++;
    }
    if (tagEnd < sql.length() && sql.charAt(tagEnd) == '$') {
      String tag = sql.substring(position, tagEnd + 1);
      int close = sql.indexOf(tag, tagEnd + 1);
      if (close > 0) {
        if (sql.substring(position, close).indexOf(0) >= 0) {
          throw unexpected("A NUL character is not allowed");
        }
        position = close + tag.length();
        return TokenKind.HEREDOC;
      }
    }
    throw unexpected("Unrecognized token");
  }

  private TokenKind dot() {
    boolean afterValue =
        switch (previous) {
          case CLOSE_ROUND, CLOSE_SQUARE, WORD, QUOTED_NAME, NUMBER -> true;
          default -> false;
        };
    if (afterValue || !isDigit(peek(1))) {
      return take(1, TokenKind.DOT);
    }
    position++;
    decimals(true, false);
    exponent(false);
    return TokenKind.NUMBER;
  }

  private TokenKind minus() {
    if (peek(1) == '>') {
      return take(2, TokenKind.ARROW);
    }
    return peek(1) == '-' ? commentToEndOfLine() : take(1, TokenKind.OPERATOR);
  }

  private TokenKind slash() {
    return switch (peek(1)) {
      case '/' -> commentToEndOfLine();
      case '*' -> blockComment();
      default -> take(1, TokenKind.OPERATOR);
    };
  }

  private TokenKind hash() {
    if (peek(1) == ' ' || peek(1) == '!') {
      return commentToEndOfLine();
    }
    throw unexpected("Unrecognized token");
  }

  private TokenKind commentToEndOfLine() {
    int end = sql.indexOf('\n', position);
    position = end < 0 ? sql.length() : end;
    return TokenKind.COMMENT;
  }

  /// Block comments nest.
  private TokenKind blockComment() {
    int depth = 1;
    int i = position + 2;
    while (i + 2 <= sql.length()) {
      if (sql.startsWith("/*", i)) {
        depth++;
        i += 2;
      } else if (sql.startsWith("*/", i)) {
        depth--;
        i += 2;
        if (depth == 0) {
          position = i;
          return TokenKind.COMMENT;
        }
      } else {
        i++;
      }
    }
    throw unexpected("Multiline comment is not closed");
  }

  private TokenKind number() {
    int start = position;
    if (previous == TokenKind.DOT) {
      position++;
      decimals(false, false);
    } else {
      boolean hex = radixPrefix();
      decimals(position > start + 1, hex);
      if (peek(0) == '.') {
        position++;
        decimals(true, hex);
      }
      exponent(hex);
    }
    if (position < sql.length() && isWordPart(sql.charAt(position))) {
      return wordAfterDigits(start);
    }
    return TokenKind.NUMBER;
  }

  /// Passes `0x` or `0b` with a digit behind it, else one digit; whether it was `0x`.
  private boolean radixPrefix() {
    char mark = sql.charAt(position) == '0' ? peek(1) : 0;
    char digit = peek(2);
    if ((mark == 'x' || mark == 'X') && isHexDigit(digit)) {
      position += 2;
      return true;
    }
    if ((mark == 'b' || mark == 'B') && (digit == '0' || digit == '1')) {
      position += 2;
      return false;
    }
    position++;
    return false;
  }

  private void decimals(boolean blockStart, boolean hex) {
    boolean start = blockStart;
    while (position < sql.length()) {
      char c = sql.charAt(position);
      boolean digit = hex ? isHexDigit(c) : isDigit(c);
      char after = peek(1);
      boolean separator = c == '_' && !start && (hex ? isHexDigit(after) : isDigit(after));
      if (!digit && !separator) {
        return;
      }
      position++;
      start = false;
    }
  }

  private void exponent(boolean hex) {
    char mark = peek(0);
    if (hex ? mark != 'p' && mark != 'P' : mark != 'e' && mark != 'E') {
      return;
    }
    int digits = peek(1) == '-' || peek(1) == '+' ? 2 : 1;
    if (isDigit(peek(digits))) {
      position += digits;
      decimals(true, false);
    }
  }

  private TokenKind wordAfterDigits(int start) {
    while (position < sql.length() && isWordPart(sql.charAt(position))) {
      position++;
    }
    for (int i = start; i < position; i++) {
      if (!isWordPart(sql.charAt(i))) {
        position = start;
        throw unexpected("Wrong number");
      }
    }
    return TokenKind.WORD;
  }

  private TokenKind unicode(char c) {
    if (isUnicodeSpace(c)) {
      position++;
      return TokenKind.SPACE;
    }
    return switch (c) {
      case '\u2018', '\u2019' -> unicodeQuoted('\u2019', TokenKind.STRING);
      case '\u201c', '\u201d' -> unicodeQuoted('\u201d', TokenKind.QUOTED_NAME);
      case '\u2212' -> take(1, TokenKind.OPERATOR);
      default -> throw unexpected("Unrecognized token");
    };
  }

  /// Typographic quotes hold plain text only: no quote, backslash or control character.
  private TokenKind unicodeQuoted(char close, TokenKind kind) {
    int i = position + 1;
    while (i < sql.length() && sql.charAt(i) != close) {
      char c = sql.charAt(i);
      if (c == '\\' || c == '\'' || c == '"' || c == '`' || c < ' ' || isTypographicQuote(c)) {
        throw unexpected("Unrecognized token");
      }
      i++;
    }
    if (i >= sql.length()) {
      throw unexpected("Typographic quote is not closed");
    }
    position = i + 1;
    return kind;
  }

  private static boolean isTypographicQuote(char c) {
    return c >= '\u2018' && c <= '\u201f';
  }

  private char peek(int ahead) {
    int i = position + ahead;
    return i < sql.length() ? sql.charAt(i) : 0;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  /// The space characters of other scripts that ClickHouse skips, as pasted from documents.
  static boolean isUnicodeSpace(char c) {
    return switch (c) {
      case '\u0085', '\u00a0', '\u1680', '\u180e', '\u2028', '\u2029', '\u202f', '\u205f' -> true;
      case '\u2060', '\u3000', '\ufeff' -> true;
      default -> c >= '\u2000' && c <= '\u200d';
    };
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isHexDigit(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  static boolean isWordPart(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private PlatformException unexpected(String problem) {
    int end = Math.min(sql.length(), position + 20);
    return new PlatformException(
        SqlError.SQL_SYNTAX,
        problem
            + ": Syntax error: failed at position "
            + (position + 1)
            + " ("
            + sql.substring(position, end)
            + ")");
  }
}
