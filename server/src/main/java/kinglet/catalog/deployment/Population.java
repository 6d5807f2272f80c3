// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kinglet.catalog.Identifiers;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;

/// Fills the target of a new view, or a table that takes the place of another, from what its source
/// holds.
///
/// The rows are those of a snapshot of the source, taken while no row came in, a partition at a
/// time: a view sees its source in blocks anyway.
///
/// @param columnNames what the query gives, in its order
/// @param snapshot a clone of the source; absent for a source that cannot be cloned
/// @param hidden the hidden columns the query reads too
record Population(
    String database,
    String sourceTable,
    Optional<String> snapshot,
    String targetTable,
    List<String> columnNames,
    String viewSql,
    List<String> hidden) {
  Population {
    columnNames = List.copyOf(columnNames);
    hidden = List.copyOf(hidden);
  }

  private static final String PARTITIONS =
      "SELECT DISTINCT partition_id FROM system.parts WHERE active AND database = %s AND table = %s"
          + " ORDER BY partition_id";

  Optional<String> takeSnapshot() {
    return snapshot.map(name -> clone(database, name, sourceTable));
  }

  /// `CREATE TABLE … CLONE AS`: hard links, no copies.
  static String clone(String database, String table, String model) {
    return "CREATE TABLE IF NOT EXISTS "
        + Identifiers.quote(database, table)
        + " CLONE AS "
        + Identifiers.quote(database, model);
  }

  /// The statements that fill the target.
  List<String> inserts(Administrator administrator) {
    if (snapshot.isEmpty()) {
      return List.of(insert(Identifiers.quote(database, sourceTable), Optional.empty()));
    }
    String clone = Identifiers.quote(database, snapshot.get());
    List<String> inserts = new ArrayList<>();
    List<String> all = new ArrayList<>(List.of("*"));
    all.addAll(hidden);
    String partitions =
        PARTITIONS
            .replaceFirst("%s", Identifiers.literal(database))
            .replaceFirst("%s", Identifiers.literal(snapshot.get()));
    for (List<String> row : administrator.rows(partitions)) {
      inserts.add(
          insert(
              "(SELECT "
                  + String.join(", ", all)
                  + " FROM "
                  + clone
                  + " WHERE _partition_id = "
                  + Identifiers.literal(row.getFirst())
                  + ")",
              Optional.of(clone)));
    }
    return inserts;
  }

  /// Reads `rows` where the view reads new rows, and the snapshot where it reads its source again.
  private String insert(String rows, Optional<String> again) {
    boolean[] first = {true};
    String sql =
        SqlReferences.of(viewSql)
            .replaceTables(table -> {
              if (!isSource(table)) {
                return Optional.empty();
              }
              boolean trigger = first[0];
              first[0] = false;
              return trigger ? Optional.of(rows) : again;
            });
    return "INSERT INTO " + Identifiers.quote(database, targetTable) + columns() + "\n" + sql;
  }

  private boolean isSource(TableReference table) {
    return table.database().filter(database::equals).isPresent()
        && table.name().equals(sourceTable);
  }

  private String columns() {
    return " (" + String.join(", ", columnNames.stream().map(Identifiers::quote).toList()) + ")";
  }
}
