// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Optional;

/// How a project is deployed.
///
/// @param check whether to say only what would happen
/// @param allowDestructive whether data sources and columns may be removed
/// @param promote whether it is set live when it is ready; otherwise it waits as staging
/// @param author who asks for it, for the change log
/// @param unfilled a new view that is not filled from what its source holds
public record DeployOptions(
    boolean check,
    boolean allowDestructive,
    boolean promote,
    String author,
    Optional<UnfilledView> unfilled) {
  public DeployOptions(boolean check, boolean allowDestructive, boolean promote, String author) {
    this(check, allowDestructive, promote, author, Optional.empty());
  }

  /// A new view that sees the rows which come from now on.
  ///
  /// @param snapshot a table for the rows that came before, in the source's database
  /// @param recreated the target, where it is to be made anew, without the rows it has
  public record UnfilledView(String pipe, Optional<String> snapshot, Optional<String> recreated) {
    boolean is(String name) {
      return pipe.equals(name);
    }

    boolean recreates(String dataSource) {
      return recreated.filter(dataSource::equals).isPresent();
    }
  }

  public static DeployOptions by(String author) {
    return new DeployOptions(false, false, true, author);
  }

  public DeployOptions checking() {
    return new DeployOptions(true, allowDestructive, promote, author, unfilled);
  }

  public DeployOptions destructive() {
    return new DeployOptions(check, true, promote, author, unfilled);
  }

  public DeployOptions staging() {
    return new DeployOptions(check, allowDestructive, false, author, unfilled);
  }

  public DeployOptions with(UnfilledView view) {
    return new DeployOptions(check, allowDestructive, promote, author, Optional.of(view));
  }
}
