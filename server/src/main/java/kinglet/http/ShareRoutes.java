// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import kinglet.catalog.Catalog;
import kinglet.catalog.CatalogError;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.ProjectReader;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.ProjectEdit;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;

/// `/v0/datasources/{name}/share`: lets another workspace of the user read a data source, and ends
/// that. It changes the line `SHARED_WITH` of the live file.
public final class ShareRoutes {
  private final Access access;
  private final RequestBodies bodies;
  private final Catalog catalog;
  private final Deployments deployments;
  private final TableStatistics statistics;

  public ShareRoutes(
      Access access,
      RequestBodies bodies,
      Catalog catalog,
      ClickHouse clickHouse,
      Deployments deployments) {
    this.access = access;
    this.bodies = bodies;
    this.catalog = catalog;
    this.deployments = deployments;
    this.statistics = new TableStatistics(clickHouse);
  }

  public void addTo(Routes routes) {
    routes
        .compatible("POST", "/v0/datasources/{name}/share", this::share)
        .compatible("DELETE", "/v0/datasources/{name}/share", this::unshare);
  }

  /// What a call is about.
  private record Call(
      Exchange exchange,
      Caller caller,
      Workspace origin,
      Workspace destination,
      DataSource source) {}

  private Call call(Exchange exchange) {
    Parameters form = bodies.with(exchange, body -> Forms.read(exchange, body));
    Caller caller = access.caller(exchange, form);
    caller.requireUser();
    Parameters given = exchange.query().with(form);
    Workspace origin = workspace(given.required("origin_workspace_id"));
    Workspace destination = workspace(given.required("destination_workspace_id"));
    DataSource source =
        DataSourceRoutes.find(
            new Caller(caller.token(), catalog.current(origin)), exchange.segment("name"));
    return new Call(exchange, caller, origin, destination, source);
  }

  private Workspace workspace(String nameOrId) {
    Workspace found = catalog.workspace(nameOrId).orElseThrow(() -> Catalog.unknown(nameOrId));
    if (found.isBranch()) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST,
          "'"
              + found.name()
              + "' is a branch: share between workspaces, whose branches may then read it too");
    }
    return found;
  }

  private void share(Exchange exchange) {
    Call call = call(exchange);
    if (!call.source().sharedWith().contains(call.destination().id())) {
      edit(call, names -> names.add(call.destination().name()));
    }
    respond(call);
  }

  private void unshare(Exchange exchange) {
    Call call = call(exchange);
    if (!call.source().sharedWith().contains(call.destination().id())) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST,
          "The data source '"
              + call.source().name()
              + "' is not shared with the workspace '"
              + call.destination().name()
              + "'");
    }
    catalog.refuseReadElsewhere(
        call.source(), reader -> reader.mainId().equals(call.destination().id()), "unshared");
    edit(
        call,
        names ->
            names.removeIf(
                name -> catalog.workspace(name).filter(call.destination()::equals).isPresent()));
    respond(call);
  }

  /// Changes the names after `SHARED_WITH`.
  private void edit(Call call, Consumer<Set<String>> change) {
    var _ =
        deployments.edit(
            call.origin(),
            live -> {
              DataSourceFile file = file(live, call.source());
              Set<String> names = new LinkedHashSet<>(file.sharedWith());
              change.accept(names);
              String text =
                  DataSourceText.of(file)
                      .block("SHARED_WITH", String.join(",\n", names))
                      .toString();
              return live.put(FileKind.DATASOURCE, file.name(), text);
            },
            DeployOptions.by(call.caller().token().name()));
  }

  private static DataSourceFile file(ProjectEdit live, DataSource source) {
    return new ProjectReader(true)
        .read(live.files())
        .dataSource(source.name())
        .orElseThrow(() ->
            new PlatformException(
                CatalogError.CHANGE_REFUSED,
                "The data source '"
                    + source.name()
                    + "' is described by the materialized pipe that fills it: give it a file, and"
                    + " share that"));
  }

  private void respond(Call call) {
    Resources resources = catalog.current(call.origin());
    DataSource source = resources.dataSource(call.source().publicId()).orElse(call.source());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(
        "datasource",
        DataSourceShape.detailed(source, resources, statistics.of(call.origin().database())));
    body.put("workspaces_accepted_share", source.sharedWith());
    call.exchange().respondJson(200, body);
  }
}
