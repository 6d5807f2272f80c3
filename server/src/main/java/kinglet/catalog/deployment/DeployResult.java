// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Locale;
import kinglet.catalog.Finding;

/// The answer to a deployment.
///
/// @param operations what is done to tables in place, as SQL over the data sources' names
public record DeployResult(Outcome outcome, Deployment deployment, List<String> operations) {
  public DeployResult {
    operations = List.copyOf(operations);
  }

  public DeployResult(Outcome outcome, Deployment deployment) {
    this(outcome, deployment, List.of());
  }

  /// How it ended.
  public enum Outcome {
    SUCCESS,
    FAILED,
    NO_CHANGES;

    /// The word of the calls.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public List<Finding> errors() {
    return deployment.errors();
  }

  public boolean failed() {
    return outcome == Outcome.FAILED;
  }
}
