// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.time.Instant;
import java.util.List;
import kinglet.catalog.Finding;
import org.jspecify.annotations.Nullable;

/// What the database keeps of a deployment's answer.
///
/// @param monitors null in what a server without monitors wrote
record Report(
    List<Finding> feedback,
    Changes dataSources,
    Changes pipes,
    Changes connections,
    @Nullable Changes monitors,
    List<TokenChange> tokenChanges,
    List<DataMovement> dataMovements) {
  static Report of(Deployment deployment) {
    return new Report(
        deployment.feedback(),
        deployment.dataSources(),
        deployment.pipes(),
        deployment.connections(),
        deployment.monitors(),
        deployment.tokenChanges(),
        deployment.dataMovements());
  }

  Deployment deployment(
      long id, DeploymentStatus status, boolean live, Instant createdAt, Instant updatedAt) {
    return new Deployment(
        id,
        status,
        live,
        createdAt,
        updatedAt,
        feedback,
        dataSources,
        pipes,
        connections,
        monitors == null ? Changes.none() : monitors,
        tokenChanges,
        dataMovements);
  }
}
