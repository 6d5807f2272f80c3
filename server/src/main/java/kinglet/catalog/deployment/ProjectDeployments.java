// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import kinglet.catalog.Catalog;
import kinglet.catalog.CatalogError;
import kinglet.catalog.Finding;
import kinglet.catalog.Identifiers;
import kinglet.catalog.IngestGate;
import kinglet.catalog.Micros;
import kinglet.catalog.Pipe;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.PipeFile;
import kinglet.catalog.datafile.Project;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.datafile.ProjectReader;
import kinglet.catalog.deployment.StoredResources.StoredPipe;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.database.Database;
import kinglet.error.PlatformException;

/// Deploys projects to ClickHouse and the catalogue's database.
///
/// Any thread may call; one deployment of a workspace runs at a time, on its caller's thread.
public final class ProjectDeployments implements Deployments {
  /// How long a deployment waits for the cleaning up after the one that is live already.
  private static final Duration CLEANING_WAIT = Duration.ofSeconds(3);

  /// How long a call that changes the live project waits for a deployment that is running.
  private static final Duration EDIT_WAIT = Duration.ofSeconds(30);

  private final Database database;
  private final Catalog catalog;
  private final Administrator administrator;
  private final DeclaredTokens tokens;
  private final KnownSecrets secrets;
  private final ProjectReader reader;
  private final InstantSource clock;
  private final SecureRandom random;
  private final DeploymentRun run;
  private final Finisher finisher = new Finisher();
  private volatile DeploymentListener listener = DeploymentListener.NONE;
  private volatile FeatureChecks features = FeatureChecks.NONE;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  /// @param unknownIsWarning whether an unknown instruction in a file is a warning only
  /// @param filesKept how many deployments of a workspace can be rolled back to
  /// @param steps hears of every step of a deployment
  public ProjectDeployments(
      Database database,
      Catalog catalog,
      ClickHouse clickhouse,
      IngestGate gate,
      DeclaredTokens tokens,
      KnownSecrets secrets,
      InstantSource clock,
      SecureRandom random,
      boolean unknownIsWarning,
      int filesKept,
      DeploymentSteps steps) {
    this.database = database;
    this.catalog = catalog;
    this.administrator = new Administrator(clickhouse);
    this.tokens = tokens;
    this.secrets = secrets;
    this.reader = new ProjectReader(unknownIsWarning);
    this.clock = clock;
    this.random = random;
    this.run =
        new DeploymentRun(database, catalog, administrator, gate, tokens, clock, filesKept, steps);
    catalog.workspaces().forEach(this::load);
  }

  /// Makes the live deployment's resources current; needs no ClickHouse.
  private void load(Workspace workspace) {
    database
        .read(handle -> DeploymentStore.liveId(handle, workspace.id()))
        .ifPresent(id -> catalog.replace(assembled(workspace, id, stored(workspace))));
    waiting(workspace)
        .ifPresent(staging ->
            catalog.restage(assembled(workspace, staging.id(), staging.staged().next())));
  }

  private Resources assembled(Workspace workspace, long id, StoredResources stored) {
    // What was accepted once stays accepted.
    Project project = new ProjectReader(true).read(files(workspace, id));
    return Assembly.resources(
        workspace, id, project, stored, catalog.current(workspace).readOnly());
  }

  private List<ProjectFile> files(Workspace workspace, long id) {
    return database.read(handle -> DeploymentStore.files(handle, workspace.id(), id));
  }

  private Optional<DeploymentStore.Waiting> waiting(Workspace workspace) {
    return database.read(handle -> DeploymentStore.waiting(handle, workspace.id()));
  }

  private StoredResources stored(Workspace workspace) {
    return database.read(handle -> DeploymentStore.resources(handle, workspace.id()));
  }

  @Override
  public DeployResult deploy(Workspace workspace, List<ProjectFile> files, DeployOptions options) {
    return locked(
        workspace,
        CLEANING_WAIT,
        () ->
            heard(
                workspace,
                DeploymentEvent.Kind.DEPLOY,
                options,
                deployLocked(workspace, own(workspace, files), new Renames(Map.of()), options)));
  }

