// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/// A training set as the catalogue has it.
///
/// @param jobId the job that builds it
/// @param request as JSON
/// @param position rows of the journal after it do not count; none until the spine is there
/// @param manifest as JSON; none until the set is complete
public record TrainingSet(
    String id,
    String workspaceId,
    String name,
    String jobId,
    String request,
    OptionalLong position,
    Optional<String> manifest,
    Instant createdAt) {
  /// How it is written unless something else is asked for.
  public TrainingFormat format() {
    return TrainingRequest.format(request);
  }
}
