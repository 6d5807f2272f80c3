// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import kinglet.catalog.Finding;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.Deployment;
import kinglet.catalog.deployment.Deployments;
import kinglet.job.JobStatus;

/// Deployments as jobs of the kind `deployment`, which clients look for to follow them.
record DeploymentJobs(Deployments deployments, String origin) {
  static final String KIND = "deployment";

  Stream<Deployment> list(
      Workspace workspace, Instant after, Optional<Instant> before, Optional<JobStatus> status) {
    return deployments.history(workspace).stream()
        .filter(deployment -> deployment.createdAt().isAfter(after))
        .filter(deployment -> before.filter(b -> !deployment.createdAt().isBefore(b)).isEmpty())
        .filter(deployment -> status.filter(s -> s != status(deployment)).isEmpty());
  }

  Optional<Deployment> find(Workspace workspace, String id) {
    return deployments.history(workspace).stream()
        .filter(deployment -> id(workspace, deployment).equals(id))
        .findFirst();
  }

  Map<String, Object> shape(Workspace workspace, Deployment deployment) {
    String id = id(workspace, deployment);
    JobStatus status = status(deployment);
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", id);
    shape.put("job_id", id);
    shape.put("kind", KIND);
    shape.put("status", status.wire());
    shape.put("created_at", Times.text(deployment.createdAt()));
    shape.put("started_at", Times.text(deployment.createdAt()));
    shape.put("updated_at", Times.text(deployment.updatedAt()));
    shape.put("is_cancellable", false);
    shape.put("job_url", origin + "/v0/jobs/" + id);
    shape.put("deployment_id", Long.toString(deployment.id()));
    if (status == JobStatus.ERROR) {
      List<String> errors = deployment.errors().stream().map(Finding::text).toList();
      shape.put("error", errors.isEmpty() ? "the deployment failed" : errors.getFirst());
      shape.put("errors", errors);
    }
    return shape;
  }

  /// The same for the same deployment, always.
  private static String id(Workspace workspace, Deployment deployment) {
    String name = "deployment " + workspace.id() + " " + deployment.id();
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static JobStatus status(Deployment deployment) {
    return switch (deployment.status()) {
      case CALCULATING, CREATING_SCHEMA -> JobStatus.WORKING;
      case DATA_READY, LIVE, DELETING, DELETED -> JobStatus.DONE;
      case FAILED -> JobStatus.ERROR;
    };
  }
}