  /// Clients pull files of what other workspaces share too, which are not the project's own.
  private List<ProjectFile> own(Workspace workspace, List<ProjectFile> files) {
    Resources current = catalog.current(workspace);
    return files.stream()
        .filter(file ->
            !file.extension().equals(FileKind.DATASOURCE.word())
                || current.shared(file.resourceName()).isEmpty())
        .toList();
  }

  /// Tells of what became of a project.
  private DeployResult heard(
      Workspace workspace, DeploymentEvent.Kind kind, DeployOptions options, DeployResult result) {
    if (!options.check() && result.outcome() != DeployResult.Outcome.NO_CHANGES) {
      listener.happened(
          workspace,
          new DeploymentEvent(
              options.promote() ? kind : DeploymentEvent.Kind.PREVIEW,
              result.deployment().id(),
              options.author(),
              result.errors().stream().findFirst().map(Finding::text)));
    }
    return result;
  }

  @Override
  public DeployResult edit(
      Workspace workspace, UnaryOperator<ProjectEdit> change, DeployOptions options) {
    return locked(
        workspace,
        EDIT_WAIT,
        () -> {
          ProjectEdit edit = change.apply(ProjectEdit.of(files(workspace)));
          return accepted(
              heard(
                  workspace,
                  DeploymentEvent.Kind.DEPLOY,
                  options,
                  deployLocked(workspace, edit.files(), new Renames(edit.renames()), options)));
        });
  }

  @Override
  public void exclusively(Workspace workspace, Consumer<Resources> work) {
    boolean unused =
        locked(
            workspace,
            EDIT_WAIT,
            () -> {
              work.accept(catalog.current(workspace));
              return true;
            });
  }

  @Override
  public void removingRows(Workspace workspace, Consumer<Resources> work) {
    exclusively(
        workspace,
        resources -> {
          if (waiting(workspace).filter(it -> !it.staged().drained().isEmpty()).isPresent()) {
            refuseBesideStaging(workspace);
          }
          work.accept(resources);
        });
  }

  @Override
  public List<ProjectFile> files(Workspace workspace) {
    return database
        .read(handle -> DeploymentStore.liveId(handle, workspace.id()))
        .map(id -> files(workspace, id))
        .orElse(List.of());
  }

  @Override
  public Deployment setLive(Workspace workspace, long id, String author) {
    return locked(
        workspace,
        CLEANING_WAIT,
        () -> {
          Deployment deployment = known(workspace, id);
          if (!deployment.live()) {
            DeploymentStore.Waiting staging = staging(workspace, deployment);
            Resources next = assembled(workspace, id, staging.staged().next());
            try {
              run.promote(next, staging.staged(), staging.intent(), author);
              done(workspace, DeploymentEvent.Kind.PROMOTE, id, author);
            } catch (DeploymentRun.Refused e) {
              throw new PlatformException(
                  CatalogError.CHANGE_REFUSED, DeploymentRun.finding(e).message(), e);
            }
          }
          return known(workspace, id);
        });
  }

  @Override
  public Deployment discard(Workspace workspace, long id, String author) {
    return locked(
        workspace,
        CLEANING_WAIT,
        () -> {
          Deployment deployment = known(workspace, id);
          switch (deployment.status()) {
            case FAILED, DELETED -> {}
            case LIVE ->
                throw new PlatformException(
                    CatalogError.DEPLOYMENT_NOT_WAITING,
                    "The deployment "
                        + id
                        + " is live: deploy another project, or roll back to an earlier deployment");
            case CALCULATING, CREATING_SCHEMA, DATA_READY, DELETING -> {
              Intent intent = staging(workspace, deployment).intent();
              run.discard(workspace, id, intent, author);
              done(workspace, DeploymentEvent.Kind.DELETE, id, author);
            }
          }
          return known(workspace, id);
        });
  }

