// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import kinglet.catalog.DataSource;
import kinglet.catalog.Micros;
import kinglet.catalog.Snapshot;
import kinglet.catalog.SnapshotError;
import kinglet.catalog.replacement.Snapshots;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.JobStatus;
import kinglet.job.JobWork;
import kinglet.job.Jobs;
import kinglet.query.SqlQueries;
import kinglet.training.TrainingSets;
import tools.jackson.databind.JsonNode;

/// `/v0/snapshots`: named copies of data sources as they were.
public final class SnapshotRoutes {
  private static final String ID = "snapshot_id";
  private static final Set<String> FIELDS = Set.of("name", "datasource", "where", "at");

  private final Access access;
  private final RequestBodies bodies;
  private final Snapshots snapshots;
  private final SqlQueries queries;
  private final TrainingSets sets;
  private final Jobs jobs;
  private final InstantSource clock;

  public SnapshotRoutes(
      Access access,
      RequestBodies bodies,
      Snapshots snapshots,
      SqlQueries queries,
      TrainingSets sets,
      Jobs jobs,
      InstantSource clock) {
    this.access = access;
    this.bodies = bodies;
    this.snapshots = snapshots;
    this.queries = queries;
    this.sets = sets;
    this.jobs = jobs;
    this.clock = clock;
  }

  public void addTo(Routes routes) {
    routes
        .own("POST", "/v0/snapshots", this::create)
        .own("GET", "/v0/snapshots", this::list)
        .own("GET", "/v0/snapshots/{name}", this::get)
        .own("DELETE", "/v0/snapshots/{name}", this::remove);
  }

  /// The work of [kinglet.job.JobKind#SNAPSHOT] after a restart.
  public void resume(JobContext context) {
    JobSpec spec = context.job().spec();
    new Work(this, access.administrator(spec.workspaceId()), spec.arguments().getOrDefault(ID, ""))
        .run(context);
  }

  private void create(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    JsonNode request = bodies.with(exchange, Json::parse);
    if (!request.isObject()) {
      throw invalid("the request must be an object with name and datasource");
    }
    request.propertyNames().stream()
        .filter(field -> !FIELDS.contains(field))
        .findFirst()
        .ifPresent(field -> {
          throw invalid(
              "'"
                  + field
                  + "' is not known; a snapshot has "
                  + FIELDS.stream().sorted().collect(Collectors.joining(", ")));
        });
    DataSource source = source(caller, text(request, "datasource"));
    Optional<String> condition = optional(request, "where");
    condition.ifPresent(where -> {
      String _ = queries.condition(caller.workspace(), caller.token(), source.name(), where);
    });
    String jobId = Jobs.newId();
    Snapshot snapshot =
        new Snapshot(
            UUID.randomUUID().toString(),
            caller.workspace().id(),
            caller.workspace().database(),
            text(request, "name"),
            jobId,
            source.id(),
            source.name(),
            condition,
            optional(request, "at").map(this::time),
            Micros.toInstant(Micros.of(clock.instant())),
            OptionalLong.empty(),
            Optional.empty());
    snapshots.add(snapshot);
    exchange.respondJson(
        202, shape(exchange, snapshot, Optional.of(submit(caller, snapshot, source))));
  }

  private Job submit(Caller caller, Snapshot snapshot, DataSource source) {
    try {
      return jobs.submit(
          snapshot.jobId(),
          JobSpec.on(
              caller.workspace().id(),
              JobKind.SNAPSHOT,
              new JobSpec.Resource(source.publicId(), source.name()),
              Map.of("snapshot", snapshot.name(), ID, snapshot.id())),
          new Work(this, caller, snapshot.id()));
    } catch (RuntimeException e) {
      snapshots.forget(snapshot.id());
      throw e;
    }
  }

  /// The making of one snapshot.
  private record Work(SnapshotRoutes route, Caller caller, String id) implements JobWork {
    @Override
    public void run(JobContext context) {
      try {
        route.make(caller, id, context);
      } catch (RuntimeException e) {
        context.checkStopping();
        route.snapshots.forget(id);
        throw e;
      }
    }

    @Override
    public void abandoned() {
      route.snapshots.forget(id);
    }
  }

