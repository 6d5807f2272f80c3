// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import kinglet.auth.Scope;
import kinglet.auth.Token;
import kinglet.catalog.DataSource;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.Deployments;
import kinglet.ingest.infer.SchemaInference;

/// Makes the data source that events are for and that is not there, with columns guessed from them.
///
/// Only for tokens with the scope `DATASOURCES:CREATE` itself: an administrator's misspelt name is
/// an error.
public final class EventsCreation {
  private static final int SAMPLE_ROWS = 10_000;

  private final Access access;
  private final Deployments deployments;
  private final boolean offered;

  /// @param offered whether the server makes data sources in this way at all
  public EventsCreation(Access access, Deployments deployments, boolean offered) {
    this.access = access;
    this.deployments = deployments;
    this.offered = offered;
  }

  /// Whether events of a caller would make the data source they name.
  boolean applies(Caller caller, String name) {
    return offered
        && !name.isBlank()
        && caller.token().origin() != Token.Origin.JWT
        && caller.token().allows(Scope.WideScope.DATASOURCES_CREATE)
        && caller.resources().dataSource(name).isEmpty();
  }

  /// The data source, made now unless another request was faster.
  DataSource make(Caller caller, String name, byte[] events) {
    String schema = new SchemaInference(SAMPLE_ROWS, true).json(events, true).schema();
    String text = new DataSourceText().block("SCHEMA", schema).normalized();
    deployments.edit(
        caller.workspace(),
        live ->
            access.current(caller).dataSource(name).isPresent()
                ? live
                : live.put(FileKind.DATASOURCE, name, text),
        DeployOptions.by(caller.token().name()));
    return access.current(caller).dataSource(name).orElseThrow();
  }
}