  @Override
  public DeployResult rollback(Workspace workspace, long id, DeployOptions options) {
    return locked(
        workspace,
        CLEANING_WAIT,
        () -> {
          Deployment earlier = known(workspace, id);
          List<ProjectFile> files = files(workspace, id);
          if (earlier.id() > 0 && files.isEmpty()) {
            throw new PlatformException(
                CatalogError.DEPLOYMENT_FILES_GONE,
                "The files of deployment " + id + " are not kept any more");
          }
          return heard(
              workspace,
              DeploymentEvent.Kind.ROLLBACK,
              options,
              deployLocked(workspace, files, new Renames(Map.of()), options));
        });
  }

  private void done(Workspace workspace, DeploymentEvent.Kind kind, long id, String author) {
    listener.happened(workspace, new DeploymentEvent(kind, id, author, Optional.empty()));
  }

  private Deployment known(Workspace workspace, long id) {
    return find(workspace, id)
        .orElseThrow(() ->
            new PlatformException(
                CatalogError.UNKNOWN_DEPLOYMENT, "The deployment '" + id + "' does not exist"));
  }

  private DeploymentStore.Waiting staging(Workspace workspace, Deployment deployment) {
    return waiting(workspace)
        .filter(found -> found.id() == deployment.id())
        .orElseThrow(() ->
            new PlatformException(
                CatalogError.DEPLOYMENT_NOT_WAITING,
                "The deployment "
                    + deployment.id()
                    + " does not wait to be set live: it is "
                    + deployment.status().word()));
  }

  private static DeployResult accepted(DeployResult result) {
    if (!result.failed()) {
      return result;
    }
    List<Finding> errors = result.errors();
    String others = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
    throw new PlatformException(CatalogError.CHANGE_REFUSED, errors.getFirst().message() + others);
  }

  private <T> T locked(Workspace workspace, Duration wait, Supplier<T> work) {
    ReentrantLock lock = locks.computeIfAbsent(workspace.id(), _ -> new ReentrantLock());
    if (!acquired(lock, wait)) {
      throw new PlatformException(
          CatalogError.DEPLOYMENT_IN_PROGRESS,
          "Another deployment of the workspace '"
              + workspace.name()
              + "' is running; try again when it has ended");
    }
    try {
      finishEarlier(workspace.id());
      return work.get();
    } finally {
      if (run.unfinished(workspace.id())) {
        finisher.later(() -> finishLater(workspace.id()));
      }
      lock.unlock();
    }
  }

