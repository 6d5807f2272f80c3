// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.catalog.DataSource;
import kinglet.catalog.EngineKind;
import kinglet.catalog.IngestGate;
import kinglet.catalog.MaterializedView;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.Deployments;
import kinglet.clickhouse.ClickHouse;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Replaces the rows of data sources. Safe from any thread.
/* How a replacement survives a crash.
 *
 * Its tables are written down before they are made. When all of them are whole, the decision and
 * the UUIDs of the new tables are written down as well; only then are tables exchanged. After a
 * crash, what is not decided is dropped. Of what is decided, a table whose UUID is the new one has
 * its place already, the others take theirs. Rows stay in the journal meanwhile.
 */
public final class Replacements {
  private static final Logger LOG = LoggerFactory.getLogger(Replacements.class);
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<List<Exchange>> EXCHANGES = new TypeReference<>() {};
  private static final Set<EngineKind> ENGINES =
      Set.of(EngineKind.MERGE_TREE, EngineKind.REPLACING_MERGE_TREE);

  private final Database database;
  private final ClickHouse clickHouse;
  private final Deployments deployments;
  private final IngestGate gate;

  private final StagedTables staged;

  public Replacements(
      Database database,
      ClickHouse clickHouse,
      Deployments deployments,
      IngestGate gate,
      StagedTables staged) {
    this.database = database;
    this.clickHouse = clickHouse;
    this.deployments = deployments;
    this.gate = gate;
    this.staged = staged;
  }

  /// A table and the one that takes its place.
  private record Exchange(String database, String table, String fresh, String uuid) {}

  /// Makes the new table of a data source.
  ///
  /// @param condition which rows are to be replaced, as qualified SQL; none for all of them
  /// @param position the last row accepted before now
  public Replacement begin(
      Resources resources,
      String id,
      DataSource source,
      Optional<String> condition,
      boolean skipsViews,
      long position) {
    check(resources, source);
    Tables tables = new Tables(clickHouse, source.database());
    long number = takeNumber();
    String table = "__replace_" + number;
    database.write(handle ->
        handle.execute(
            "INSERT INTO replacement (id, workspace_id, decided, tables) VALUES (?, ?, 0, ?)",
            id,
            source.workspaceId(),
            JSON.writeValueAsString(
                List.of(new Exchange(source.database(), source.table(), table, "")))));
    long clonedSeq = position;
    if (condition.isPresent()) {
      try (IngestGate.Hold _ = gate.hold(Set.of(source.id()))) {
        tables.clone(table, source.table());
      }
      clonedSeq = tables.number("max(__seq)", table);
    } else {
      tables.like(table, source.table());
    }
    Replacement replacement =
        new Replacement(
            id,
            source,
            staged(source, number, table),
            condition,
            skipsViews,
            Math.min(clonedSeq, position),
            position);
    if (condition.isPresent()) {
      tables.delete(table, replacement.matches());
    }
    staged.add(replacement);
    return replacement;
  }

  private static void check(Resources resources, DataSource source) {
    if (!ENGINES.contains(source.engine().kind())) {
      throw new PlatformException(
          ReplacementError.NOT_REPLACEABLE,
          "rows of a data source with the engine "
              + source.engine().kind().sql()
              + " cannot be replaced; truncate it and append");
    }
    for (MaterializedView view : resources.views()) {
      if (view.target().equals(source.name())) {
        throw new PlatformException(
            ReplacementError.NOT_REPLACEABLE,
            source.name()
                + " is filled by the materialized view "
                + view.pipe()
                + "; replace the rows of "
                + view.source());
      }
    }
  }

  private long takeNumber() {
    return database.write(handle -> {
      long number =
          handle
              .createQuery("SELECT next_value FROM identifier WHERE name = 'data_source'")
              .mapTo(Long.class)
              .one();
      handle.execute("UPDATE identifier SET next_value = ? WHERE name = 'data_source'", number + 1);
      return number;
    });
  }

  private static DataSource staged(DataSource source, long number, String table) {
    return new DataSource(
        number,
        source.publicId(),
        source.workspaceId(),
        source.name(),
        source.description(),
        source.database(),
        table,
        source.schemaVersion(),
        source.schema(),
        source.schemas(),
        source.engine(),
        source.indexes(),
        source.tags(),
        source.sharedWith(),
        source.settings(),
        source.createdAt(),
        source.updatedAt());
  }

