// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

/// Names in SQL text.
public final class Identifiers {
  private Identifiers() {}

  /// The name in backquotes, whatever it holds.
  public static String quote(String name) {
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`";
  }
}
