// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.catalog.deployment.Deployments;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.ingest.flush.FlushError;
import kinglet.ingest.flush.Flusher;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;
import kinglet.query.SqlQueries;

/// `POST /v0/datasources/{name}/delete`: removes the rows that satisfy a condition, by a job.
public final class RowDeletionRoute {
  private static final String CONDITION = "delete_condition";
  private static final Duration TIMEOUT = Duration.ofHours(6);

  private final Access access;
  private final RequestBodies bodies;
  private final ClickHouse clickHouse;
  private final Deployments deployments;
  private final SqlQueries queries;
  private final Flusher flusher;
  private final Duration flushTimeout;
  private final Jobs jobs;

  public RowDeletionRoute(
      Access access,
      RequestBodies bodies,
      ClickHouse clickHouse,
      Deployments deployments,
      SqlQueries queries,
      Flusher flusher,
      Duration flushTimeout,
      Jobs jobs) {
    this.access = access;
    this.bodies = bodies;
    this.clickHouse = clickHouse;
    this.deployments = deployments;
    this.queries = queries;
    this.flusher = flusher;
    this.flushTimeout = flushTimeout;
    this.jobs = jobs;
  }

  public void addTo(Routes routes) {
    routes.compatible("POST", "/v0/datasources/{name}/delete", this::accept);
  }

  /// The rows to remove: the table's, and which of them.
  private record Rows(String table, String condition) {
    String count() {
      return "SELECT count() FROM " + table + " WHERE " + condition;
    }

    String delete() {
      return "ALTER TABLE " + table + " DELETE WHERE " + condition;
    }
  }

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
    try {
      Statement count = Statement.of(Role.READER, rows.count()).withFormat("TSV");
      return Long.parseLong(clickHouse.text(count).strip());
    } catch (PlatformException e) {
      throw withoutDatabase(e, source);
    }
  }

  private static PlatformException withoutDatabase(PlatformException failure, DataSource source) {
    String text =
        failure
            .text()
            .replace(Identifiers.quote(source.database()) + ".", "")
            .replace(source.database() + ".", "");
    return new PlatformException(failure.code(), text, failure.details(), failure);
  }

  /// Rows that were acknowledged before the job began are stored first, so that none is missed.
  private void delete(
      JobContext context, Caller caller, DataSource named, boolean quarantine, String condition) {
    if (!flusher.flushAll(flushTimeout)) {
      throw new PlatformException(
          FlushError.FLUSH_IN_DOUBT,
          "rows that were accepted are not stored yet; nothing was removed, try again later");
    }
    deployments.removingRows(
        caller.workspace(),
        resources -> {
          DataSource source = known(resources, named);
          Rows rows = rows(caller, source, quarantine, condition);
          context.count("rows_affected", count(rows, source));
          Statement delete =
              Statement.of(Role.ADMIN, rows.delete())
                  .withSettings(Map.of("mutations_sync", "1"))
                  .withTimeout(TIMEOUT);
          try {
            clickHouse.execute(delete);
          } catch (PlatformException e) {
            throw withoutDatabase(e, source);
          }
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