  private void make(Caller caller, String id, JobContext context) {
    Snapshot snapshot = snapshots.byId(id);
    Optional<String> condition =
        snapshot
            .condition()
            .map(where -> {
              DataSource source =
                  access
                      .current(caller)
                      .dataSource(snapshot.sourceId())
                      .orElseThrow(() -> gone(snapshot));
              return queries.condition(caller.workspace(), caller.token(), source.name(), where);
            });
    Snapshot.Extent extent =
        snapshots.make(
            caller.workspace(),
            id,
            condition,
            share -> {
              if (share < 1) {
                context.checkCancelled();
              } else {
                context.commit();
              }
              context.progress(share, 0, 0);
            });
    context.progress(1, extent.rows(), extent.bytes());
  }

  private static DataSource source(Caller caller, String name) {
    return caller
        .resources()
        .dataSource(name)
        .orElseThrow(() ->
            invalid(
                "there is no data source '"
                    + name
                    + "' in the workspace to be copied; there are "
                    + caller.resources().dataSources().stream()
                        .map(DataSource::name)
                        .collect(Collectors.joining(", "))));
  }

  private Instant time(String text) {
    Instant time =
        Times.parse(text)
            .orElseThrow(
                () -> invalid("at='" + text + "' is no time such as 2026-01-31T12:00:00Z"));
    if (time.isAfter(clock.instant())) {
      throw invalid("at='" + text + "' has not come yet");
    }
    return time;
  }

  private static String text(JsonNode request, String field) {
    return optional(request, field).orElseThrow(() -> invalid(field + " is missing"));
  }

  private static Optional<String> optional(JsonNode request, String field) {
    JsonNode given = request.path(field);
    if (given.isMissingNode() || given.isNull()) {
      return Optional.empty();
    }
    if (!given.isString()) {
      throw invalid(field + " must be a text, not " + given);
    }
    return Optional.of(given.asString()).filter(text -> !text.isBlank());
  }

  private static PlatformException invalid(String message) {
    return new PlatformException(SnapshotError.INVALID_SNAPSHOT, message);
  }

  private static PlatformException gone(Snapshot snapshot) {
    return invalid("the data source '" + snapshot.sourceName() + "' does not exist any more");
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    List<Map<String, Object>> shapes =
        snapshots.list(caller.workspace()).stream()
            .map(snapshot -> shape(exchange, snapshot, job(snapshot)))
            .toList();
    exchange.respondJson(200, Map.of("snapshots", shapes));
  }

  private void get(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    Snapshot snapshot = snapshots.find(caller.workspace(), exchange.segment("name"));
    exchange.respondJson(200, shape(exchange, snapshot, job(snapshot)));
  }

  /// Ends the job of one that is not complete.
  private void remove(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    Snapshot snapshot = snapshots.find(caller.workspace(), exchange.segment("name"));
    if (sets.reads(snapshot)) {
      throw new PlatformException(
          SnapshotError.SNAPSHOT_IN_USE,
          "a training set is being built from the snapshot '"
              + snapshot.name()
              + "': wait for it, or remove it first");
    }
    job(snapshot)
        .filter(job -> !job.status().ended())
        .ifPresent(job -> {
          Job _ = jobs.cancel(caller.workspace().id(), job.id());
        });
    snapshots.remove(snapshot);
    exchange.respondEmpty(204);
  }

  private Optional<Job> job(Snapshot snapshot) {
    return jobs.find(snapshot.workspaceId(), snapshot.jobId());
  }

  private static Map<String, Object> shape(
      Exchange exchange, Snapshot snapshot, Optional<Job> job) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", snapshot.name());
    shape.put("status", status(snapshot, job));
    shape.put("datasource", snapshot.sourceName());
    shape.put("where", snapshot.condition().orElse(null));
    shape.put("at", snapshot.knownAt().map(Times::text).orElse(null));
    shape.put("created_at", Times.text(snapshot.createdAt()));
    snapshot.position().ifPresent(seq -> shape.put("journal_seq", seq));
    snapshot
        .extent()
        .ifPresent(extent -> {
          shape.put("rows", extent.rows());
          shape.put("bytes", extent.bytes());
        });
    job.ifPresent(one -> {
      shape.put("progress_percentage", Math.round(one.progress().shareDone() * 1_000) / 10.0);
      shape.put("job_id", one.id());
      shape.put("job_url", exchange.origin() + "/v0/jobs/" + one.id());
    });
    return shape;
  }

  /// A snapshot is complete a moment before it can be read; when its job has ended, it can.
  private static String status(Snapshot snapshot, Optional<Job> job) {
    JobStatus otherwise = snapshot.isComplete() ? JobStatus.DONE : JobStatus.ERROR;
    return job.map(Job::status).orElse(otherwise).wire();
  }
}
