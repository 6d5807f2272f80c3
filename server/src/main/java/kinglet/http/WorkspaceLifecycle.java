// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.auth.Secrets;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.CatalogError;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.DeployResult;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.WorkspaceRemoval;
import kinglet.catalog.replacement.BranchRows;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobFilter;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;

/// Makes, renames and removes workspaces and branches with everything that belongs to them.
public final class WorkspaceLifecycle {
  private final Catalog catalog;
  private final Tokens tokens;
  private final Secrets secrets;
  private final Deployments deployments;
  private final BranchRows rows;
  private final WorkspaceRemoval removal;
  private final Jobs jobs;
  private final Workspace local;

  /// @param local the workspace that is always there
  public WorkspaceLifecycle(
      Catalog catalog,
      Tokens tokens,
      Secrets secrets,
      Deployments deployments,
      BranchRows rows,
      WorkspaceRemoval removal,
      Jobs jobs,
      Workspace local) {
    this.catalog = catalog;
    this.tokens = tokens;
    this.secrets = secrets;
    this.deployments = deployments;
    this.rows = rows;
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

  /// The rows a branch is to have.
  ///
  /// @param ignored data sources that get none
  record BranchData(BranchRows.Wanted wanted, Set<String> ignored) {}

  /// Makes a branch: the resources and secrets of its workspace, and the rows that are wanted.
  Branching createBranch(Workspace parent, String name, Optional<BranchData> data, String author) {
    Workspace branch = catalog.createBranch(parent, name, author);
    tokens.ensureDefaults(branch.id());
    secrets.copy(parent.id(), branch.id());
    JobSpec spec =
        new JobSpec(
            parent.id(),
            JobKind.DEPLOY_BRANCH,
            Optional.empty(),
            Optional.empty(),
            Map.of("branch", name),
            false);
    return new Branching(
        branch,
        jobs.submit(
            spec,
            context -> {
              fill(parent, branch, author);
              data.ifPresent(rows -> copy(context, parent, branch, rows));
            }));
  }

  /// Gives a branch rows of its workspace, by a job.
  Job copyRows(Workspace parent, Workspace branch, BranchData data) {
    JobSpec spec =
        new JobSpec(
            parent.id(),
            JobKind.DATA_BRANCH,
            Optional.empty(),
            Optional.empty(),
            Map.of("branch", branch.name(), "mode", data.wanted().name().toLowerCase(Locale.ROOT)),
            true);
    return jobs.submit(spec, context -> copy(context, parent, branch, data));
  }

  private void copy(JobContext context, Workspace parent, Workspace branch, BranchData data) {
    rows.copy(
        parent,
        branch,
        data.wanted(),
        data.ignored(),
        share -> {
          context.checkCancelled();
          context.progress(share, 0, 0);
        });
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
