// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.time.Instant;
import java.util.List;
import kinglet.catalog.Finding;

/// One atomic change of a workspace's resources.
///
/// @param id grows by one with each deployment of the workspace, from 1
public record Deployment(
    long id,
    DeploymentStatus status,
    boolean live,
    Instant createdAt,
    Instant updatedAt,
    List<Finding> feedback,
    Changes dataSources,
    Changes pipes,
    Changes connections,
    Changes monitors,
    List<TokenChange> tokenChanges,
    List<DataMovement> dataMovements) {
  public Deployment {
    feedback = List.copyOf(feedback);
    tokenChanges = List.copyOf(tokenChanges);
    dataMovements = List.copyOf(dataMovements);
  }

  Deployment with(DeploymentStatus next) {
    return new Deployment(
        id,
        next,
        next == DeploymentStatus.LIVE,
        createdAt,
        updatedAt,
        feedback,
        dataSources,
        pipes,
        connections,
        monitors,
        tokenChanges,
        dataMovements);
  }

  Deployment with(List<Finding> other) {
    return new Deployment(
        id,
        status,
        live,
        createdAt,
        updatedAt,
        other,
        dataSources,
        pipes,
        connections,
        monitors,
        tokenChanges,
        dataMovements);
  }

  /// Only what stops it.
  public List<Finding> errors() {
    return feedback.stream().filter(finding -> finding.level() == Finding.Level.ERROR).toList();
  }
}
