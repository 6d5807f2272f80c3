// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import kinglet.catalog.Catalog;
import kinglet.catalog.ChangeLog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Finding;
import kinglet.catalog.Identifiers;
import kinglet.catalog.IngestGate;
import kinglet.catalog.Micros;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out one plan: intent, tables, views, filling, switch, cleaning up.
///
/// Until the switch any failure takes everything back. A failure after it leaves the cleaning to
/// whoever comes next: a retry, a deployment, or a start.
final class DeploymentRun {
  private static final Logger LOG = LoggerFactory.getLogger(DeploymentRun.class);

  private static final String INTERRUPTED =
      "The server stopped before the deployment was live: it was taken back, and nothing was"
          + " changed; deploy again";

  private final Database database;
  private final Catalog catalog;
  private final Administrator administrator;
  private final IngestGate gate;
  private final DeclaredTokens tokens;
  private final InstantSource clock;
  private final int filesKept;
  private final DeploymentSteps steps;

  /// What is held for workspaces whose last deployment is not finished.
  private final Map<String, Queue<IngestGate.Hold>> unfinished = new ConcurrentHashMap<>();

  DeploymentRun(
      Database database,
      Catalog catalog,
      Administrator administrator,
      IngestGate gate,
      DeclaredTokens tokens,
      InstantSource clock,
      int filesKept,
      DeploymentSteps steps) {
    this.database = database;
    this.catalog = catalog;
    this.administrator = administrator;
    this.gate = gate;
    this.tokens = tokens;
    this.clock = clock;
    this.filesKept = filesKept;
    this.steps = steps;
  }

