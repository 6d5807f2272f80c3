// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import kinglet.database.Database;

/// The copy pipes whose schedules rest. Safe from any thread.
public final class PausedCopies {
  private final Database database;

  /// Identifiers of pipes; a look costs nothing.
  private final Set<String> paused = ConcurrentHashMap.newKeySet();

  public PausedCopies(Database database) {
    this.database = database;
    this.paused.addAll(
        database.read(handle ->
            handle.createQuery("SELECT pipe_id FROM paused_copy").mapTo(String.class).list()));
  }

  public boolean contains(Pipe pipe) {
    return paused.contains(pipe.id());
  }

  public void pause(Pipe pipe) {
    database.write(handle ->
        handle.execute(
            "INSERT OR IGNORE INTO paused_copy (pipe_id, workspace_id) VALUES (?, ?)",
            pipe.id(),
            pipe.workspaceId()));
    paused.add(pipe.id());
  }

  public void resume(Pipe pipe) {
    database.write(
        handle -> handle.execute("DELETE FROM paused_copy WHERE pipe_id = ?", pipe.id()));
    paused.remove(pipe.id());
  }
}
