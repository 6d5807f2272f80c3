// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import kinglet.catalog.Identifiers;

/// The SQL that makes materialized views.
final class ViewDdl {
  /// What the names of views begin with in the database where a project is rehearsed.
  static final String REHEARSED = "__view_";

  /// What the names of views begin with that take rows to a new table.
  private static final String FORWARD = "__forward_";

  private ViewDdl() {}

  /// The name of the view that takes rows of a data source to its new table.
  static String forwardName(String dataSource, long deployment) {
    return FORWARD + "rows_" + dataSource + "_" + deployment;
  }

  /// The same for the rows in its quarantine.
  static String quarantineForwardName(String dataSource, long deployment) {
    return FORWARD + "quarantine_" + dataSource + "_" + deployment;
  }

  /// Whether a statement makes a view that writes to hidden columns.
  static boolean forwards(String statement) {
    return statement.startsWith("CREATE MATERIALIZED VIEW") && statement.contains(".`" + FORWARD);
  }

  /// The name of the view of a pipe as one deployment made it.
  static String name(String pipe, long deployment) {
    return "__view_" + pipe + "_" + deployment;
  }

  /// `CREATE MATERIALIZED VIEW IF NOT EXISTS` that writes to a table we made.
  static String create(String database, String view, String quotedTarget, String sql) {
    return "CREATE MATERIALIZED VIEW IF NOT EXISTS "
        + Identifiers.quote(database, view)
        + " TO "
        + quotedTarget
        + " AS\n"
        + sql;
  }

  static String drop(String database, String view) {
    return "DROP VIEW IF EXISTS " + Identifiers.quote(database, view) + " SYNC";
  }

  static String dropTable(String database, String table) {
    return "DROP TABLE IF EXISTS " + Identifiers.quote(database, table) + " SYNC";
  }
}
