// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A parameter's value as it travels.
///
/// ClickHouse reads a value as a field of its `TabSeparated` format: strings are unescaped, while
/// arrays, tuples and maps, which quote their own strings, and identifiers are taken as they are.
/// The placeholder in the statement says which it is.
final class ParameterText {
  private static final Pattern AS_IT_IS =
      Pattern.compile("(?:Array|Tuple|Map|Nested|Identifier|Variant)(?![A-Za-z0-9_]).*");

  private ParameterText() {}

  /// The text to send for `plain` as the value of the statement's placeholder of this name.
  static String of(String sql, String name, String plain) {
    Matcher matcher =
        Pattern.compile("\\{\\s*" + Pattern.quote(name) + "\\s*:\\s*([^}]*)}").matcher(sql);
    while (matcher.find()) {
      if (AS_IT_IS.matcher(matcher.group(1)).matches()) {
        return plain;
      }
    }
    return escape(plain);
  }

  private static String escape(String plain) {
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
