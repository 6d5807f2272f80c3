// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.Changes;
import kinglet.catalog.deployment.DataMovement;
import kinglet.catalog.deployment.DeployResult;
import kinglet.catalog.deployment.Deployment;
import kinglet.catalog.deployment.DeploymentEvent;
import kinglet.catalog.deployment.DeploymentListener;

/// Writes down deployments, and what they do to data sources and connections: one operation with a
/// record for each.
public final class LoggedDeployments implements DeploymentListener {
  private final ServiceLog log;

  public LoggedDeployments(ServiceLog log) {
    this.log = log;
  }

  @Override
  public void deployed(
      Resources before,
      Resources next,
      DeployResult result,
      Map<String, String> renames,
      long elapsedNanos) {
    Deployment deployment = result.deployment();
    String operation = UUID.randomUUID().toString();
    Instant at = log.now();
    Map<DataSourceOperation.Type, List<String>> done = new LinkedHashMap<>();
    done.put(DataSourceOperation.Type.CREATE, deployment.dataSources().added());
    done.put(DataSourceOperation.Type.ALTER, deployment.dataSources().changed());
    done.forEach((type, names) ->
        names.forEach(name ->
            log.add(
                of(next, at, type, name, elapsedNanos).deployed(operation, deployment.id(), ""))));
    renames.forEach((old, name) -> {
      if (next.dataSource(name).isPresent()) {
        log.add(
            of(next, at, DataSourceOperation.Type.RENAME, name, elapsedNanos)
                .withOptions(Map.of("old_name", old))
                .deployed(operation, deployment.id(), ""));
      }
    });
    for (DataMovement movement : deployment.dataMovements()) {
      String view = movement.view();
      DataSourceOperation.Type type =
          view == null
              ? DataSourceOperation.Type.DEPLOYMENT_BACKFILL
              : DataSourceOperation.Type.POPULATE_VIEW;
      log.add(
          of(next, at, type, movement.dataSource(), elapsedNanos)
              .withOptions(Map.of("kind", movement.kind()))
              .deployed(operation, deployment.id(), view == null ? "" : view));
    }
    Changes connections = deployment.connections();
    connectionChanges("create", connections.added(), next, at, deployment.id());
    connectionChanges("update", connections.changed(), next, at, deployment.id());
    connectionChanges("delete", connections.deleted(), before, at, deployment.id());
    for (String name : deployment.dataSources().deleted()) {
      log.add(
          of(before, at, DataSourceOperation.Type.DROP, name, elapsedNanos)
              .deployed(operation, deployment.id(), ""));
    }
  }

  @Override
  public void happened(Workspace workspace, DeploymentEvent event) {
    log.add(new ReleaseEvent(workspace.id(), log.now(), event));
  }

  private void connectionChanges(
      String type, List<String> names, Resources in, Instant at, long deployment) {
    for (String name : names) {
      in.connection(name)
          .ifPresent(connection ->
              log.add(new ConnectionChange(in.workspace().id(), at, type, connection, deployment)));
    }
  }

  private static DataSourceOperation of(
      Resources resources,
      Instant at,
      DataSourceOperation.Type type,
      String name,
      long elapsedNanos) {
    DataSourceOperation.Target target =
        resources
            .dataSource(name)
            .map(DataSourceOperation.Target::of)
            .orElseGet(() -> new DataSourceOperation.Target("", name, List.of()));
    return DataSourceOperation.of(resources.workspace().id(), at, type, target, elapsedNanos);
  }
}
