// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

/// How a project is deployed.
///
/// @param check whether to say only what would happen
/// @param allowDestructive whether data sources and columns may be removed
/// @param promote whether it is set live when it is ready; otherwise it waits as staging
/// @param author who asks for it, for the change log
public record DeployOptions(
    boolean check, boolean allowDestructive, boolean promote, String author) {
  public static DeployOptions by(String author) {
    return new DeployOptions(false, false, true, author);
  }

  public DeployOptions checking() {
    return new DeployOptions(true, allowDestructive, promote, author);
  }

  public DeployOptions destructive() {
    return new DeployOptions(check, true, promote, author);
  }

  public DeployOptions staging() {
    return new DeployOptions(check, allowDestructive, false, author);
  }
}
