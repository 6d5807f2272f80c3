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
  /// @param truncate whether the target is emptied first
  public record Wanted(Optional<String> condition, Optional<Double> subset, boolean truncate) {
    String rows(String partition) {
      return "_partition_id = "
          + Identifiers.literal(partition)
          + condition.map(text -> " AND ifNull(" + text + ", 0)").orElse("")
          + subset.map(share -> " AND randCanonical() < " + share).orElse("");
    }
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
      if (!dataSource(resources, name).engine().kind().mergeTree()) {
        throw new PlatformException(
            ReplacementError.NOT_POPULATABLE,
            pipe + " cannot be populated: the engine of " + name + " keeps no parts");
      }
    }
    return view;
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
    String fresh = PREFIX + id.replace('-', '_');
    String snapshot = fresh + "_source";
    String filled = fresh + "_rows";
    exchanges.begin(id, target, fresh);
    try {
      try (IngestGate.Hold _ = gate.hold(Set.of(source.id(), target.id()))) {
        tables.clone(snapshot, source.table());
        if (wanted.truncate()) {
          tables.truncate(target.table());
        }
      }
      CrashPoints.reach("population.begun");
      tables.like(filled, target.table());
      List<String> partitions = tables.partitions(snapshot, "1");
      for (int number = 0; number < partitions.size(); number++) {
        share.accept((double) number / partitions.size());
        String rows = wanted.rows(partitions.get(number));
        tables.fill(filled, view.view(), sql(tables, view, source, snapshot, rows));
      }
      CrashPoints.reach("population.filled");
      share.accept(1);
      deployments.exclusively(workspace, now -> add(now, tables, target, filled, fresh, id));
    } finally {
      exchanges.forget(id);
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