  /// How many new rows there are; those the condition does not mean are removed first.
  public long rows(Replacement replacement) {
    Tables tables = new Tables(clickHouse, replacement.source().database());
    String imported = "__seq > " + replacement.position();
    if (replacement.condition().isPresent()) {
      tables.delete(replacement.staged().table(), imported + " AND NOT " + replacement.matches());
    }
    return tables.count(replacement.staged().table(), imported);
  }

  /// Puts the new rows, all of which are inserted, in the place of the old ones.
  public void finish(Workspace workspace, Replacement replacement) {
    deployments.exclusively(workspace, resources -> finish(resources, replacement));
  }

  private void finish(Resources resources, Replacement replacement) {
    DataSource source = replacement.source();
    DataSource now = resources.dataSource(source.id()).orElse(source);
    if (resources.dataSource(source.id()).isEmpty()
        || now.schemaVersion() != source.schemaVersion()
        || !now.table().equals(source.table())) {
      throw new PlatformException(
          ReplacementError.REPLACEMENT_OVERTAKEN,
          "a deployment changed " + source.name() + " meanwhile: nothing was replaced, try again");
    }
    Tables tables = new Tables(clickHouse, source.database());
    try (IngestGate.Hold _ = gate.hold(Set.of(source.id()))) {
      addLateRows(tables, replacement);
      List<Exchange> exchanges = new ArrayList<>();
      Cascade cascade = new Cascade(resources, tables, replacement);
      for (Map.Entry<String, String> pair : cascade.fill().entrySet()) {
        exchanges.add(
            new Exchange(
                source.database(), pair.getKey(), pair.getValue(), tables.uuid(pair.getValue())));
      }
      database.write(handle ->
          handle.execute(
              "UPDATE replacement SET decided = 1, tables = ? WHERE id = ?",
              JSON.writeValueAsString(exchanges),
              replacement.id()));
      exchange(exchanges);
    }
    forget(replacement);
  }

  /// Rows that reached the old table since the new one was made.
  private static void addLateRows(Tables tables, Replacement replacement) {
    String late = "__seq > " + replacement.position();
    String kept =
        replacement.condition().isEmpty()
            ? late
            : "__seq > "
                + replacement.clonedSeq()
                + " AND ("
                + late
                + " OR NOT "
                + replacement.matches()
                + ")";
    tables.copy(replacement.source().table(), replacement.staged().table(), kept);
  }

  /// Each table that has not taken its place takes it; the old ones go.
  private void exchange(List<Exchange> exchanges) {
    for (Exchange pair : exchanges) {
      Tables tables = new Tables(clickHouse, pair.database());
      if (!tables.uuid(pair.table()).equals(pair.uuid())) {
        tables.exchange(pair.table(), pair.fresh());
      }
    }
  }

  /// Drops what is left of a replacement, finished or not.
  public void forget(Replacement replacement) {
    staged.remove(replacement);
    forget(replacement.id(), replacement.source().database(), replacement.staged().table());
  }

  private void forget(String id, String inDatabase, String name) {
    Tables tables = new Tables(clickHouse, inDatabase);
    for (String table : tables.beginningWith(name)) {
      tables.drop(table);
    }
    database.write(handle -> handle.execute("DELETE FROM replacement WHERE id = ?", id));
  }

  private record Stored(String id, boolean decided, List<Exchange> exchanges) {}

  /// Finishes what is decided and takes back the rest; called at the start, before rows flow.
  public void recover() {
    List<Stored> left =
        database.read(handle ->
            handle
                .createQuery("SELECT id, decided, tables FROM replacement")
                .map((row, _) ->
                    new Stored(
                        row.getString("id"),
                        row.getInt("decided") != 0,
                        JSON.readValue(row.getString("tables"), EXCHANGES)))
                .list());
    for (Stored replacement : left) {
      if (replacement.decided()) {
        exchange(replacement.exchanges());
      }
      Exchange first = replacement.exchanges().getFirst();
      forget(replacement.id(), first.database(), first.fresh());
      LOG.atInfo()
          .addKeyValue("replacement", replacement.id())
          .addKeyValue("finished", replacement.decided())
          .log("replacement that was interrupted");
    }
  }
}
