// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import kinglet.catalog.CatalogError;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.DeployResult;
import kinglet.catalog.deployment.Deployment;
import kinglet.catalog.deployment.DeploymentStatus;
import kinglet.catalog.deployment.Deployments;
import kinglet.error.PlatformException;

/// Deployments under way, each on a thread of its own: whoever asked for one that takes long is
/// answered while it goes on. Safe from any thread.
public final class RunningDeployments {
  private static final Duration STEP = Duration.ofMillis(50);

  private final Deployments deployments;
  private final ExecutorService executor;
  private final Duration answerTimeout;

  /// The one that runs, by workspace.
  private final Map<String, Future<DeployResult>> running = new ConcurrentHashMap<>();

  /// @param answerTimeout how long a caller waits for the end
  public RunningDeployments(
      Deployments deployments, ExecutorService executor, Duration answerTimeout) {
    this.deployments = deployments;
    this.executor = executor;
    this.answerTimeout = answerTimeout;
  }

  /// Runs a deployment; answers how it ended, or where it stands when that takes long.
  DeployResult run(Workspace workspace, DeployOptions options, Supplier<DeployResult> work) {
    Future<DeployResult> end = executor.submit(work::get);
    Future<DeployResult> earlier = running.putIfAbsent(workspace.id(), end);
    try {
      long endNanos = System.nanoTime() + answerTimeout.toNanos();
      while (true) {
        if (isDone(end, STEP)) {
          return result(end);
        }
        if (!options.check() && System.nanoTime() >= endNanos) {
          Optional<Deployment> standing = standing(workspace);
          if (standing.isPresent()) {
            return new DeployResult(DeployResult.Outcome.SUCCESS, standing.get());
          }
        }
      }
    } finally {
      if (earlier == null && end.isDone()) {
        boolean unused = running.remove(workspace.id(), end);
      }
    }
  }

  /// Waits a while for the end of the deployment that runs, if one does.
  void await(Workspace workspace) {
    Future<DeployResult> end = running.get(workspace.id());
    if (end != null && isDone(end, answerTimeout)) {
      boolean unused = running.remove(workspace.id(), end);
    }
  }

  /// The deployment that runs, once it is planned and until its tables are ready.
  private Optional<Deployment> standing(Workspace workspace) {
    return deployments.list(workspace).stream()
        .filter(deployment -> deployment.status() == DeploymentStatus.CREATING_SCHEMA)
        .findFirst();
  }

  private static boolean isDone(Future<DeployResult> end, Duration timeout) {
    try {
      DeployResult unused = end.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException _) {
      return true;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static DeployResult result(Future<DeployResult> end) {
    try {
      return end.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static PlatformException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new PlatformException(
        CatalogError.DEPLOYMENT_IN_PROGRESS, "the server stops while the deployment runs", cause);
  }
}
