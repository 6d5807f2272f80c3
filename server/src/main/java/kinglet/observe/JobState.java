// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.ServiceDataSource;

/// How far a job is; the latest state of each is what is read.
public record JobState(
    String workspaceId,
    String jobId,
    String type,
    String pipeId,
    String pipeName,
    Instant createdAt,
    Optional<Instant> startedAt,
    Instant updatedAt,
    String status,
    Optional<String> error,
    Map<String, Object> metadata)
    implements ServiceRecord {
  public JobState {
    error = error.map(LoggedText::of);
  }

  @Override
  public Map<ServiceDataSource, Map<String, Object>> rows(Masking masking) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("job_id", jobId);
    row.put("job_type", type);
    row.put("workspace_id", workspaceId);
    row.put("pipe_id", pipeId);
    row.put("pipe_name", pipeName);
    row.put("created_at", createdAt.getEpochSecond());
    row.put("updated_at", LoggedText.micros(updatedAt));
    startedAt.ifPresent(at -> row.put("started_at", at.getEpochSecond()));
    row.put("status", status);
    error.ifPresent(text -> row.put("error", masking.apply(text)));
    row.put("job_metadata", masking.apply(LoggedText.of(LoggedText.json(metadata))));
    return Map.of(ServiceDataSource.JOBS_LOG, row);
  }
}
