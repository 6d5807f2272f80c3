// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

/// How a project is deployed.
///
/// @param check whether to say only what would happen
/// @param allowDestructive whether data sources and columns may be removed
/// @param author who asks for it, for the change log
public record DeployOptions(boolean check, boolean allowDestructive, String author) {
  public static DeployOptions by(String author) {
    return new DeployOptions(false, false, author);
  }

  public DeployOptions checking() {
    return new DeployOptions(true, allowDestructive, author);
  }

  public DeployOptions destructive() {
    return new DeployOptions(check, true, author);
  }
}
