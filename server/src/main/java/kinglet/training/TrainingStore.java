// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// Rows of the tables `training_set` and `training_share`. What a method wrote is on disk when it
/// returns.
record TrainingStore(Database database) {
  /// Adds a set; its name must be free.
  void add(TrainingSet set) {
    database.write(handle -> {
      if (handle
          .createQuery("SELECT 1 FROM training_set WHERE workspace_id = ? AND name = ?")
          .bind(0, set.workspaceId())
          .bind(1, set.name())
          .mapTo(Integer.class)
          .findOne()
          .isPresent()) {
        throw new PlatformException(
            TrainingError.TRAINING_SET_EXISTS,
            "There is a training set '"
                + set.name()
                + "' already: delete it or choose another name");
      }
      return handle.execute(
          "INSERT INTO training_set (id, workspace_id, name, job_id, request, created_at)"
              + " VALUES (?, ?, ?, ?, ?, ?)",
          set.id(),
          set.workspaceId(),
          set.name(),
          set.jobId(),
          set.request(),
          ChronoUnit.MICROS.between(Instant.EPOCH, set.createdAt()));
    });
  }

  void setJob(String id, String jobId) {
    database.write(
        handle -> handle.execute("UPDATE training_set SET job_id = ? WHERE id = ?", jobId, id));
  }

  void setPosition(String id, long seq) {
    database.write(
        handle -> handle.execute("UPDATE training_set SET position = ? WHERE id = ?", seq, id));
  }

  void setManifest(String id, String manifest) {
    database.write(handle -> {
      handle.execute("DELETE FROM training_share WHERE set_id = ?", id);
      return handle.execute("UPDATE training_set SET manifest = ? WHERE id = ?", manifest, id);
    });
  }

  void remove(String id) {
    database.write(handle -> handle.execute("DELETE FROM training_set WHERE id = ?", id));
  }

  void addShare(String id, String view, int share) {
    database.write(handle ->
        handle.execute(
            "INSERT OR IGNORE INTO training_share (set_id, view_name, share) VALUES (?, ?, ?)",
            id,
            view,
            share));
  }

  /// The shares of a view whose values are there.
  Set<Integer> shares(String id, String view) {
    return new HashSet<>(
        database.read(handle ->
            handle
                .createQuery("SELECT share FROM training_share WHERE set_id = ? AND view_name = ?")
                .bind(0, id)
                .bind(1, view)
                .mapTo(Integer.class)
                .list()));
  }

  Optional<TrainingSet> find(String workspaceId, String name) {
    return database.read(handle ->
        handle
            .createQuery("SELECT * FROM training_set WHERE workspace_id = ? AND name = ?")
            .bind(0, workspaceId)
            .bind(1, name)
            .map((row, _) -> set(row))
            .findOne());
  }

  Optional<TrainingSet> byId(String id) {
    return database.read(handle ->
        handle
            .createQuery("SELECT * FROM training_set WHERE id = ?")
            .bind(0, id)
            .map((row, _) -> set(row))
            .findOne());
  }

  /// The identifiers of sets that are not complete.
  Set<String> unfinished() {
    return new HashSet<>(
        database.read(handle ->
            handle
                .createQuery("SELECT id FROM training_set WHERE manifest IS NULL")
                .mapTo(String.class)
                .list()));
  }

  /// The sets that are not complete, of all workspaces.
  List<TrainingSet> building() {
    return database.read(handle ->
        handle
            .createQuery("SELECT * FROM training_set WHERE manifest IS NULL")
            .map((row, _) -> set(row))
            .list());
  }

  /// The sets of a workspace, by name.
  List<TrainingSet> list(String workspaceId) {
    return database.read(handle ->
        handle
            .createQuery("SELECT * FROM training_set WHERE workspace_id = ? ORDER BY name")
            .bind(0, workspaceId)
            .map((row, _) -> set(row))
            .list());
  }

  private static TrainingSet set(ResultSet row) throws SQLException {
    long position = row.getLong("position");
    OptionalLong known = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(position);
    @Nullable String manifest = row.getString("manifest");
    return new TrainingSet(
        row.getString("id"),
        row.getString("workspace_id"),
        row.getString("name"),
        row.getString("job_id"),
        row.getString("request"),
        known,
        Optional.ofNullable(manifest),
        Instant.EPOCH.plus(row.getLong("created_at"), ChronoUnit.MICROS));
  }
}
