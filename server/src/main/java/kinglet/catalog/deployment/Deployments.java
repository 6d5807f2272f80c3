// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.ProjectFile;

/// Makes projects the current resources of workspaces.
public interface Deployments {
  /// Deploys the whole project or nothing; what is not among the files is removed.
  DeployResult deploy(Workspace workspace, List<ProjectFile> files, DeployOptions options);

  /// Changes the files of the live deployment and deploys them: all of the change or nothing.
  ///
  /// Waits a while for a deployment that is running, and fails with what would not be valid.
  @CanIgnoreReturnValue
  DeployResult edit(Workspace workspace, UnaryOperator<ProjectEdit> change, DeployOptions options);

  /// Does something with what is live while no deployment of the workspace runs; waits a while for
  /// one that is running.
  void exclusively(Workspace workspace, Consumer<Resources> work);

  /// The same for work that removes rows: refused while a deployment to which rows are moved waits
  /// as staging, which would keep them.
  void removingRows(Workspace workspace, Consumer<Resources> work);

  /// The files of the live deployment, as they were sent.
  List<ProjectFile> files(Workspace workspace);

  /// Makes the deployment that waits as staging the live one; nothing happens to one that is live.
  Deployment setLive(Workspace workspace, long id, String author);

  /// Takes back the deployment that waits as staging; nothing happens to one that is gone.
  Deployment discard(Workspace workspace, long id, String author);

  /// Deploys the files of an earlier deployment once more.
  DeployResult rollback(Workspace workspace, long id, DeployOptions options);

  /// The live deployment (number 0, empty, before the first), then what is under way or waits.
  List<Deployment> list(Workspace workspace);

  /// Every deployment there was, the newest first.
  List<Deployment> history(Workspace workspace);

  Optional<Deployment> find(Workspace workspace, long id);

  /// Who deployed, by when the deployment was made: the time its changed resources carry.
  Map<Instant, String> authors(Workspace workspace);

  /// Finishes or undoes what a crash left half done; called at start, before anything is flushed.
  void recover();
}
