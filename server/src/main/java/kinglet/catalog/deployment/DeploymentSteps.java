// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

/// Hears of every step of a deployment before the next begins; a test stops one there.
@FunctionalInterface
public interface DeploymentSteps {
  void reached(String step);
}
