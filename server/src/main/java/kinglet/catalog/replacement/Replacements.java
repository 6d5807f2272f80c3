// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.util.ArrayList;
import java.util.List;
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

/// Replaces the rows of data sources. Safe from any thread.
public final class Replacements {
  private static final Set<EngineKind> ENGINES =
      Set.of(EngineKind.MERGE_TREE, EngineKind.REPLACING_MERGE_TREE);

  private final Database database;
  private final ClickHouse clickHouse;
  private final Deployments deployments;
  private final IngestGate gate;
  private final Exchanges exchanges;
  private final StagedTables staged;

  public Replacements(
      Database database,
      ClickHouse clickHouse,
      Deployments deployments,
      IngestGate gate,
      Exchanges exchanges,
      StagedTables staged) {
    this.database = database;
    this.clickHouse = clickHouse;
    this.deployments = deployments;
    this.gate = gate;
    this.exchanges = exchanges;
    this.staged = staged;
  }

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
    exchanges.begin(id, source, table);
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
            source.like(number, table),
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
    exchanges.finish(
        replacement.id(),
        Set.of(source.id()),
        () -> {
          addLateRows(tables, replacement);
          List<Exchanges.Pair> pairs = new ArrayList<>();
          new Cascade(resources, tables, replacement)
              .fill()
              .forEach((table, fresh) ->
                  pairs.add(new Exchanges.Pair(source.database(), table, fresh, "")));
          return pairs;
        });
    staged.remove(replacement);
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

  /// What became of a replacement that an earlier process began.
  public Exchanges.Ending ending(String id) {
    return exchanges.ending(id);
  }

  /// Drops what is left of a replacement that came to nothing.
  public void forget(Replacement replacement) {
    staged.remove(replacement);
    exchanges.forget(replacement.id());
  }
}
