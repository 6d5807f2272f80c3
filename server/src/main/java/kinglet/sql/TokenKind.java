// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

/// What a token is.
public enum TokenKind {
  SPACE,
  COMMENT,
  /// A keyword or an unquoted name.
  WORD,
  /// A name in back-ticks or double quotes.
  QUOTED_NAME,
  NUMBER,
  /// A string in single quotes, `x'41'` and `b'1'` included.
  STRING,
  /// A string between two equal tags, such as `$tag$text$tag$`.
  HEREDOC,
  OPEN_ROUND,
  CLOSE_ROUND,
  OPEN_SQUARE,
  CLOSE_SQUARE,
  OPEN_CURLY,
  CLOSE_CURLY,
  COMMA,
  DOT,
  SEMICOLON,
  COLON,
  DOUBLE_COLON,
  ARROW,
  ASTERISK,
  QUESTION,
  EQUALS,
  /// Any other operator.
  OPERATOR;

  /// Whether the token carries meaning: everything but spaces and comments.
  public boolean significant() {
    return this != SPACE && this != COMMENT;
  }
}
