// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.clickhouse.Role;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;
import kinglet.query.SqlQueries;

/// `POST /v0/datasources/{name}/delete`: removes the rows that satisfy a condition, by a job.
public final class RowDeletionRoute {
  private static final String CONDITION = "delete_condition";

  private final Access access;
  private final RequestBodies bodies;
  private final SqlQueries queries;
  private final RowRemoval removal;
  private final Jobs jobs;

  public RowDeletionRoute(
      Access access, RequestBodies bodies, SqlQueries queries, RowRemoval removal, Jobs jobs) {
    this.access = access;
    this.bodies = bodies;
    this.queries = queries;
    this.removal = removal;
    this.jobs = jobs;
  }

  public void addTo(Routes routes) {
    routes.compatible("POST", "/v0/datasources/{name}/delete", this::accept);
  }

  /// The rows to remove: the table's, and which of them.
  private record Rows(String table, String condition) {}

  private void accept(Exchange exchange) {
    Parameters form = bodies.with(exchange, body -> Forms.read(exchange, body));
    Caller caller = access.caller(exchange, form);
    Parameters given = exchange.query().with(form);
    String name = exchange.segment("name");
    Optional<DataSource> quarantined = caller.resources().quarantined(name);
    DataSource source = quarantined.orElseGet(() -> DataSourceRoutes.find(caller, name));
    caller.requireAdmin();
    String condition =
        given
            .first(CONDITION)
            .filter(text -> !text.isBlank())
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.INVALID_REQUEST,
                    CONDITION + "= is missing: which rows are to be removed?"));
    boolean quarantine = quarantined.isPresent();
    if (!quarantine && !source.engine().kind().mergeTree()) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST,
          "Rows of a data source with the engine "
              + source.engine().kind().sql()
              + " cannot be removed by a condition; truncate it");
    }
    Rows rows = rows(caller, source, quarantine, condition);
    long count = count(rows, source);
    if (given.isSet("dry_run")) {
      exchange.respondJson(200, Map.of("rows_to_be_deleted", count));
      return;
    }
    Job job =
        jobs.submit(
            JobSpec.on(
                    caller.workspace().id(),
                    JobKind.DELETE_DATA,
                    new JobSpec.Resource(source.publicId(), name),
                    Map.of(CONDITION, condition))
                .uncancellable(),
            context -> delete(context, caller, source, quarantine, condition));
    Map<String, Object> body = new LinkedHashMap<>(JobShape.submitted(job, exchange.origin()));
    body.put("delete_id", job.id());
    exchange.respondJson(200, body);
  }

  /// The work of [kinglet.job.JobKind#DELETE_DATA] after a restart: what is removed stays removed,
  /// the rest is removed now.
  public void resume(JobContext context) {
    JobSpec spec = context.job().spec();
    Caller caller = access.administrator(spec.workspaceId());
    String name = spec.dataSource().orElseThrow().name();
    Optional<DataSource> quarantined = caller.resources().quarantined(name);
    DataSource source = quarantined.orElseGet(() -> DataSourceRoutes.find(caller, name));
    String condition = spec.arguments().getOrDefault(CONDITION, "");
    delete(context, caller, source, quarantined.isPresent(), condition);
  }

  private Rows rows(Caller caller, DataSource source, boolean quarantine, String condition) {
    return new Rows(
        Identifiers.quote(
            source.database(), quarantine ? source.quarantineTable() : source.table()),
        queries.condition(
            caller.workspace(),
            caller.token(),
            quarantine ? source.quarantineName() : source.name(),
            condition));
  }

  private long count(Rows rows, DataSource source) {
    return removal.count(Role.READER, source, rows.table() + " WHERE " + rows.condition());
  }

  private void delete(
      JobContext context, Caller caller, DataSource named, boolean quarantine, String condition) {
    removal.run(
        caller.workspace(),
        "rows that were accepted are not stored yet; nothing was removed, try again later",
        resources -> {
          DataSource source = known(resources, named);
          Rows rows = rows(caller, source, quarantine, condition);
          context.count("rows_affected", count(rows, source));
          removal.remove(source, rows.table(), rows.condition());
        });
  }

  private static DataSource known(Resources resources, DataSource source) {
    return resources
        .dataSource(source.id())
        .orElseThrow(() ->
            new PlatformException(
                HttpError.UNKNOWN_RESOURCE,
                "Data Source \"" + source.name() + "\" does not exist any more"));
  }
}
