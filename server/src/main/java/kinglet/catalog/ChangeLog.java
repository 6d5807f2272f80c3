// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import kinglet.database.Database;
import org.jdbi.v3.core.Handle;

/// Who changed what of a workspace, and when.
public final class ChangeLog {
  private final Database database;
  private final InstantSource clock;

  public ChangeLog(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// One change.
  public record Entry(
      Instant at, String workspaceId, String author, String change, String detail) {}

  /// Adds a change to the transaction that makes it.
  public static void add(
      Handle handle, Instant at, String workspaceId, String author, String change, String detail) {
    handle
        .createUpdate(
            """
            INSERT INTO change_log (id, workspace_id, changed_at, author, change, detail)
            VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM change_log),
                    :workspaceId, :at, :author, :change, :detail)
            """)
        .bind("workspaceId", workspaceId)
        .bind("at", Micros.of(at))
        .bind("author", author)
        .bind("change", change)
        .bind("detail", detail)
        .execute();
  }

  /// Adds a change that is made already.
  public void add(String workspaceId, String author, String change, String detail) {
    boolean unused =
        database.write(handle -> {
          add(handle, clock.instant(), workspaceId, author, change, detail);
          return true;
        });
  }

  /// The newest changes of a workspace, newest first.
  public List<Entry> newest(String workspaceId, int count) {
    return database.read(handle ->
        handle
            .createQuery(
                """
                SELECT changed_at, workspace_id, author, change, detail FROM change_log
                WHERE workspace_id = :workspaceId ORDER BY id DESC LIMIT :count
                """)
            .bind("workspaceId", workspaceId)
            .bind("count", count)
            .map((row, _) ->
                new Entry(
                    Micros.toInstant(row.getLong("changed_at")),
                    row.getString("workspace_id"),
                    row.getString("author"),
                    row.getString("change"),
                    row.getString("detail")))
            .list());
  }
}
