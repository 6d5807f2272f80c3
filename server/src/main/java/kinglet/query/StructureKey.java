// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.List;
import java.util.Locale;
import kinglet.sql.Sql;
import kinglet.sql.Token;
import kinglet.sql.TokenKind;

/// What two queries share when they differ in plain values only, so that what the engine's parser
/// said of one holds for the other.
///
/// Words, names and operators stay. Numbers, and strings without quotes or backslashes inside,
/// become placeholders, and lists of them shrink to one. Where a function takes the name of a table
/// from a string, all strings stay.
final class StructureKey {
  private static final char NUMBER = '\u0001';
  private static final char STRING = '\u0002';

  private StructureKey() {}

  static String of(String sql) {
    boolean keepStrings = sql.toLowerCase(Locale.ROOT).contains("joinget");
    List<Token> tokens = Sql.lex(sql);
    StringBuilder key = new StringBuilder(sql.length());
    boolean pendingComma = false;
    boolean afterValue = false;
    for (Token token : tokens) {
      if (!token.kind().significant()) {
        continue;
      }
      char placeholder = placeholder(sql, token, keepStrings);
      if (placeholder != 0) {
        if (pendingComma && key.charAt(key.length() - 1) == placeholder) {
          pendingComma = false;
          afterValue = true;
          continue;
        }
        append(key, pendingComma);
        key.append(placeholder);
        pendingComma = false;
        afterValue = true;
        continue;
      }
      append(key, pendingComma);
      pendingComma = token.kind() == TokenKind.COMMA && afterValue;
      afterValue = false;
      if (!pendingComma) {
        key.append(sql, token.start(), token.end()).append(' ');
      }
    }
    append(key, pendingComma);
    return key.toString();
  }

  private static void append(StringBuilder key, boolean comma) {
    if (comma) {
      key.append(", ");
    }
  }

  private static char placeholder(String sql, Token token, boolean keepStrings) {
    return switch (token.kind()) {
      case NUMBER -> NUMBER;
      case STRING -> keepStrings || !isPlain(sql, token) ? 0 : STRING;
      default -> 0;
    };
  }

  private static boolean isPlain(String sql, Token token) {
    if (sql.charAt(token.start()) != '\'') {
      return false;
    }
    for (int i = token.start() + 1; i < token.end() - 1; i++) {
      char c = sql.charAt(i);
      if (c == '\'' || c == '\\' || c < ' ') {
        return false;
      }
    }
    return true;
  }
}
