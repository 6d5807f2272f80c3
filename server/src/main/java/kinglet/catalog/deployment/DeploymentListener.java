// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Map;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;

/// Hears of deployments; must not wait.
public interface DeploymentListener {
  DeploymentListener NONE =
      new DeploymentListener() {
        @Override
        public void deployed(
            Resources before,
            Resources next,
            DeployResult result,
            Map<String, String> renames,
            long elapsedNanos) {}

        @Override
        public void happened(Workspace workspace, DeploymentEvent event) {}
      };

  /// A deployment succeeded.
  ///
  /// @param before what was live, under the names it had
  /// @param next what the deployment made
  /// @param renames new names of data sources by old ones
  void deployed(
      Resources before,
      Resources next,
      DeployResult result,
      Map<String, String> renames,
      long elapsedNanos);

  /// Something was done with a deployment, or its project was refused.
  void happened(Workspace workspace, DeploymentEvent event);
}
