// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import kinglet.catalog.DataSource;
import kinglet.catalog.IngestGate;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import kinglet.journal.CrashPoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// New tables on their way to the places of others. Safe from any thread.
/* How an exchange survives a crash.
 *
 * Its tables are written down before they are made. When all of them are whole, the decision and
 * the UUIDs of the new tables are written down as well; only then are tables exchanged. After a
 * crash, what is not decided is dropped. Of what is decided, a table whose UUID is the new one has
 * its place already, the others take theirs. Rows stay in the journal meanwhile. How it ended stays
 * written down for whoever asks after the crash.
 */
public final class Exchanges {
  private static final Logger LOG = LoggerFactory.getLogger(Exchanges.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<Pair>> PAIRS = new TypeReference<>() {};

  private static final Duration PAUSE = Duration.ofMillis(200);

  /// More than can be under way at once, so that what a crash interrupts is among them.
  private static final int ENDED_KEPT = 1_000;

  private final Database database;
  private final ClickHouse clickHouse;
  private final IngestGate gate;

  public Exchanges(Database database, ClickHouse clickHouse, IngestGate gate) {
    this.database = database;
    this.clickHouse = clickHouse;
    this.gate = gate;
  }

  /// How far an exchange is; the catalogue has the ordinal.
  private enum Stage {
    PREPARED,
    DECIDED,
    EXCHANGED,
    FINISHED,
    TAKEN_BACK;

    boolean done() {
      return this == EXCHANGED || this == FINISHED;
    }
  }

  /// What became of an exchange that an earlier process began.
  public enum Ending {
    /// The new tables have the places.
    FINISHED,
    /// The old tables have their places still: it was not begun, or a start took it back.
    WITHOUT_EFFECT
  }

  /// A table and the one that takes its place.
  record Pair(String database, String table, String fresh, String uuid) {}

  /// Writes down the table a data source's rows are to be in; others that belong to the same
  /// exchange begin with its name and `_`.
  void begin(String id, DataSource source, String fresh) {
    begin(id, source.workspaceId(), new Pair(source.database(), source.table(), fresh, ""));
    CrashPoints.reach("exchange.begun");
  }

  /// Writes down tables before it is known whose place the first will take.
  void reserve(String id, Workspace workspace, String fresh) {
    begin(id, workspace.id(), new Pair(workspace.database(), "", fresh, ""));
  }

  private void begin(String id, String workspaceId, Pair pair) {
    database.write(handle -> {
      handle.execute(
          "DELETE FROM replacement WHERE decided > ? AND id NOT IN"
              + " (SELECT id FROM replacement WHERE decided > ? ORDER BY rowid DESC LIMIT ?)",
          Stage.EXCHANGED.ordinal(),
          Stage.EXCHANGED.ordinal(),
          ENDED_KEPT);
      handle.execute("DELETE FROM replacement WHERE id = ?", id);
      return handle.execute(
          "INSERT INTO replacement (id, workspace_id, decided, tables) VALUES (?, ?, ?, ?)",
          id,
          workspaceId,
          Stage.PREPARED.ordinal(),
          JSON.writeValueAsString(List.of(pair)));
    });
  }

  /// Puts new tables in the places of others, and drops these. No row is inserted meanwhile.
  ///
  /// @param sources whose rows are not to be inserted
  /// @param prepare makes the new tables whole and says what takes the place of what
  void finish(String id, Set<Long> sources, Supplier<List<Pair>> prepare) {
    List<Pair> pairs = new ArrayList<>();
    IngestGate.Hold hold = gate.hold(sources);
    try {
      for (Pair pair : prepare.get()) {
        pairs.add(
            new Pair(pair.database(), pair.table(), pair.fresh(), tables(pair).uuid(pair.fresh())));
      }
      CrashPoints.reach("exchange.before-decision");
      decide(id, pairs);
    } catch (RuntimeException e) {
      hold.close();
      throw e;
    }
    CrashPoints.reach("exchange.decided");
    // When this fails, the hold stays: rows that reached an old table by now would go with it.
    exchangeWhenThereIsAnEngine(pairs);
    end(id, Stage.EXCHANGED);
    hold.close();
    CrashPoints.reach("exchange.exchanged");
    try {
      drop(pairs.getFirst());
      end(id, Stage.FINISHED);
    } catch (PlatformException e) {
      LOG.atWarn().setCause(e).addKeyValue("exchange", id).log("old tables stay until a start");
    }
    CrashPoints.reach("exchange.finished");
  }

  private void decide(String id, List<Pair> pairs) {
    database.write(handle ->
        handle.execute(
            "UPDATE replacement SET decided = ?, tables = ? WHERE id = ?",
            Stage.DECIDED.ordinal(),
            JSON.writeValueAsString(pairs),
            id));
  }

  private void exchangeWhenThereIsAnEngine(List<Pair> pairs) {
    while (true) {
      try {
        exchange(pairs);
        return;
      } catch (PlatformException e) {
        if (e.code() != ClickHouseError.ENGINE_UNAVAILABLE) {
          throw e;
        }
        LOG.atWarn().log("engine went away while tables were exchanged");
        awaitEngine(e);
      }
    }
  }

  private static void awaitEngine(PlatformException away) {
    LockSupport.parkNanos(PAUSE.toNanos());
    if (Thread.currentThread().isInterrupted()) {
      throw away;
    }
  }

  /// Takes back what is not decided; nothing where it is finished.
  void forget(String id) {
    find(id)
        .filter(stored -> stored.stage() == Stage.PREPARED)
        .ifPresent(stored -> {
          drop(stored.pairs().getFirst());
          database.write(handle -> handle.execute("DELETE FROM replacement WHERE id = ?", id));
        });
  }

  /// What became of an exchange, after the start has recovered.
  public Ending ending(String id) {
    return find(id).filter(stored -> stored.stage().done()).isPresent()
        ? Ending.FINISHED
        : Ending.WITHOUT_EFFECT;
  }

  /// Finishes what is decided and takes back the rest; called at the start, before rows flow.
  public void recover() {
    for (Stored left : stored("decided <= ?", Stage.EXCHANGED.ordinal())) {
      if (left.stage() == Stage.DECIDED) {
        exchange(left.pairs());
        end(left.id(), Stage.EXCHANGED);
      }
      drop(left.pairs().getFirst());
      boolean nothing = left.stage() == Stage.PREPARED;
      end(left.id(), nothing ? Stage.TAKEN_BACK : Stage.FINISHED);
      LOG.atInfo()
          .addKeyValue("exchange", left.id())
          .addKeyValue("finished", !nothing)
          .log("exchange of tables that was interrupted");
    }
  }

  /// Each table that has not taken its place takes it.
  private void exchange(List<Pair> pairs) {
    Tables tables = tables(pairs.getFirst());
    List<Pair> waiting =
        pairs.stream().filter(pair -> !tables.uuid(pair.table()).equals(pair.uuid())).toList();
    if (!waiting.isEmpty()) {
      tables.exchange(waiting);
    }
  }

  private void drop(Pair first) {
    Tables tables = tables(first);
    for (String table : tables.beginningWith(first.fresh())) {
      tables.drop(table);
    }
  }

  private void end(String id, Stage stage) {
    database.write(handle ->
        handle.execute("UPDATE replacement SET decided = ? WHERE id = ?", stage.ordinal(), id));
  }

  private Tables tables(Pair pair) {
    return new Tables(clickHouse, pair.database());
  }

  private record Stored(String id, Stage stage, List<Pair> pairs) {}

  private Optional<Stored> find(String id) {
    return stored("id = ?", id).stream().findFirst();
  }

  private List<Stored> stored(String condition, Object value) {
    return database.read(handle ->
        handle
            .select("SELECT id, decided, tables FROM replacement WHERE " + condition, value)
            .map((row, _) ->
                new Stored(
                    row.getString("id"),
                    Stage.values()[row.getInt("decided")],
                    JSON.readValue(row.getString("tables"), PAIRS)))
            .list());
  }
}
