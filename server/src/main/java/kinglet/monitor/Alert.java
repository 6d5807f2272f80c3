// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.time.Instant;
import java.util.Optional;

/// Something that is not as it is expected to be, or was not until a moment ago.
///
/// @param value how far it was when that was measured last
/// @param resolvedAt empty while it lasts
public record Alert(
    Subject subject,
    double value,
    double threshold,
    Instant openedAt,
    Optional<Instant> resolvedAt) {
  /// What an alert is about.
  ///
  /// @param owner the monitor or the data source
  /// @param view the feature view; empty for a data source
  /// @param name the feature or the expectation
  /// @param measure the distance, `freshness` or `volume`
  public record Subject(
      String workspaceId, Kind kind, String owner, String view, String name, String measure) {}

  public enum Kind {
    MONITOR,
    DATA_SOURCE
  }

  public boolean isOpen() {
    return resolvedAt.isEmpty();
  }
}