  /// What a check at the switch found.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message, null, false, false);
    }
  }

  /// Carries the plan out; fails with [Refused] or a platform failure after taking all back.
  void run(
      Workspace workspace,
      Plan plan,
      Resources next,
      List<ProjectFile> files,
      DeployOptions options) {
    Deployment creating = plan.report().with(DeploymentStatus.CREATING_SCHEMA);
    Optional<Staged> staged = options.promote() ? Optional.empty() : Optional.of(plan.staged());
    database.write(handle -> {
      DeploymentStore.insert(
          handle, workspace.id(), creating, options.author(), plan.intent(), staged, files);
      return true;
    });
    steps.reached("intent stored");
    try {
      build(workspace, plan);
      if (options.promote()) {
        promote(next, plan.staged(), plan.intent(), options.author());
      } else {
        catalog.stage(next);
      }
    } catch (RuntimeException e) {
      takeBack(workspace.id(), creating.id(), plan.intent(), e);
      throw e;
    }
  }

  /// Makes a deployment live whose tables and views are there; when that fails, all is as before.
  void promote(Resources next, Staged staged, Intent intent, String author) {
    Workspace workspace = next.workspace();
    long id = next.deployment();
    IngestGate.Hold hold;
    try (IngestGate.Hold _ = drain(staged.drained())) {
      hold = hold(staged.heldForSwitch());
      try {
        steps.reached("held for the switch");
        check(workspace, staged);
        catalog.replace(next, () -> switchTo(workspace, id, staged, author));
      } catch (RuntimeException e) {
        hold.close();
        throw e;
      }
    }
    tokens.committed();
    finish(workspace.id(), id, intent, hold);
  }

  /// Takes back a deployment that waits as staging.
  void discard(Workspace workspace, long id, Intent intent, String author) {
    database.write(handle -> {
      DeploymentStore.setStatus(handle, workspace.id(), id, DeploymentStatus.DELETING, now());
      ChangeLog.add(handle, clock.instant(), workspace.id(), author, "discard", "deployment " + id);
      return true;
    });
    steps.reached("discarding");
    catalog.unstage(workspace);
    undo(workspace.id(), id, intent, DeploymentStatus.DELETED);
  }

  /// Cleans up; while that fails, the flushes that were held stay held, lest a view that is to be
  /// replaced miss or double one.
  private void finish(String workspaceId, long id, Intent intent, IngestGate.Hold hold) {
    try {
      cleanUp(workspaceId, id, intent);
      hold.close();
    } catch (PlatformException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("workspace", workspaceId)
          .addKeyValue("deployment", id)
          .log("deployment is live, its cleaning up is not finished");
      unfinished.computeIfAbsent(workspaceId, _ -> new ConcurrentLinkedQueue<>()).add(hold);
    }
  }

  /// Lets the flushes go that waited for the end of earlier deployments.
  void release(String workspaceId) {
    Queue<IngestGate.Hold> holds = unfinished.remove(workspaceId);
    if (holds != null) {
      holds.forEach(IngestGate.Hold::close);
    }
  }

  /// Whether something of the workspace waits to be finished.
  boolean unfinished(String workspaceId) {
    return unfinished.containsKey(workspaceId);
  }

  private void build(Workspace workspace, Plan plan) {
    administrator.define(
        "CREATE DATABASE IF NOT EXISTS " + Identifiers.quote(workspace.database()));
    steps.reached("database made");
    define("tables", plan.tables());
    for (Plan.Wave wave : plan.waves()) {
      fill(wave, plan.heldForViews());
    }
    database.write(handle -> {
      DeploymentStore.setStatus(
          handle, workspace.id(), plan.report().id(), DeploymentStatus.DATA_READY, now());
      return true;
    });
    steps.reached("data ready");
  }

  private void fill(Plan.Wave wave, Set<Long> heldForViews) {
    if (!wave.views().isEmpty()) {
      List<Population> whole =
          wave.populations().stream()
              .filter(population -> population.snapshot().isEmpty())
              .toList();
      try (IngestGate.Hold _ = hold(heldForViews)) {
        define("views", wave.views());
        fill(whole);
      }
    }
    fill(
        wave.populations().stream()
            .filter(population -> population.snapshot().isPresent())
            .toList());
  }

  private void define(String what, List<String> statements) {
    int number = 0;
    for (String statement : statements) {
      administrator.define(statement);
      steps.reached(what + " " + ++number);
    }
  }

  private void fill(List<Population> populations) {
    int number = 0;
    for (Population population : populations) {
      for (String insert : population.inserts(administrator)) {
        administrator.move(insert);
        steps.reached("filled " + ++number);
      }
    }
  }

  /// Whether the new tables hold what they must.
  private void check(Workspace workspace, Staged staged) {
    for (Map.Entry<String, String> check : staged.checks().entrySet()) {
      if (administrator.number(check.getKey()) > 0) {
        throw new Refused(check.getValue() + ": nothing was changed, deploy again");
      }
    }
    for (long id : database.read(handle -> ViewFailures.dataSources(handle, workspace.id()))) {
      if (staged.drained().contains(id)) {
        String name = catalog.dataSource(id).map(DataSource::name).orElse("");
        throw new Refused(
            "Rows that reached the data source '"
                + name
                + "' meanwhile could not be moved to the new table: nothing was changed; discard"
                + " the deployment, correct its FORWARD_QUERY and deploy again");
      }
    }
  }

  private void switchTo(Workspace workspace, long deployment, Staged staged, String author) {
    database.write(handle -> {
      String id = workspace.id();
      DeploymentStore.liveId(handle, id)
          .ifPresent(
              old -> DeploymentStore.setStatus(handle, id, old, DeploymentStatus.DELETED, now()));
      DeploymentStore.setStatus(handle, id, deployment, DeploymentStatus.LIVE, now());
      DeploymentStore.replaceResources(handle, id, staged.next());
      tokens.change(id, staged.tokens()).run(handle);
      DeploymentStore.forgetFiles(handle, id, filesKept);
      Deployment report = DeploymentStore.find(handle, id, deployment).orElseThrow();
      ChangeLog.add(handle, clock.instant(), id, author, "deploy", summary(report));
      return true;
    });
    steps.reached("switched");
  }

  private static String summary(Deployment report) {
    return "deployment "
        + report.id()
        + ": data sources "
        + changes(report.dataSources())
        + ", pipes "
        + changes(report.pipes())
        + ", connections "
        + changes(report.connections())
        + ", monitors "
        + changes(report.monitors());
  }

  private IngestGate.Hold drain(Set<Long> dataSources) {
    return dataSources.isEmpty() ? () -> {} : gate.drain(dataSources);
  }

  private static String changes(Changes changes) {
    return "+" + changes.added() + " ~" + changes.changed() + " -" + changes.deleted();
  }

  private IngestGate.Hold hold(Set<Long> dataSources) {
    return dataSources.isEmpty() ? () -> {} : gate.hold(dataSources);
  }

  /// Undoes a deployment that did not switch; what cannot be undone now is undone at the start.
  private void takeBack(String workspaceId, long id, Intent intent, RuntimeException failure) {
    if (isLive(workspaceId, id)) {
      return;
    }
    database.write(handle -> {
      DeploymentStore.addFinding(handle, workspaceId, id, finding(failure));
      return true;
    });
    try {
      undo(workspaceId, id, intent, DeploymentStatus.FAILED);
    } catch (PlatformException e) {
      failure.addSuppressed(e);
      unfinished.computeIfAbsent(workspaceId, _ -> new ConcurrentLinkedQueue<>());
    }
  }

  private boolean isLive(String workspaceId, long id) {
    return database.read(handle ->
        DeploymentStore.liveId(handle, workspaceId).filter(live -> live == id).isPresent());
  }

  /// Says of a deployment that a stop or a crash ended why it is taken back.
  void interrupted(String workspaceId, long id) {
    database.write(handle -> {
      if (DeploymentStore.find(handle, workspaceId, id).orElseThrow().errors().isEmpty()) {
        DeploymentStore.addFinding(handle, workspaceId, id, Finding.error(null, INTERRUPTED));
      }
      return true;
    });
  }

  /// @param end what it is afterwards
  void undo(String workspaceId, long id, Intent intent, DeploymentStatus end) {
    define("undo", intent.undo());
    database.write(handle -> {
      DeploymentStore.setStatus(handle, workspaceId, id, end, now());
      DeploymentStore.clearIntent(handle, workspaceId, id);
      return true;
    });
    steps.reached("undone");
  }

  void cleanUp(String workspaceId, long id, Intent intent) {
    define("after", intent.after());
    database.write(handle -> {
      DeploymentStore.clearIntent(handle, workspaceId, id);
      return true;
    });
    steps.reached("cleaned up");
  }

  private long now() {
    return Micros.of(clock.instant());
  }

  /// A finding that stands for a failure of a whole deployment.
  static Finding finding(RuntimeException failure) {
    String text = failure instanceof PlatformException known ? known.text() : failure.getMessage();
    return Finding.error(null, String.valueOf(text));
  }
}
