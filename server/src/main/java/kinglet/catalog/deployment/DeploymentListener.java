// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Map;
import kinglet.catalog.Resources;

/// Hears of deployments that succeeded; must not wait.
@FunctionalInterface
public interface DeploymentListener {
  /// @param before what was live, under the names it had
  /// @param next what the deployment made
  /// @param renames new names of data sources by old ones
  void deployed(
      Resources before,
      Resources next,
      DeployResult result,
      Map<String, String> renames,
      long elapsedNanos);
}