  private static boolean acquired(ReentrantLock lock, Duration wait) {
    try {
      return lock.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private DeployResult deployLocked(
      Workspace workspace, List<ProjectFile> files, Renames renames, DeployOptions options) {
    long startNanos = System.nanoTime();
    if (!options.check()) {
      refuseBesideStaging(workspace);
    }
    Findings findings = new Findings(files);
    Resources current = renames.of(catalog.current(workspace));
    StoredResources stored = renames.of(stored(workspace));
    Instant now = Micros.toInstant(Micros.of(clock.instant()));
    long id = database.read(handle -> DeploymentStore.nextDeploymentId(handle, workspace.id()));
    Project project = reader.read(files);
    project.findings().forEach(findings::add);
    ReferenceCheck references =
        new ReferenceCheck(
            project,
            findings,
            name -> secrets.has(workspace.id(), name),
            (schema, name) -> current.sharedTable(schema, name).isPresent());
    Map<String, List<String>> shares = new ShareLines(catalog, findings).of(workspace, project);
    if (!findings.hasErrors()) {
      references.run();
      new ViewCycles(project, findings).run();
    }
    if (findings.hasErrors()) {
      return failed(id, now, findings);
    }
    ResolvedProject resolved =
        new Rehearsal(
                administrator,
                rehearsalDatabase(workspace),
                findings,
                references,
                features,
                current,
                catalog.readers(workspace))
            .run(project, pipes(workspace, project, stored, now))
            .sharing(shares);
    if (findings.hasErrors()) {
      return failed(id, now, findings);
    }
    Planner planner =
        new Planner(
            current,
            stored,
            resolved,
            options,
            findings,
            administrator,
            id,
            forwardQueries(workspace));
    planner.decide();
    if (findings.hasErrors()) {
      return failed(id, now, findings);
    }
    Plan plan = plan(workspace, current, stored, resolved, planner, options, id, now, findings);
    Resources next = Assembly.resources(workspace, id, project, plan.next(), current.readOnly());
    catalog.obstacles(next).forEach(obstacle -> findings.add(Finding.error(null, obstacle)));
    if (findings.hasErrors()) {
      return failed(id, now, findings);
    }
    if (plan.isEmpty() && renames.isEmpty()) {
      return new DeployResult(DeployResult.Outcome.NO_CHANGES, plan.report());
    }
    if (options.check()) {
      return new DeployResult(DeployResult.Outcome.SUCCESS, plan.report(), plan.operations());
    }
    Resources before = catalog.current(workspace);
    DeployResult result = carryOut(workspace, plan, next, files, options, now, findings);
    if (!result.failed()) {
      listener.deployed(before, next, result, renames.names(), System.nanoTime() - startNanos);
    }
    return result;
  }

  /// Tells `heard` of every deployment from now on.
  public void listen(DeploymentListener heard) {
    listener = heard;
  }

  /// Lets feature views be judged from now on; without, they are refused.
  public void judge(FeatureChecks checks) {
    features = checks;
  }

  private void refuseBesideStaging(Workspace workspace) {
    waiting(workspace)
        .ifPresent(staging -> {
          throw new PlatformException(
              CatalogError.STAGING_WAITS,
              "The deployment "
                  + staging.id()
                  + " waits as staging: set it live or discard it first");
        });
  }

  private Map<String, String> forwardQueries(Workspace workspace) {
    Map<String, String> queries = new HashMap<>();
    new ProjectReader(true)
        .read(files(workspace))
        .dataSources()
        .forEach(file -> file.forwardQuery().ifPresent(query -> queries.put(file.name(), query)));
    return queries;
  }

  private Plan plan(
      Workspace workspace,
      Resources current,
      StoredResources stored,
      ResolvedProject resolved,
      Planner planner,
      DeployOptions options,
      long id,
      Instant now,
      Findings findings) {
    int fresh =
        (int)
            resolved.dataSources().stream()
                .filter(file -> stored.dataSource(file.name()).isEmpty())
                .count();
    long[] nextId = {
      options.check() || fresh == 0
          ? 0
          : database.write(handle -> DeploymentStore.takeDataSourceIds(handle, fresh))
    };
    List<TokenDeclaration> declared = PlanWriter.tokens(resolved);
    return new PlanWriter(
            current, stored, resolved, planner, now, id, () -> nextId[0]++, this::publicId)
        .write(findings.all(), declared, tokens.preview(workspace.id(), declared));
  }

  private DeployResult carryOut(
      Workspace workspace,
      Plan plan,
      Resources next,
      List<ProjectFile> files,
      DeployOptions options,
      Instant now,
      Findings findings) {
    long id = next.deployment();
    try {
      run.run(workspace, plan, next, files, options);
    } catch (DeploymentRun.Refused e) {
      findings.add(DeploymentRun.finding(e));
      return failed(id, now, findings);
    } catch (PlatformException e) {
      if (e.code() != ClickHouseError.QUERY_FAILED) {
        throw e;
      }
      findings.add(DeploymentRun.finding(e));
      return failed(id, now, findings);
    }
    return new DeployResult(
        DeployResult.Outcome.SUCCESS, find(workspace, id).orElse(plan.report()), plan.operations());
  }

  private List<Pipe> pipes(
      Workspace workspace, Project project, StoredResources stored, Instant now) {
    List<Pipe> pipes = new ArrayList<>();
    for (PipeFile file : project.pipes()) {
      StoredPipe identity =
          stored
              .pipe(file.name())
              .orElseGet(() -> new StoredPipe(publicId(), file.name(), null, null, now, now));
      pipes.add(Assembly.pipe(workspace, file, identity));
    }
    return pipes;
  }

  private String publicId() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return "t_" + HexFormat.of().formatHex(bytes);
  }

  private static DeployResult failed(long id, Instant now, Findings findings) {
    List<Finding> all = findings.all();
    return new DeployResult(
        DeployResult.Outcome.FAILED,
        new Deployment(
            id,
            DeploymentStatus.FAILED,
            false,
            now,
            now,
            all,
            Changes.none(),
            Changes.none(),
            Changes.none(),
            Changes.none(),
            List.of(),
            List.of()));
  }

  @Override
  public List<Deployment> list(Workspace workspace) {
    List<Deployment> shown = new ArrayList<>();
    for (Deployment deployment : all(workspace)) {
      switch (deployment.status()) {
        case LIVE, CALCULATING, CREATING_SCHEMA, DATA_READY, DELETING -> shown.add(deployment);
        case FAILED, DELETED -> {}
      }
    }
    if (shown.isEmpty() || !shown.getFirst().live()) {
      shown.addFirst(beforeTheFirst(workspace, DeploymentStatus.LIVE));
    }
    return shown;
  }

  @Override
  public List<Deployment> history(Workspace workspace) {
    return all(workspace).stream()
        .sorted(Comparator.comparingLong(Deployment::id).reversed())
        .toList();
  }

  private List<Deployment> all(Workspace workspace) {
    return catalog.settled(
        () -> database.read(handle -> DeploymentStore.list(handle, workspace.id())));
  }

  @Override
  public Optional<Deployment> find(Workspace workspace, long id) {
    if (id == 0) {
      boolean live = catalog.current(workspace).deployment() == 0;
      return Optional.of(
          beforeTheFirst(workspace, live ? DeploymentStatus.LIVE : DeploymentStatus.DELETED));
    }
    return catalog.settled(
        () -> database.read(handle -> DeploymentStore.find(handle, workspace.id(), id)));
  }

  @Override
  public Map<Instant, String> authors(Workspace workspace) {
    return database.read(handle -> DeploymentStore.authors(handle, workspace.id()));
  }

  /// Clients expect something live to compare with.
  private static Deployment beforeTheFirst(Workspace workspace, DeploymentStatus status) {
    return new Deployment(
        0,
        status,
        status == DeploymentStatus.LIVE,
        workspace.createdAt(),
        workspace.createdAt(),
        List.of(),
        Changes.none(),
        Changes.none(),
        Changes.none(),
        Changes.none(),
        List.of(),
        List.of());
  }

  @Override
  public void recover() {
    for (Workspace workspace : catalog.workspaces()) {
      ReentrantLock lock = locks.computeIfAbsent(workspace.id(), _ -> new ReentrantLock());
      // A deployment may be rehearsed already: calls are answered while the server recovers.
      lock.lock();
      try {
        administrator.define(
            "DROP DATABASE IF EXISTS " + Identifiers.quote(rehearsalDatabase(workspace)) + " SYNC");
        finishEarlier(workspace.id());
      } finally {
        lock.unlock();
      }
    }
  }

  private static String rehearsalDatabase(Workspace workspace) {
    return workspace.database() + "_check";
  }

  /// Tries once more what failed; answers whether there is nothing left to do.
  private boolean finishLater(String workspaceId) {
    ReentrantLock lock = locks.computeIfAbsent(workspaceId, _ -> new ReentrantLock());
    if (!lock.tryLock()) {
      return !run.unfinished(workspaceId);
    }
    try {
      finishEarlier(workspaceId);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Cleans up after deployments that switched, undoes those that did not.
  private void finishEarlier(String workspaceId) {
    for (DeploymentStore.Unfinished earlier : database.read(DeploymentStore::unfinished)) {
      if (!earlier.workspaceId().equals(workspaceId)) {
        continue;
      }
      switch (earlier.status()) {
        case CALCULATING, CREATING_SCHEMA, DATA_READY, FAILED -> {
          run.interrupted(workspaceId, earlier.id());
          run.undo(workspaceId, earlier.id(), earlier.intent(), DeploymentStatus.FAILED);
        }
        case DELETING ->
            run.undo(workspaceId, earlier.id(), earlier.intent(), DeploymentStatus.DELETED);
        case LIVE, DELETED -> run.cleanUp(workspaceId, earlier.id(), earlier.intent());
      }
    }
    run.release(workspaceId);
  }
}
