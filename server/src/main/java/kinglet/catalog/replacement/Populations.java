// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.IngestGate;
import kinglet.catalog.MaterializedView;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.Deployments;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
import kinglet.journal.CrashPoints;
import kinglet.sql.SqlReferences;

/// Fills the targets of materialized views from what their sources hold. Safe from any thread.
///
/// The rows are those of a snapshot, taken while no row comes in; later ones reach the target
/// through the view itself. They are made in a table of their own, and when it is whole, a table
/// with them and all that is in the target takes its place: one that is broken off leaves nothing
/// behind.
public final class Populations {
  private static final String PREFIX = "__populate_";

  /// Until the rows are whole; 1 says that they are.
  private static final double UNFINISHED_MAX = 0.99;

  private final ClickHouse clickHouse;
  private final Catalog catalog;
  private final Deployments deployments;
  private final IngestGate gate;
  private final Exchanges exchanges;

  public Populations(
      ClickHouse clickHouse,
      Catalog catalog,
      Deployments deployments,
      IngestGate gate,
      Exchanges exchanges) {
    this.clickHouse = clickHouse;
    this.catalog = catalog;
    this.deployments = deployments;
    this.gate = gate;
    this.exchanges = exchanges;
  }

  /// What is wanted of a population.
  ///
  /// @param condition which rows of the source are taken, as qualified SQL
  /// @param subset the share of rows that are taken, at random
  public record Wanted(Optional<String> condition, Optional<Double> subset, Begin begin) {
    String rows(String partition) {
      return Populations.partition(partition)
          + condition.map(text -> " AND ifNull(" + text + ", 0)").orElse("")
          + subset.map(share -> " AND randCanonical() < " + share).orElse("");
    }
  }

  /// How a population begins.
  public enum Begin {
    /// With the rows of the source as they are, beside those of the target.
    ADD,
    /// With the rows of the source as they are; the target is emptied.
    TRUNCATE,
    /// With the rows of the source as they were when the view was made: a deployment put them into
    /// the table [#snapshot].
    RESERVED
  }

  /// The table for the rows of the source when a view is made that a population is to fill.
  public static String snapshot(String id) {
    return fresh(id) + "_source";
  }

  /// Lets a deployment make [#snapshot]; to be followed by [#run] or [#forget].
  public void reserve(Workspace workspace, String id) {
    exchanges.reserve(id, workspace, fresh(id));
  }

  /// Drops what was reserved, where no population followed.
  public void forget(String id) {
    exchanges.forget(id);
  }

  private static String fresh(String id) {
    return PREFIX + id.replace('-', '_');
  }

  /// The view of a pipe, or says why there is none to fill.
  public static MaterializedView view(Resources resources, String pipe) {
    MaterializedView view =
        resources.views().stream()
            .filter(candidate -> candidate.pipe().equals(pipe))
            .findFirst()
            .orElseThrow(() ->
                new PlatformException(
                    ReplacementError.NOT_POPULATABLE, pipe + " is not a materialized view"));
    for (String name : List.of(view.source(), view.target())) {
      requireParts(pipe, dataSource(resources, name));
    }
    return view;
  }

  /// A population needs tables that can be cloned.
  public static void requireParts(String pipe, DataSource source) {
    if (!source.engine().kind().mergeTree()) {
      throw new PlatformException(
          ReplacementError.NOT_POPULATABLE,
          pipe + " cannot be populated: the engine of " + source.name() + " keeps no parts");
    }
  }

