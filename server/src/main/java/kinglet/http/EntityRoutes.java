// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Resources;
import kinglet.catalog.Snapshot;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.error.PlatformException;
import kinglet.feature.EntityRemoval;
import kinglet.feature.FeatureError;
import kinglet.feature.NamedEntity;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;

/// `DELETE /v0/entities/{entity}/{key}`: removes an entity from features and from the rows they are
/// made of, by a job.
public final class EntityRoutes {
  private static final String ENTITY = "entity";
  private static final String KEY = "key";
  private static final String COLUMN = "key.";
  private static final String DRY_RUN = "dry_run";

  private final Access access;
  private final EntityRemoval removal;
  private final RowRemoval rows;
  private final Jobs jobs;

  public EntityRoutes(Access access, EntityRemoval removal, RowRemoval rows, Jobs jobs) {
    this.access = access;
    this.removal = removal;
    this.rows = rows;
    this.jobs = jobs;
  }

  public void addTo(Routes routes) {
    routes
        .own("DELETE", "/v0/entities/{entity}", this::byColumns)
        .own("DELETE", "/v0/entities/{entity}/{key}", this::byKey);
  }

  private void byKey(Exchange exchange) {
    accept(
        exchange, List.of(), () -> NamedEntity.of(exchange.segment(ENTITY), exchange.segment(KEY)));
  }

  /// Each column of the key in the query string.
  private void byColumns(Exchange exchange) {
    List<String> columns = NamedEntity.columns(exchange.segment(ENTITY));
    accept(
        exchange,
        columns,
        () ->
            new NamedEntity(
                columns,
                columns.stream()
                    .map(column ->
                        exchange
                            .query()
                            .first(column)
                            .orElseThrow(() ->
                                new PlatformException(
                                    FeatureError.MISSING_KEY,
                                    column + "= is missing, a column of the key")))
                    .toList()));
  }

  /// A misspelt `dry_run` would delete.
  ///
  /// @param columns of the key that the query string has
  private void accept(Exchange exchange, List<String> columns, Supplier<NamedEntity> named) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    List<String> known = new ArrayList<>(columns);
    known.add(DRY_RUN);
    exchange.query().only(known);
    NamedEntity entity = named.get();
    EntityRemoval.Found found = removal.find(caller.workspace(), caller.resources(), entity);
    if (exchange.query().isSet(DRY_RUN)) {
      exchange.respondJson(200, dry(caller.resources(), found));
      return;
    }
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put(ENTITY, String.join(",", entity.columns()));
    for (int i = 0; i < entity.columns().size(); i++) {
      arguments.put(COLUMN + entity.columns().get(i), entity.values().get(i));
    }
    Job job =
        jobs.submit(
            new JobSpec(
                caller.workspace().id(),
                JobKind.DELETE_ENTITY,
                Optional.empty(),
                Optional.empty(),
                arguments,
                false),
            context -> remove(context, caller, entity));
    exchange.respondJson(200, JobShape.submitted(job, exchange.origin()));
  }

  private Map<String, Object> dry(Resources resources, EntityRemoval.Found found) {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (EntityRemoval.Rows one : found.rows()) {
      long count = count(one, Long.MAX_VALUE);
      long unused = counts.merge(one.source().name(), count, Math::max);
    }
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("feature_views", found.views());
    shape.put(
        "data_sources",
        counts.entrySet().stream()
            .map(one -> Map.of("name", one.getKey(), "rows_to_be_deleted", one.getValue()))
            .toList());
    shape.put("snapshots", snapshots(resources, found));
    return shape;
  }

  /// The snapshots that have rows of an entity, or columns by which that cannot be told. They keep
  /// them.
  private List<String> snapshots(Resources resources, EntityRemoval.Found found) {
    List<String> names = new ArrayList<>();
    for (Snapshot snapshot : resources.snapshots()) {
      boolean has =
          found.rows().stream()
              .filter(one -> one.source().id() == snapshot.sourceId())
              .map(one ->
                  new EntityRemoval.Rows(
                      one.source().withTable(snapshot.table()), one.alias(), one.condition()))
              .anyMatch(this::mayHaveRows);
      if (has) {
        names.add(snapshot.name());
      }
    }
    return names;
  }

  private boolean mayHaveRows(EntityRemoval.Rows some) {
    try {
      return count(some, Long.MAX_VALUE) > 0;
    } catch (PlatformException e) {
      if (e.code() != ClickHouseError.QUERY_FAILED) {
        throw e;
      }
      return true;
    }
  }

  /// The work of [kinglet.job.JobKind#DELETE_ENTITY] after a restart: what is removed stays
  /// removed, the rest is removed now.
  public void resume(JobContext context) {
    JobSpec spec = context.job().spec();
    List<String> columns = NamedEntity.columns(spec.arguments().getOrDefault(ENTITY, ""));
    List<String> values =
        columns.stream().map(column -> spec.arguments().getOrDefault(COLUMN + column, "")).toList();
    remove(context, access.administrator(spec.workspaceId()), new NamedEntity(columns, values));
  }

  /// Features are rid of it first, and stay so whatever happens; then ClickHouse, once everything
  /// until then is stored.
  private void remove(JobContext context, Caller caller, NamedEntity entity) {
    String id = context.job().id();
    long throughSeq = removal.forget(id, caller.workspace(), entity);
    rows.run(
        caller.workspace(),
        "features are rid of the entity, but rows that were accepted are not stored yet, so none was"
            + " deleted; delete it again later",
        resources -> {
          long removed = 0;
          for (EntityRemoval.Rows one :
              removal.find(caller.workspace(), resources, entity).rows()) {
            removed += removed(one, throughSeq);
          }
          context.count("rows_affected", removed);
        });
    removal.removed(id);
    Resources left = access.current(caller);
    List<String> snapshots = snapshots(left, removal.find(caller.workspace(), left, entity));
    if (!snapshots.isEmpty()) {
      context.remark("rows of the entity are in the snapshots " + String.join(", ", snapshots));
    }
  }

  private long removed(EntityRemoval.Rows some, long throughSeq) {
    long count = count(some, throughSeq);
    if (count > 0) {
      rows.remove(
          some.source(),
          some.source().sqlName(),
          "__seq IN (SELECT __seq FROM " + from(some, throughSeq) + ")");
    }
    return count;
  }

  private long count(EntityRemoval.Rows some, long throughSeq) {
    return rows.count(Role.ADMIN, some.source(), from(some, throughSeq));
  }

  private static String from(EntityRemoval.Rows some, long throughSeq) {
    return some.source().sqlName()
        + " AS "
        + Identifiers.quote(some.alias())
        + " WHERE "
        + some.condition()
        + " AND __seq <= "
        + throughSeq;
  }
}
