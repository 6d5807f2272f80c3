// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What a job is to do: enough to show it, and to take it up again after a restart.
///
/// @param arguments by the names the wire has for them, such as `mode` or `url`
/// @param cancellable whether it may be cancelled once it works; one that waits always may
public record JobSpec(
    String workspaceId,
    JobKind kind,
    Optional<Resource> dataSource,
    Optional<Resource> pipe,
    Map<String, String> arguments,
    boolean cancellable) {
  public JobSpec {
    arguments = Collections.unmodifiableMap(new LinkedHashMap<>(arguments));
  }

  /// A resource as it was called when the job was made.
  public record Resource(String id, String name) {}

  /// Work on one data source.
  public static JobSpec on(
      String workspaceId, JobKind kind, Resource dataSource, Map<String, String> arguments) {
    return new JobSpec(
        workspaceId, kind, Optional.of(dataSource), Optional.empty(), arguments, true);
  }

  public JobSpec withPipe(Resource changed) {
    return new JobSpec(workspaceId, kind, dataSource, Optional.of(changed), arguments, cancellable);
  }

  /// The same, to be cancelled only while it waits.
  public JobSpec uncancellable() {
    return new JobSpec(workspaceId, kind, dataSource, pipe, arguments, false);
  }
}