  /// Fills the target of a pipe's view.
  ///
  /// @param id tells the tables of one population from those of others
  /// @param share hears how far it is, and may end it by throwing
  public void run(
      Workspace workspace, String pipe, String id, Wanted wanted, DoubleConsumer share) {
    Resources resources = catalog.current(workspace.id()).orElseThrow();
    MaterializedView view = view(resources, pipe);
    DataSource source = dataSource(resources, view.source());
    DataSource target = dataSource(resources, view.target());
    Tables tables = new Tables(clickHouse, source.database());
    String fresh = fresh(id);
    String snapshot = snapshot(id);
    String filled = fresh + "_rows";
    exchanges.begin(id, target, fresh);
    if (wanted.begin() == Begin.RESERVED) {
      // Without: it may be made later, and the next start drops it.
      requireSnapshot(tables, snapshot, pipe);
    }
    try {
      if (wanted.begin() != Begin.RESERVED) {
        try (IngestGate.Hold _ = gate.hold(Set.of(source.id(), target.id()))) {
          tables.clone(snapshot, source.table());
          if (wanted.begin() == Begin.TRUNCATE) {
            tables.truncate(target.table());
          }
        }
      }
      CrashPoints.reach("population.begun");
      tables.like(filled, target.table());
      long all = Math.max(1, tables.count(snapshot, "1"));
      long before = 0;
      for (String partition : tables.partitions(snapshot, "1")) {
        long there = tables.count(snapshot, partition(partition));
        long past = before;
        share.accept(unfinished(past, all));
        String sql = sql(tables, view, source, snapshot, wanted.rows(partition));
        new LongStatement(
                () -> tables.fill(filled, view.view(), sql),
                () -> unfinished(past + Math.min(there, tables.rowsReadFor(filled)), all))
            .run(share);
        before += there;
      }
      CrashPoints.reach("population.filled");
      share.accept(1);
      deployments.exclusively(workspace, now -> add(now, tables, target, filled, fresh, id));
    } finally {
      exchanges.forget(id);
    }
  }

  private static double unfinished(long rows, long all) {
    return Math.min(UNFINISHED_MAX, (double) rows / all);
  }

  private static String partition(String partition) {
    return "_partition_id = " + Identifiers.literal(partition);
  }

  /// The view may not be there yet when the engine went away as it was to be made.
  private static void requireSnapshot(Tables tables, String snapshot, String pipe) {
    if (tables.beginningWith(snapshot).isEmpty()) {
      throw new PlatformException(
          ReplacementError.REPLACEMENT_OVERTAKEN,
          "the view of " + pipe + " was not made in time: nothing was populated, try again");
    }
  }

  private void add(
      Resources now, Tables tables, DataSource target, String filled, String fresh, String id) {
    if (now.dataSource(target.id()).filter(s -> s.table().equals(target.table())).isEmpty()) {
      throw new PlatformException(
          ReplacementError.REPLACEMENT_OVERTAKEN,
          "a deployment changed " + target.name() + " meanwhile: nothing was populated, try again");
    }
    exchanges.finish(
        id,
        Set.of(target.id()),
        () -> {
          tables.clone(fresh, target.table());
          for (String partition : tables.partitions(filled, "1")) {
            tables.attachPartition(fresh, partition, filled);
          }
          return List.of(new Exchanges.Pair(target.database(), target.table(), fresh, ""));
        });
  }

  /// The view's query over rows of the snapshot, which also stands for the source elsewhere in it.
  private static String sql(
      Tables tables, MaterializedView view, DataSource source, String snapshot, String rows) {
    boolean[] first = {true};
    return SqlReferences.of(tables.viewSql(view.view()))
        .replaceTables(reference -> {
          if (!reference.name().equals(source.table())) {
            return Optional.empty();
          }
          boolean trigger = first[0];
          first[0] = false;
          return Optional.of(
              trigger
                  ? "(SELECT * FROM " + tables.name(snapshot) + " WHERE " + rows + ")"
                  : tables.name(snapshot));
        });
  }

  private static DataSource dataSource(Resources resources, String name) {
    return resources
        .dataSource(name)
        .orElseThrow(() ->
            new PlatformException(
                ReplacementError.NOT_POPULATABLE, name + " does not exist any more"));
  }

  /// What became of a population that an earlier process began.
  public Exchanges.Ending ending(String id) {
    return exchanges.ending(id);
  }
}
