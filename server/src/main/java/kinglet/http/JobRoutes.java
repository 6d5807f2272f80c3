// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.catalog.deployment.Deployment;
import kinglet.catalog.deployment.Deployments;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.job.JobError;
import kinglet.job.JobFilter;
import kinglet.job.JobKind;
import kinglet.job.JobStatus;
import kinglet.job.Jobs;

/// `/v0/jobs`: background work, and ending it.
public final class JobRoutes {
  /// Kinds clients ask for of which there are no jobs here.
  private static final Set<String> ELSEWHERE = Set.of("query", "sink", "s3_sync", "gcs_sync");

  private final Access access;
  private final Jobs jobs;

  private final Deployments deployments;

  public JobRoutes(Access access, Jobs jobs, Deployments deployments) {
    this.access = access;
    this.jobs = jobs;
    this.deployments = deployments;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/jobs", this::list)
        .compatible("GET", "/v0/jobs/{id}", this::one)
        .compatible("POST", "/v0/jobs/{id}/cancel", this::cancel);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    if (exchange.query().first("kind").filter(ELSEWHERE::contains).isPresent()) {
      exchange.respondJson(200, Map.of("jobs", List.of()));
      return;
    }
    boolean deploymentsOnly =
        exchange.query().first("kind").filter(DeploymentJobs.KIND::equals).isPresent();
    JobFilter filter = filter(exchange.query(), deploymentsOnly);
    List<Map<String, Object>> shown = new ArrayList<>();
    if (!deploymentsOnly) {
      jobs.list(caller.workspace().id(), filter).stream()
          .filter(job -> maySee(caller, job))
          .forEach(job -> shown.add(JobShape.of(job, exchange.origin())));
    }
    if (caller.token().admin() && filter.kind().isEmpty() && filter.pipe().isEmpty()) {
      DeploymentJobs all = new DeploymentJobs(deployments, exchange.origin());
      Instant since = jobs.listedSince();
      Instant after = filter.createdAfter().filter(since::isBefore).orElse(since);
      all.list(caller.workspace(), after, filter.createdBefore(), filter.status())
          .forEach(one -> shown.add(all.shape(caller.workspace(), one)));
    }
    shown.sort(Comparator.comparing(job -> String.valueOf(job.get("created_at"))));
    exchange.respondJson(
        200, Map.of("jobs", shown.reversed().stream().limit(Jobs.LISTED_MAX).toList()));
  }

  private void one(Exchange exchange) {
    Caller caller = access.caller(exchange);
    DeploymentJobs all = new DeploymentJobs(deployments, exchange.origin());
    Optional<Deployment> deployment =
        caller.token().admin()
            ? all.find(caller.workspace(), exchange.segment("id"))
            : Optional.empty();
    if (deployment.isPresent()) {
      exchange.respondJson(200, all.shape(caller.workspace(), deployment.get()));
      return;
    }
    exchange.respondJson(200, JobShape.of(find(exchange, caller), exchange.origin()));
  }

  private void cancel(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Job job = find(exchange, caller);
    exchange.respondJson(
        200, JobShape.of(jobs.cancel(caller.workspace().id(), job.id()), exchange.origin()));
  }

  private Job find(Exchange exchange, Caller caller) {
    String id = exchange.segment("id");
    return jobs.find(caller.workspace().id(), id)
        .filter(job -> maySee(caller, job))
        .orElseThrow(() -> new PlatformException(JobError.UNKNOWN_JOB, "there is no job " + id));
  }

  /// Who may fill or empty a data source may follow and end the jobs that do it.
  private static boolean maySee(Caller caller, Job job) {
    return caller.token().admin()
        || job.spec()
            .dataSource()
            .filter(source ->
                caller.token().mayAppend(source.name(), source.id())
                    || caller.token().mayDropDataSource(source.name(), source.id()))
            .isPresent();
  }

  private static JobFilter filter(Parameters query, boolean ofAnyKind) {
    Optional<JobKind> kind =
        query
            .first("kind")
            .filter(_ -> !ofAnyKind)
            .map(text -> JobKind.find(text).orElseThrow(() -> wrong("kind", text)));
    Optional<JobStatus> status =
        query
            .first("status")
            .map(text -> JobStatus.find(text).orElseThrow(() -> wrong("status", text)));
    return new JobFilter(
        kind,
        status,
        query.first("pipe_id").or(() -> query.first("pipe_name")),
        time(query, "created_after"),
        time(query, "created_before"));
  }

  private static Optional<Instant> time(Parameters query, String name) {
    return query.first(name).map(text -> Times.parse(text).orElseThrow(() -> wrong(name, text)));
  }

  private static PlatformException wrong(String name, String text) {
    return new PlatformException(
        HttpError.INVALID_REQUEST,
        switch (name) {
          case "kind", "status" -> name + "='" + text + "' is no " + name + " of jobs";
          default -> name + "='" + text + "' is not a time such as 2026-01-31T12:00:00";
        });
  }
}
