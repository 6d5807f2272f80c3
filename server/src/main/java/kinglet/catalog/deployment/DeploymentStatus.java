// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Locale;

/// Where a deployment stands.
public enum DeploymentStatus {
  CALCULATING,
  CREATING_SCHEMA,
  DATA_READY,
  LIVE,
  FAILED,
  DELETING,
  DELETED;

  /// The word of the calls.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
