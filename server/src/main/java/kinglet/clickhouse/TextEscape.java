// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import org.jspecify.annotations.Nullable;

/// The escaping of parameter values: that of a field of ClickHouse's `TabSeparated` format.
final class TextEscape {
  private TextEscape() {}

  static String escape(String plain) {
    StringBuilder out = null;
    for (int at = 0; at < plain.length(); at++) {
      String replacement = replacement(plain.charAt(at));
      if (replacement != null && out == null) {
        out = new StringBuilder(plain.length() + 16).append(plain, 0, at);
      }
      if (out != null) {
        if (replacement == null) {
          out.append(plain.charAt(at));
        } else {
          out.append(replacement);
        }
      }
    }
    return out == null ? plain : out.toString();
  }

  private static @Nullable String replacement(char character) {
    return switch (character) {
      case '\\' -> "\\\\";
      case '\t' -> "\\t";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\0' -> "\\0";
      default -> null;
    };
  }
}
