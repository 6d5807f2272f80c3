// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import java.time.Instant;
import java.util.Optional;

/// A job as the ledger has it at one moment.
///
/// @param cancellable whether [Jobs#cancel] would be heard now
/// @param error why it failed, or what was wrong with what it did
public record Job(
    String id,
    JobSpec spec,
    JobStatus status,
    boolean cancellable,
    JobProgress progress,
    Optional<String> error,
    Instant createdAt,
    Optional<Instant> startedAt,
    Instant updatedAt) {
  Job withStatus(JobStatus changed, boolean nowCancellable, Instant at) {
    return new Job(id, spec, changed, nowCancellable, progress, error, createdAt, startedAt, at);
  }

  Job withProgress(JobProgress changed, Instant at) {
    return new Job(id, spec, status, cancellable, changed, error, createdAt, startedAt, at);
  }

  Job withError(String text) {
    return new Job(
        id,
        spec,
        status,
        cancellable,
        progress,
        Optional.of(text),
        createdAt,
        startedAt,
        updatedAt);
  }

  Job begun(JobStatus changed, Instant at) {
    boolean mayEnd = changed == JobStatus.WORKING && spec.cancellable();
    return new Job(
        id,
        spec,
        changed,
        mayEnd,
        JobProgress.NONE,
        Optional.empty(),
        createdAt,
        Optional.of(at),
        at);
  }
}
