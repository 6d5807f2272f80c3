// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

/// Quoting of names and texts for SQL we write ourselves.
public final class Identifiers {
  private Identifiers() {}

  /// A name in backticks.
  public static String quote(String name) {
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`";
  }

  /// A table with its database, both in backticks.
  public static String quote(String database, String table) {
    return quote(database) + "." + quote(table);
  }

  /// A text in single quotes.
  public static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
  }
}
