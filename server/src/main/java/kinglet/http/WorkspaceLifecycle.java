// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.CatalogError;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.DeployResult;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.WorkspaceRemoval;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.job.JobFilter;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;

/// Makes, renames and removes workspaces and branches with everything that belongs to them.
public final class WorkspaceLifecycle {
  private final Catalog catalog;
  private final Tokens tokens;
  private final Deployments deployments;
  private final WorkspaceRemoval removal;
  private final Jobs jobs;
  private final Workspace local;

  /// @param local the workspace that is always there
  public WorkspaceLifecycle(
      Catalog catalog,
      Tokens tokens,
      Deployments deployments,
      WorkspaceRemoval removal,
      Jobs jobs,
      Workspace local) {
    this.catalog = catalog;
    this.tokens = tokens;
    this.deployments = deployments;
    this.removal = removal;
    this.jobs = jobs;
    this.local = local;
  }

  Workspace local() {
    return local;
  }

  Workspace create(String name, String author) {
    Workspace workspace = catalog.createWorkspace(name, author);
    tokens.ensureDefaults(workspace.id());
    return workspace;
  }

  /// A branch and the job that gives it the resources of its workspace.
  record Branching(Workspace branch, Job job) {}

  /// Makes a branch: the resources of its workspace, none of its rows and secrets.
  Branching createBranch(Workspace parent, String name, String author) {
    Workspace branch = catalog.createBranch(parent, name, author);
    tokens.ensureDefaults(branch.id());
    JobSpec spec =
        new JobSpec(
            parent.id(),
            JobKind.DEPLOY_BRANCH,
            Optional.empty(),
            Optional.empty(),
            Map.of("branch", name),
            false);
    return new Branching(branch, jobs.submit(spec, _ -> fill(parent, branch, author)));
  }

  private void fill(Workspace parent, Workspace branch, String author) {
    List<ProjectFile> files = deployments.files(parent);
    if (files.isEmpty()) {
      return;
    }
    DeployResult result = deployments.deploy(branch, files, DeployOptions.by(author));
    if (result.failed()) {
      throw new PlatformException(
          CatalogError.CHANGE_REFUSED,
          "the branch has no resources: " + result.errors().getFirst().message());
    }
  }

  Workspace rename(Workspace workspace, String name, String author) {
    refuseLocal(workspace);
    deployments.exclusively(workspace, _ -> catalog.rename(workspace, name, author));
    return catalog.workspace(workspace.id()).orElse(workspace);
  }

  /// Removes a workspace, its branches, and every row in them.
  void remove(Workspace workspace, String author) {
    refuseLocal(workspace);
    for (Workspace branch : catalog.branches(workspace)) {
      removeOne(branch, author);
    }
    removeOne(workspace, author);
  }

  private void removeOne(Workspace workspace, String author) {
    boolean working =
        jobs.list(workspace.id(), JobFilter.ALL).stream().anyMatch(job -> !job.status().ended());
    if (working) {
      throw new PlatformException(
          CatalogError.WORKSPACE_BUSY,
          "A job of the workspace '"
              + workspace.name()
              + "' has not ended; cancel it or wait for it, then remove the workspace");
    }
    removal.remove(workspace, author);
  }

  private void refuseLocal(Workspace workspace) {
    if (workspace.id().equals(local.id())) {
      throw new PlatformException(
          CatalogError.PROTECTED_WORKSPACE,
          "The workspace '" + workspace.name() + "' belongs to the server and stays as it is");
    }
  }
}
