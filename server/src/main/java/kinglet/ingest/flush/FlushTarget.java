// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import kinglet.journal.EntryKind;
import kinglet.type.Column;
import kinglet.type.Known;
import kinglet.type.Schema;

/// Where the rows of a data source go.
///
/// @param hiddenColumns whether the table has `__seq`, `__ingested_at` and `__known_at`
/// @param schemas what rows of each schema version look like; the last one is the table's
/// @param quarantineSchemas the same for quarantined rows
public record FlushTarget(
    String name,
    String database,
    String table,
    String quarantineTable,
    boolean hiddenColumns,
    NavigableMap<Integer, Schema> schemas,
    NavigableMap<Integer, Schema> quarantineSchemas) {
  public FlushTarget {
    schemas = new TreeMap<>(schemas);
    quarantineSchemas = new TreeMap<>(quarantineSchemas);
  }

  Optional<Schema> schema(StepKey key) {
    Optional<Schema> schema = Optional.ofNullable(all(key).get(key.schemaVersion()));
    return key.kind() == EntryKind.IMPORTED ? schema.map(Known::with) : schema;
  }

  String table(StepKey key) {
    return switch (key.kind()) {
      case ROWS, FILE, IMPORTED -> table;
      case QUARANTINE -> quarantineTable;
    };
  }

  boolean hiddenColumns(StepKey key) {
    return switch (key.kind()) {
      case ROWS, FILE, IMPORTED -> hiddenColumns;
      case QUARANTINE -> true;
    };
  }

  /// The names of the columns the table has now and rows can have values for.
  Set<String> columns(StepKey key) {
    Set<String> names = new HashSet<>();
    for (Column column : all(key).lastEntry().getValue().columns()) {
      names.add(column.name());
    }
    if (hiddenColumns && key.kind() != EntryKind.QUARANTINE) {
      names.add(Known.COLUMN.name());
    }
    return names;
  }

  private NavigableMap<Integer, Schema> all(StepKey key) {
    return switch (key.kind()) {
      case ROWS, FILE, IMPORTED -> schemas;
      case QUARANTINE -> quarantineSchemas;
    };
  }
}
