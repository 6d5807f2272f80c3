// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.job.Job;
import kinglet.job.JobProgress;
import kinglet.job.JobSpec;

/// A job as the compatible routes show it.
final class JobShape {
  private JobShape() {}

  static Map<String, Object> of(Job job, String origin) {
    JobProgress progress = job.progress();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", job.id());
    shape.put("job_id", job.id());
    shape.put("kind", job.spec().kind().wire());
    shape.put("status", job.status().wire());
    shape.put("created_at", Times.text(job.createdAt()));
    shape.put("started_at", job.startedAt().map(Times::text).orElse(null));
    shape.put("updated_at", Times.text(job.updatedAt()));
    shape.put("is_cancellable", job.cancellable());
    shape.put("job_url", url(job, origin));
    shape.put("progress_percentage", Math.round(progress.shareDone() * 1_000) / 10.0);
    shape.put("statistics", Map.of("row_count", progress.rows(), "bytes", progress.bytes()));
    job.spec().dataSource().ifPresent(source -> shape.put("datasource", resource(source)));
    job.spec()
        .pipe()
        .ifPresent(pipe -> {
          shape.put("pipe_id", pipe.id());
          shape.put("pipe_name", pipe.name());
        });
    shape.putAll(job.spec().arguments());
    shape.putAll(progress.counts());
    job.error()
        .ifPresent(error -> {
          shape.put("error", error);
          shape.put("errors", List.of(error));
        });
    return shape;
  }

  /// What the call that made the job answers.
  static Map<String, Object> submitted(Job job, String origin) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", job.id());
    shape.put("job_id", job.id());
    shape.put("job_url", url(job, origin));
    shape.put("kind", job.spec().kind().wire());
    shape.put("status", job.status().wire());
    shape.put("job", of(job, origin));
    return shape;
  }

  private static String url(Job job, String origin) {
    return origin + "/v0/jobs/" + job.id();
  }

  private static Map<String, Object> resource(JobSpec.Resource resource) {
    return Map.of("id", resource.id(), "name", resource.name());
  }
}
