// SPDX-License-Identifier: Apache-2.0
package kinglet.sql;

/// A run of characters of a SQL text that belong together: `[start, end)`.
public record Token(TokenKind kind, int start, int end) {
  public String text(String sql) {
    return sql.substring(start, end);
  }
}
