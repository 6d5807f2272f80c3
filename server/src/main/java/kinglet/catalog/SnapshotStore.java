// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import org.jdbi.v3.core.Handle;

/// Rows of the table `snapshot`. What a method wrote is on disk when it returns.
public record SnapshotStore(Database database) {
  /// More than anybody looks through in a list.
  private static final int SNAPSHOTS_MAX = 1_000;

  private static final String SELECT =
      "SELECT snapshot.*, workspace.database_name FROM snapshot"
          + " JOIN workspace ON workspace.id = snapshot.workspace_id WHERE ";

  /// Adds a snapshot that is to be made; its name must be free.
  public void add(Snapshot snapshot) {
    database.write(handle -> {
      if (find(handle, snapshot.workspaceId(), snapshot.name()).isPresent()) {
        throw new PlatformException(
            SnapshotError.SNAPSHOT_EXISTS,
            "There is a snapshot '"
                + snapshot.name()
                + "' already: remove it or choose another name");
      }
      long count =
          handle
              .createQuery("SELECT count(*) FROM snapshot WHERE workspace_id = ?")
              .bind(0, snapshot.workspaceId())
              .mapTo(Long.class)
              .one();
      if (count >= SNAPSHOTS_MAX) {
        throw new PlatformException(
            SnapshotError.TOO_MANY_SNAPSHOTS,
            "A workspace has at most " + SNAPSHOTS_MAX + " snapshots; remove some first");
      }
      return handle.execute(
          "INSERT INTO snapshot (id, workspace_id, name, job_id, data_source_id, data_source_name,"
              + " condition_text, known_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          snapshot.id(),
          snapshot.workspaceId(),
          snapshot.name(),
          snapshot.jobId(),
          snapshot.sourceId(),
          snapshot.sourceName(),
          snapshot.condition().orElse(null),
          snapshot.knownAt().map(Micros::of).orElse(null),
          Micros.of(snapshot.createdAt()));
    });
  }

  /// Says that the copy is made, with all rows until one of the journal.
  public void setPosition(String id, long seq) {
    database.write(
        handle -> handle.execute("UPDATE snapshot SET position = ? WHERE id = ?", seq, id));
  }

  /// Says that it is complete.
  void setExtent(String id, Snapshot.Extent extent) {
    database.write(handle ->
        handle.execute(
            "UPDATE snapshot SET row_count = ?, byte_count = ? WHERE id = ?",
            extent.rows(),
            extent.bytes(),
            id));
  }

  void remove(String id) {
    database.write(handle -> handle.execute("DELETE FROM snapshot WHERE id = ?", id));
  }

  public Optional<Snapshot> find(String workspaceId, String name) {
    return database.read(handle -> find(handle, workspaceId, name));
  }

  private static Optional<Snapshot> find(Handle handle, String workspaceId, String name) {
    return select(handle, "snapshot.workspace_id = ? AND snapshot.name = ?", workspaceId, name)
        .stream()
        .findFirst();
  }

  public Optional<Snapshot> byId(String id) {
    return database.read(handle -> select(handle, "snapshot.id = ?", id)).stream().findFirst();
  }

  /// Those of a workspace, by name.
  public List<Snapshot> list(String workspaceId) {
    return database.read(
        handle -> select(handle, "snapshot.workspace_id = ? ORDER BY snapshot.name", workspaceId));
  }

  public List<Snapshot> all() {
    return database.read(handle -> select(handle, "1 = 1 ORDER BY snapshot.name"));
  }

  private static List<Snapshot> select(Handle handle, String condition, Object... values) {
    return handle.select(SELECT + condition, values).map((row, _) -> snapshot(row)).list();
  }

  private static Snapshot snapshot(ResultSet row) throws SQLException {
    OptionalLong rows = number(row, "row_count");
    long bytes = row.getLong("byte_count");
    OptionalLong knownAt = number(row, "known_at");
    return new Snapshot(
        row.getString("id"),
        row.getString("workspace_id"),
        row.getString("database_name"),
        row.getString("name"),
        row.getString("job_id"),
        row.getLong("data_source_id"),
        row.getString("data_source_name"),
        Optional.ofNullable(row.getString("condition_text")),
        knownAt.isPresent() ? Optional.of(Micros.toInstant(knownAt.getAsLong())) : Optional.empty(),
        Micros.toInstant(row.getLong("created_at")),
        number(row, "position"),
        rows.isPresent()
            ? Optional.of(new Snapshot.Extent(rows.getAsLong(), bytes))
            : Optional.empty());
  }

  private static OptionalLong number(ResultSet row, String column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(number);
  }
}
