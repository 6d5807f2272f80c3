// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

import java.util.List;
import kinglet.error.PlatformException;

/// Tokens, names and literals of ClickHouse SQL.
public final class Sql {
  /// The longest text that is looked at.
  public static final int CHARS_MAX = 4 << 20;

  private Sql() {}

  /// All tokens of a text in order, spaces and comments included: joined they are the text.
  public static List<Token> lex(String sql) {
    if (sql.length() > CHARS_MAX) {
      throw new PlatformException(
          SqlError.SQL_TOO_COMPLEX,
          "The SQL is longer than the allowed " + CHARS_MAX + " characters");
    }
    return List.copyOf(Lexer.lex(sql));
  }

  /// The name as a quoted identifier.
  public static String quote(String name) {
    return '`' + escape(name, '`') + '`';
  }

  /// A table's qualified, quoted name.
  public static String quote(String database, String name) {
    return quote(database) + '.' + quote(name);
  }

  /// The text as a string literal.
  public static String literal(String text) {
    return '\'' + escape(text, '\'') + '\'';
  }

  /// The same query written so that only one reading is possible: comments become spaces, here
  /// documents and typographic quotes become ordinary literals, set off by spaces.
  public static String plain(String sql) {
    return plain(sql, lex(sql));
  }

  static String plain(String sql, List<Token> tokens) {
    if (tokens.stream().noneMatch(token -> isOdd(sql, token))) {
      return sql;
    }
    StringBuilder plain = new StringBuilder(sql.length());
    for (Token token : tokens) {
      if (!isOdd(sql, token)) {
        plain.append(sql, token.start(), token.end());
      } else if (!token.kind().significant()) {
        for (int i = token.start(); i < token.end(); i++) {
          plain.append(sql.charAt(i) == '\n' ? '\n' : ' ');
        }
      } else if (token.kind() == TokenKind.OPERATOR) {
        plain.append(" - ");
      } else if (token.kind() == TokenKind.QUOTED_NAME) {
        plain.append(' ').append(quote(name(sql, token))).append(' ');
      } else {
        plain.append(' ').append(literal(string(sql, token))).append(' ');
      }
    }
    return plain.toString();
  }

  private static boolean isOdd(String sql, Token token) {
    return switch (token.kind()) {
      case COMMENT, HEREDOC -> true;
      case SPACE, STRING, QUOTED_NAME, OPERATOR -> sql.charAt(token.start()) >= 0x80;
      default -> false;
    };
  }

  /// What a WORD or QUOTED_NAME token names.
  public static String name(String sql, Token token) {
    return switch (token.kind()) {
      case WORD -> token.text(sql);
      case QUOTED_NAME -> unescape(sql, token);
      default -> throw new IllegalArgumentException("not a name: " + token.kind());
    };
  }

  /// The value of a STRING or HEREDOC token; strings of digits (`x'41'`) are refused.
  static String string(String sql, Token token) {
    if (token.kind() == TokenKind.HEREDOC) {
      int tag = sql.indexOf('$', token.start() + 1) + 1 - token.start();
      return sql.substring(token.start() + tag, token.end() - tag);
    }
    char first = sql.charAt(token.start());
    if (Lexer.isWordPart(first)) {
      throw new PlatformException(
          SqlError.SQL_SYNTAX, "Write the string in single quotes: " + token.text(sql));
    }
    return unescape(sql, token);
  }

  private static String unescape(String sql, Token token) {
    char quote = sql.charAt(token.start());
    String inner = sql.substring(token.start() + 1, token.end() - 1);
    if (inner.indexOf('\\') < 0 && inner.indexOf(quote) < 0) {
      return inner;
    }
    StringBuilder text = new StringBuilder(inner.length());
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (c == quote) {
        i++;
      } else if (c == '\\') {
        i++;
        c = unescaped(inner.charAt(i));
      }
      text.append(c);
    }
    return text.toString();
  }

  private static char unescaped(char c) {
    return switch (c) {
      case '\\', '\'', '"', '`', '/' -> c;
      default ->
          throw new PlatformException(
              SqlError.SQL_SYNTAX, "The escape \\" + c + " is not allowed in a name");
    };
  }

  private static String escape(String text, char quote) {
    StringBuilder escaped = new StringBuilder(text.length() + 2);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case 0 -> escaped.append("\\0");
        case '\n' -> escaped.append("\\n");
        case '\t' -> escaped.append("\\t");
        case '\r' -> escaped.append("\\r");
        default -> {
          if (c == '\\' || c == quote) {
            escaped.append('\\');
          }
          escaped.append(c);
        }
      }
    }
    return escaped.toString();
  }
}
