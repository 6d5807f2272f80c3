// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import java.time.Instant;
import java.util.Optional;

/// Which jobs of a workspace are wanted.
///
/// @param pipe a pipe's name or identifier
public record JobFilter(
    Optional<JobKind> kind,
    Optional<JobStatus> status,
    Optional<String> pipe,
    Optional<Instant> createdAfter,
    Optional<Instant> createdBefore) {
  public static final JobFilter ALL =
      new JobFilter(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /// The same, for jobs created after `instant` at the earliest.
  JobFilter notBefore(Instant instant) {
    Instant after = createdAfter.filter(given -> given.isAfter(instant)).orElse(instant);
    return new JobFilter(kind, status, pipe, Optional.of(after), createdBefore);
  }
}
