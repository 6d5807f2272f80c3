// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import kinglet.database.Database;
import org.jdbi.v3.core.Handle;

/// Remembers, while a deployment is under way or waits, whose rows did not reach every view: they
/// may be missing in a new table.
public final class ViewFailures {
  private final Database database;

  public ViewFailures(Database database) {
    this.database = database;
  }

  /// Rows that were flushed into a data source did not reach every view.
  public void add(String workspaceId, long dataSourceId) {
    int unused =
        database.write(handle ->
            handle
                .createUpdate(
                    """
                    INSERT OR IGNORE INTO view_failure (workspace_id, data_source_id)
                    SELECT :w, :id WHERE EXISTS (
                      SELECT 1 FROM deployment
                      WHERE workspace_id = :w AND status IN ('CREATING_SCHEMA', 'DATA_READY'))
                    """)
                .bind("w", workspaceId)
                .bind("id", dataSourceId)
                .execute());
  }

  static List<Long> dataSources(Handle handle, String workspaceId) {
    return handle
        .createQuery("SELECT data_source_id FROM view_failure WHERE workspace_id = :w")
        .bind("w", workspaceId)
        .mapTo(Long.class)
        .list();
  }

  /// Forgets them at the end of a deployment.
  static void clear(Handle handle, String workspaceId) {
    handle
        .createUpdate("DELETE FROM view_failure WHERE workspace_id = :w")
        .bind("w", workspaceId)
        .execute();
  }
}
