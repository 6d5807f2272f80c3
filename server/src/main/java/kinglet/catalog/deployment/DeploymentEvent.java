// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Optional;

/// Something that was done with a deployment, or failed.
///
/// @param author the name of the token that asked for it
/// @param error why it failed
public record DeploymentEvent(Kind kind, long deployment, String author, Optional<String> error) {
  /// What was done; `tinybird.releases_log` has the words.
  public enum Kind {
    /// Set live at once.
    DEPLOY,
    /// Made as staging.
    PREVIEW,
    /// Staging set live.
    PROMOTE,
    /// The files of an earlier one deployed.
    ROLLBACK,
    /// Staging discarded.
    DELETE
  }
}
