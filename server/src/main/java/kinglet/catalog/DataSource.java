// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import kinglet.type.Schema;
import org.jspecify.annotations.Nullable;

/// A named, typed table fed by ingestion or by a materialized view.
///
/// @param id the number the journal knows it by; never used for another data source
/// @param publicId `t_` and 32 hexadecimal digits
/// @param table the ClickHouse table; the same as the name unless the table was made anew
/// @param schemaVersion the version of `schema`; grows by one with each change
/// @param schemas every version rows may still carry, by number, the current one included
/// @param sharedWith the ids of the workspaces that may read it too
/// @param expectations what its rows are checked for as they come in
/// @param settings what the file says of connections, schedules and the like, by instruction
public record DataSource(
    long id,
    String publicId,
    String workspaceId,
    String name,
    String description,
    String database,
    String table,
    int schemaVersion,
    Schema schema,
    SortedMap<Integer, Schema> schemas,
    Engine engine,
    List<Index> indexes,
    List<String> tags,
    List<String> sharedWith,
    List<Expectation> expectations,
    Map<String, String> settings,
    Instant createdAt,
    Instant updatedAt) {
  public DataSource {
    schemas = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(schemas));
    indexes = List.copyOf(indexes);
    tags = List.copyOf(tags);
    sharedWith = List.copyOf(sharedWith);
    expectations = List.copyOf(expectations);
    settings = Map.copyOf(settings);
  }

  /// The same with another table.
  public DataSource withTable(String other) {
    return as(id, name, other, sharedWith);
  }

  /// The same under another name.
  public DataSource withName(String other) {
    return as(id, other, table, sharedWith);
  }

  /// The same, shared with others.
  public DataSource withSharedWith(List<String> other) {
    return as(id, name, table, other);
  }

  /// Another one like it, with a table of its own.
  public DataSource like(long other, String ownTable) {
    return as(other, name, ownTable, sharedWith);
  }

  private DataSource as(long number, String called, String stored, List<String> shared) {
    return new DataSource(
        number,
        publicId,
        workspaceId,
        called,
        description,
        database,
        stored,
        schemaVersion,
        schema,
        schemas,
        engine,
        indexes,
        tags,
        shared,
        expectations,
        settings,
        createdAt,
        updatedAt);
  }

  /// The address that is told of alerts, or a template with a secret.
  public Optional<String> webhook() {
    return Optional.ofNullable(settings.get("WEBHOOK"));
  }

  /// A template of the secret that signs what that address is told.
  public Optional<String> webhookSecret() {
    return Optional.ofNullable(settings.get("WEBHOOK_SECRET"));
  }

  /// The name queries use for the rows that did not fit.
  public String quarantineName() {
    return name + "_quarantine";
  }

  /// The ClickHouse table of the rows that did not fit.
  public String quarantineTable() {
    return table + "_quarantine";
  }

  /// Whether its rows are described by JSON paths; otherwise by the order of columns, as in CSV.
  public boolean hasJsonPaths() {
    return schema.columns().stream().anyMatch(column -> column.jsonPath() != null);
  }

  /// The schema rows of a version were decoded with, or null when that version is forgotten.
  public @Nullable Schema schemaOf(int version) {
    return schemas.get(version);
  }

  /// Whether its table carries `__seq` and `__ingested_at`.
  public boolean hiddenColumns() {
    return engine.kind().hiddenColumns();
  }

  /// The table with its database, ready for SQL.
  public String sqlName() {
    return Identifiers.quote(database, table);
  }
}
