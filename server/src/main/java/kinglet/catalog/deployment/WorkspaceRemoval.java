// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.IngestGate;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.error.PlatformException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes workspaces with all their rows.
///
/// One transaction of the catalogue ends a workspace; its ClickHouse database is dropped after it,
/// at the latest at the next start. Rows of it that wait in the journal are discarded.
public final class WorkspaceRemoval {
  private static final Logger LOG = LoggerFactory.getLogger(WorkspaceRemoval.class);

  private final Catalog catalog;
  private final Deployments deployments;
  private final IngestGate gate;
  private final WorkspaceBelongings belongings;
  private final Administrator administrator;

  public WorkspaceRemoval(
      Catalog catalog,
      Deployments deployments,
      IngestGate gate,
      WorkspaceBelongings belongings,
      ClickHouse clickhouse) {
    this.catalog = catalog;
    this.deployments = deployments;
    this.gate = gate;
    this.belongings = belongings;
    this.administrator = new Administrator(clickhouse);
  }

  /// Removes a workspace while no deployment and no flush of it runs.
  public void remove(Workspace workspace, String author) {
    deployments.exclusively(
        workspace,
        resources -> {
          Set<Long> sources =
              resources.dataSources().stream().map(DataSource::id).collect(Collectors.toSet());
          try (IngestGate.Hold _ = gate.hold(sources)) {
            catalog.remove(
                workspace,
                List.of(
                    workspace.database(),
                    workspace.database() + "_check",
                    workspace.featureDatabase()),
                belongings.removing(workspace.id()),
                author);
          }
        });
    belongings.committed();
    try {
      dropDatabases();
    } catch (PlatformException e) {
      if (e.code() != ClickHouseError.ENGINE_UNAVAILABLE) {
        throw e;
      }
      LOG.atWarn().log("the database of a removed workspace is dropped when the engine is back");
    }
  }

  /// Drops what removed workspaces left behind.
  public void dropDatabases() {
    for (String database : catalog.removedDatabases()) {
      administrator.define("DROP DATABASE IF EXISTS " + Identifiers.quote(database) + " SYNC");
      catalog.forgetDatabase(database);
    }
  }
}
