// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// What a deployment does with one data source; the fate may still change while it is planned.
final class DataSourcePlan {
  final DataSourceFile file;
  final Schema schema;

  /// The ids of the workspaces it is shared with.
  final List<String> sharedWith;

  final @Nullable DataSource before;
  final @Nullable Alteration alteration;
  Fate fate;
  String table;

  /// How rows come over to the new table, where they do.
  @Nullable Forwarding forwarding;

  DataSourcePlan(
      DataSourceFile file,
      Schema schema,
      List<String> sharedWith,
      @Nullable DataSource before,
      @Nullable Alteration alteration,
      Fate fate,
      String table) {
    this.file = file;
    this.schema = schema;
    this.sharedWith = sharedWith;
    this.before = before;
    this.alteration = alteration;
    this.fate = fate;
    this.table = table;
  }

  String name() {
    return file.name();
  }

  Optional<DataSource> existing() {
    return Optional.ofNullable(before);
  }

  String sqlName(String database) {
    return Identifiers.quote(database, table);
  }

  /// Whether rows are decoded in another way than before.
  boolean schemaChanged() {
    DataSource was = before;
    return was != null && !was.schema().equals(schema);
  }

  /// Whether anything a reader could see differs.
  boolean changed() {
    DataSource was = before;
    return was != null
        && (fate != Fate.KEEP
            || schemaChanged()
            || !was.description().equals(file.description())
            || !was.tags().equals(file.tags())
            || !was.expectations().equals(file.expected())
            || !was.sharedWith().equals(sharedWith)
            || !was.settings().equals(file.settings()));
  }
}
