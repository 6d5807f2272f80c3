// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.util.List;
import java.util.Set;
import java.util.function.DoubleConsumer;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.IngestGate;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.Deployments;
import kinglet.clickhouse.ClickHouse;

/// Gives the data sources of a branch rows that its workspace has stored. Safe from any thread.
///
/// A partition takes the place of the branch's own. Its parts are shared, as hard links; where the
/// tables are not alike, the rows are written anew, column by column of the same name. Views of the
/// branch see nothing of it: what they made is copied like any rows.
public final class BranchRows {
  private static final String PREFIX = "__branch";

  private final ClickHouse clickHouse;
  private final Catalog catalog;
  private final Deployments deployments;
  private final IngestGate gate;

  public BranchRows(
      ClickHouse clickHouse, Catalog catalog, Deployments deployments, IngestGate gate) {
    this.clickHouse = clickHouse;
    this.catalog = catalog;
    this.deployments = deployments;
    this.gate = gate;
  }

  /// Which rows are copied of each data source.
  public enum Wanted {
    LAST_PARTITION,
    ALL_PARTITIONS
  }

  /// @param ignored data sources that get none
  /// @param share hears how far it is, and may end it by throwing
  public void copy(
      Workspace workspace,
      Workspace branch,
      Wanted wanted,
      Set<String> ignored,
      DoubleConsumer share) {
    List<String> names =
        catalog.current(branch).dataSources().stream()
            .map(DataSource::name)
            .filter(name -> !ignored.contains(name))
            .toList();
    for (int number = 0; number < names.size(); number++) {
      share.accept((double) number / names.size());
      String name = names.get(number);
      deployments.exclusively(
          branch,
          into -> deployments.exclusively(workspace, from -> copy(from, into, name, wanted)));
    }
  }

  private void copy(Resources from, Resources into, String name, Wanted wanted) {
    DataSource source = from.dataSource(name).orElse(null);
    DataSource target = into.dataSource(name).orElse(null);
    if (source == null
        || target == null
        || !source.engine().kind().mergeTree()
        || !target.engine().kind().mergeTree()) {
      return;
    }
    Tables sources = new Tables(clickHouse, source.database());
    Tables targets = new Tables(clickHouse, target.database());
    try (IngestGate.Hold _ = gate.hold(Set.of(source.id(), target.id()))) {
      List<String> partitions = sources.partitions(source.table(), "1").stream().sorted().toList();
      List<String> chosen =
          wanted == Wanted.ALL_PARTITIONS || partitions.isEmpty()
              ? partitions
              : List.of(partitions.getLast());
      if (sources.shape(source.table()).equals(targets.shape(target.table()))) {
        for (String partition : chosen) {
          targets.replacePartition(target.table(), partition, source.sqlName());
        }
      } else if (!chosen.isEmpty()) {
        rewrite(sources, targets, source, target, chosen);
      }
    }
  }

  private static void rewrite(
      Tables sources, Tables targets, DataSource source, DataSource target, List<String> chosen) {
    String fresh = PREFIX + "_" + target.id();
    targets.drop(fresh);
    targets.like(fresh, target.table());
    try {
      List<String> columns =
          targets.columns(fresh).stream()
              .filter(sources.columns(source.table())::contains)
              .toList();
      for (String partition : chosen) {
        targets.insert(fresh, columns, source.sqlName(), partition);
      }
      for (String partition : targets.partitions(fresh, "1")) {
        targets.replacePartition(target.table(), partition, targets.name(fresh));
      }
    } finally {
      targets.drop(fresh);
    }
  }

  /// Drops what a crash left; called at the start.
  public void recover() {
    for (Workspace workspace : catalog.workspaces()) {
      Tables tables = new Tables(clickHouse, workspace.database());
      tables.beginningWith(PREFIX).forEach(tables::drop);
    }
  }
}
