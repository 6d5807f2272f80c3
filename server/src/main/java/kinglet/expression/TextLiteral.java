// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import kinglet.sql.Token;
import kinglet.sql.TokenKind;

/// Reads the value of a string in a SQL text, with ClickHouse's escapes.
final class TextLiteral {
  private final String sql;
  private final int end;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int at;

  private TextLiteral(String sql, int start, int end) {
    this.sql = sql;
    this.at = start;
    this.end = end;
  }

  /// The value of a STRING or HEREDOC token; empty if its bytes are not UTF-8.
  static Optional<String> read(String sql, Token token) {
    if (token.kind() == TokenKind.HEREDOC) {
      int tag = sql.indexOf('$', token.start() + 1) + 1 - token.start();
      return Optional.of(sql.substring(token.start() + tag, token.end() - tag));
    }
    char first = sql.charAt(token.start());
    if (first == 'x' || first == 'X' || first == 'b' || first == 'B') {
      TextLiteral digits = new TextLiteral(sql, token.start() + 2, token.end() - 1);
      digits.digits(first == 'x' || first == 'X' ? 16 : 2);
      return digits.text();
    }
    TextLiteral quoted = new TextLiteral(sql, token.start() + 1, token.end() - 1);
    quoted.quoted();
    return quoted.text();
  }

  private Optional<String> text() {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }

  /// Digits of whole bytes from the right: the first byte may have fewer.
  private void digits(int radix) {
    int width = radix == 16 ? 2 : 8;
    int first = (end - at) % width;
    while (at < end) {
      int next = first > 0 ? at + first : at + width;
      bytes.write(Integer.parseInt(sql, at, next, radix));
      first = 0;
      at = next;
    }
  }

  private void quoted() {
    while (at < end) {
      int c = sql.codePointAt(at);
      at += Character.charCount(c);
      if (c == '\\') {
        escape();
      } else {
        if (c == '\'') {
          at++;
        }
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private void escape() {
    int c = sql.codePointAt(at);
    at += Character.charCount(c);
    switch (c) {
      case 'x' -> hexEscape();
      case 'N' -> {}
      case 'a' -> bytes.write(7);
      case 'b' -> bytes.write('\b');
      case 'e' -> bytes.write(27);
      case 'f' -> bytes.write('\f');
      case 'n' -> bytes.write('\n');
      case 'r' -> bytes.write('\r');
      case 't' -> bytes.write('\t');
      case 'v' -> bytes.write(11);
      case '0' -> bytes.write(0);
      case '\\', '\'', '"', '`', '/', '=' -> bytes.write(c);
      default -> {
        bytes.write('\\');
        bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private void hexEscape() {
    int high = at < end ? Character.digit(sql.charAt(at), 16) : -1;
    int low = at + 1 < end ? Character.digit(sql.charAt(at + 1), 16) : -1;
    if (high < 0 || low < 0) {
      bytes.write(0xFF);
      return;
    }
    bytes.write(high * 16 + low);
    at += 2;
  }
}
