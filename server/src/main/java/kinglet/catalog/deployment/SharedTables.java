// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.catalog.SharedDataSource;
import kinglet.catalog.Snapshot;

/// Empty tables that stand for snapshots, and for what other workspaces share, while a project is
/// rehearsed: no view of a rehearsal may see rows.
final class SharedTables {
  private final Administrator administrator;
  private final String database;
  private final Resources current;
  private final Set<String> made = new HashSet<>();

  SharedTables(Administrator administrator, String database, Resources current) {
    this.administrator = administrator;
    this.database = database;
    this.current = current;
  }

  /// The table for a snapshot, or for what a workspace shares under a name; made when it is first
  /// asked for.
  Optional<String> table(String schema, String name) {
    return current
        .snapshot(schema, name)
        .map(this::made)
        .or(() -> current.shared(schema, name).map(this::made));
  }

  private String made(Snapshot snapshot) {
    String table = Identifiers.quote(database, snapshot.fullName());
    if (made.add(snapshot.fullName())) {
      administrator.define("CREATE TABLE IF NOT EXISTS " + table + " AS " + snapshot.sqlName());
    }
    return table;
  }

  private String made(SharedDataSource shared) {
    DataSource source = shared.dataSource();
    if (made.add(shared.name())) {
      administrator.define(
          TableDdl.create(
              database, shared.name(), source.schema(), source.engine(), source.indexes()));
    }
    return Identifiers.quote(database, shared.name());
  }

  /// Whether a table of the rehearsal stands for something that is only read here.
  boolean contains(String table) {
    return made.contains(table);
  }
}
