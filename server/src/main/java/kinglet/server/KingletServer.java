// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import kinglet.auth.Jwts;
import kinglet.auth.SecretKeys;
import kinglet.auth.Secrets;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.ChangeLog;
import kinglet.catalog.IngestGate;
import kinglet.catalog.PausedCopies;
import kinglet.catalog.SnapshotStore;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.ProjectDeployments;
import kinglet.catalog.deployment.ViewFailures;
import kinglet.catalog.deployment.WorkspaceRemoval;
import kinglet.catalog.replacement.BranchRows;
import kinglet.catalog.replacement.Exchanges;
import kinglet.catalog.replacement.Populations;
import kinglet.catalog.replacement.Replacements;
import kinglet.catalog.replacement.Snapshots;
import kinglet.catalog.replacement.StagedTables;
import kinglet.cli.ServerStarter;
import kinglet.cli.Version;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Endpoint;
import kinglet.clickhouse.EngineSupervisor;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.config.Config;
import kinglet.database.Database;
import kinglet.database.SqliteLibrary;
import kinglet.error.PlatformException;
import kinglet.feature.DeployChecks;
import kinglet.feature.EntityRemoval;
import kinglet.feature.FeatureQueries;
import kinglet.feature.FeatureReads;
import kinglet.feature.Features;
import kinglet.feature.OnlineFeatures;
import kinglet.feature.ReadLog;
import kinglet.feature.Replays;
import kinglet.feature.ServiceReads;
import kinglet.http.Access;
import kinglet.http.AnalyzeRoute;
import kinglet.http.BranchRoutes;
import kinglet.http.CallLog;
import kinglet.http.ChangeRoute;
import kinglet.http.ConnectorRoutes;
import kinglet.http.CopyJob;
import kinglet.http.CopyRoutes;
import kinglet.http.CopyScheduler;
import kinglet.http.CopyTargets;
import kinglet.http.DataSourceChangeRoutes;
import kinglet.http.DataSourceCreation;
import kinglet.http.DataSourceRoutes;
import kinglet.http.DependencyRoute;
import kinglet.http.DeploymentRoutes;
import kinglet.http.EntityRoutes;
import kinglet.http.EventsCreation;
import kinglet.http.EventsRoute;
import kinglet.http.FeatureRegistryRoutes;
import kinglet.http.FeatureRoutes;
import kinglet.http.FileAnalysis;
import kinglet.http.HttpServer;
import kinglet.http.ImportAnswer;
import kinglet.http.ImportJob;
import kinglet.http.ImportRoute;
import kinglet.http.JobRoutes;
import kinglet.http.MaterializationRoutes;
import kinglet.http.MonitorRoutes;
import kinglet.http.OperationLog;
import kinglet.http.OperationRoutes;
import kinglet.http.PipeChangeRoutes;
import kinglet.http.PipeEdits;
import kinglet.http.PipeRoutes;
import kinglet.http.PopulationRoute;
import kinglet.http.ProjectRoute;
import kinglet.http.RateLimits;
import kinglet.http.Replacing;
import kinglet.http.RequestBodies;
import kinglet.http.RequestIds;
import kinglet.http.Routes;
import kinglet.http.RowDeletionRoute;
import kinglet.http.RowRemoval;
import kinglet.http.RunningDeployments;
import kinglet.http.ShareRoutes;
import kinglet.http.SinkRoutes;
import kinglet.http.SnapshotRoutes;
import kinglet.http.SqlRoutes;
import kinglet.http.SqlTextRoutes;
import kinglet.http.TagRoutes;
import kinglet.http.TokenRoutes;
import kinglet.http.TrainingCopyRoute;
import kinglet.http.TrainingRoutes;
import kinglet.http.UnavailableRoutes;
import kinglet.http.VariableRoutes;
import kinglet.http.VerificationRoutes;
import kinglet.http.WorkspaceLifecycle;
import kinglet.http.WorkspaceRoutes;
import kinglet.ingest.EventIngest;
import kinglet.ingest.Expectations;
import kinglet.ingest.FileImport;
import kinglet.ingest.Intake;
import kinglet.ingest.file.FileDirectory;
import kinglet.ingest.file.RemoteFiles;
import kinglet.ingest.flush.FlushOutcome;
import kinglet.ingest.flush.Flusher;
import kinglet.job.JobKind;
import kinglet.job.Jobs;
import kinglet.journal.CrashPoints;
import kinglet.journal.Journal;
import kinglet.journal.RocksJournal;
import kinglet.journal.RocksLibrary;
import kinglet.metrics.Metrics;
import kinglet.monitor.Alerts;
import kinglet.monitor.ExpectationWatch;
import kinglet.monitor.IngestionStats;
import kinglet.monitor.MonitorSchedule;
import kinglet.monitor.Monitors;
import kinglet.monitor.Webhooks;
import kinglet.observe.LoggedDeployments;
import kinglet.observe.ServiceLog;
import kinglet.proof.Verification;
import kinglet.query.Endpoints;
import kinglet.query.Queries;
import kinglet.query.SqlQueries;
import kinglet.thread.Threads;
import kinglet.time.MicrosClock;
import kinglet.training.TrainingError;
import kinglet.training.TrainingSets;
import kinglet.verification.VerificationSchedule;
import kinglet.verification.Verifications;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running server: the graph of all rooms, in the order they start.
public final class KingletServer implements ServerStarter.Running {
  private static final Logger LOG = LoggerFactory.getLogger(KingletServer.class);
  private static final String LOCAL_WORKSPACE = "main";
  private static final Duration DEPLOYMENT_WAIT = Duration.ofSeconds(60);

  /// How long events may wait for a deployment that changes their data source.
  private static final Duration DRAIN_WAIT = Duration.ofSeconds(10);

  private static final Duration EXPORT_TIMEOUT = Duration.ofMinutes(10);

  private final Config config;
  private final RoomSettings settings;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final Routes routes = new Routes();

  /// What was started, the last on top; closed from the top.
  private final Deque<Part> parts = new ArrayDeque<>();

  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);

  private @Nullable HttpServer http;
  private @Nullable CopyScheduler copyScheduler;
  private @Nullable MonitorSchedule monitorSchedule;
  private @Nullable VerificationSchedule verificationSchedule;
  private @Nullable ClickHouse clickHouse;
  private @Nullable Features features;
  private @Nullable EngineSupervisor engine;
  private String adminToken = "";

  private record Part(String name, AutoCloseable closeable) {}

  private KingletServer(Config config, InstantSource clock) {
    this.config = config;
    this.settings = new RoomSettings(config);
    this.clock = clock;
  }

  /// Starts a server: the engine process, which takes longest, then the ground, then the edge,
  /// which answers from here on. What needs the engine waits for it behind the edge.
  public static KingletServer start(Config config) {
    LogSetup.apply(config.log());
    KingletServer server = new KingletServer(config, InstantSource.system());
    try {
      server.build();
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void build() {
    DataDirectory data = part("data", DataDirectory.open(config.server().dataDirectory()));
    Metrics metrics = part("metrics", new Metrics());
    MicrosClock micros = MicrosClock.of(clock);
    EngineSupervisor supervisor =
        part("engine", EngineSupervisor.start(settings.engine(data), metrics));
    engine = supervisor;
    clickHouse = supervisor.client();
    NativeLibraries libraries = new NativeLibraries(data.libraries());
    Meanwhile<Journal> opening =
        part(
            "journal",
            Meanwhile.make("journal", () -> openJournal(libraries, data, micros, metrics)));
    Meanwhile<HttpServer> edge = Meanwhile.make("http", () -> edge(metrics));
    SqliteLibrary.use(libraries.unpacked(SqliteLibrary.packedName(), SqliteLibrary.fileName()));
    Database database = part("database", Database.open(data.catalogue()));
    SecretKeys keys = SecretKeys.open(data.tokenKey(), random);
    Tokens tokens = new Tokens(database, keys, clock, config.server().host());
    Secrets secrets = new Secrets(database, keys, clock);
    Catalog catalog = new Catalog(database, clock, random);
    Workspace workspace = catalog.ensureWorkspace(LOCAL_WORKSPACE, "start");
    catalog.workspaces().forEach(one -> tokens.ensureDefaults(one.id()));
    tokens.ensureUser(workspace.id());
    adminToken = tokens.workspaceAdmin(workspace.id()).secret().reveal();
    data.writeAdminToken(adminToken);
    Journal journal = opening.get();
    ServiceLog log =
        part(
            "service log",
            new ServiceLog(catalog, clickHouse, id -> values(secrets, id), clock, metrics));
    FeatureLogs featureLogs = FeatureLogs.of(log, metrics);
    Features features =
        part(
            "features",
            new Features(
                catalog,
                journal,
                clickHouse,
                micros,
                settings.features(),
                settings.state(),
                data.features(),
                new ReadLog.Settings(
                    config.features().servingLogShare(),
                    featureLogs.reads(),
                    featureLogs.serviceReads()),
                metrics));
    this.features = features;
    FileDirectory files = settings.files(data);
    StagedTables staged = new StagedTables();
    Flusher flusher =
        part(
            "flusher",
            new Flusher(
                journal,
                clickHouse,
                new CatalogFlushTargets(catalog, staged, new ViewFailures(database)),
                files,
                settings.flush(),
                features::firstSeqNeeded,
                metrics));
    part("flush", () -> flushRest(flusher));
    Intake intake = new Intake(catalog);
    IngestGate gate = new FlusherGate(flusher, intake, DEPLOYMENT_WAIT, DRAIN_WAIT);
    ProjectDeployments deployments =
        new ProjectDeployments(
            database,
            catalog,
            clickHouse,
            gate,
            new ProjectTokens(tokens),
            (workspaceId, name) -> secrets.find(workspaceId, name).isPresent(),
            clock,
            random,
            config.deploy().unknownInstructions() == Config.UnknownInstructions.WARNING,
            config.deploy().filesKept(),
            step -> CrashPoints.reach("deployment." + step.replace(' ', '-')));
    deployments.listen(new LoggedDeployments(log));
    deployments.judge(new DeployChecks(settings.asOfMicros()));
    features.start((seq, timeout) ->
        !(flusher.awaitFlushed(Long.MIN_VALUE, seq, seq, timeout) instanceof FlushOutcome.Waiting));
    Jobs jobs = part("jobs", new Jobs(database, clock, settings.jobs(), metrics));
    jobs.listen(new LoggedJobs(catalog, log));
    PausedCopies paused = new PausedCopies(database);
    int keysMax = config.features().keysMax();
    Queries queries =
        new Queries(
            catalog,
            clickHouse,
            new FeatureQueries(features, keysMax, config.features().tableBytesMax().bytes()),
            settings.query(),
            settings.copies(),
            metrics);
    PartsState state = new PartsState(journal, flusher, supervisor, features);

    Jwts jwts = new Jwts(tokens, clock);
    Access access = new Access(tokens, jwts, catalog, limits());
    RequestBodies bodies = new RequestBodies(settings.bodies());
    metrics.gauge("http.bodies.bytes", bodies::inFlightBytes);
    Expectations expectations = new Expectations(log::expected);
    EventIngest ingest =
        new EventIngest(
            journal,
            intake,
            settings.decoding(),
            expectations,
            features::awaitRoom,
            features::awaitApplied);
    Duration wait = config.flush().waitTimeout().duration();
    EventsCreation eventsCreation =
        new EventsCreation(access, deployments, config.ingest().createFromEvents());
    new EventsRoute(access, bodies, eventsCreation, ingest, flusher, wait, log, metrics)
        .addTo(routes);
    FileImport imports =
        new FileImport(
            ingest,
            journal,
            clickHouse,
            files,
            expectations,
            config.ingest().rowBytesMax().bytes());
    RemoteFiles remote =
        part("remote files", new RemoteFiles(config.ingest().urlPrivateAddresses()));
    Exchanges exchanges = new Exchanges(database, clickHouse, gate);
    Replacements replacements =
        new Replacements(database, clickHouse, deployments, gate, exchanges, staged);
    Replacing replacing = new Replacing(replacements, imports);
    OperationLog operations = new OperationLog(log);
    ImportJob importJob =
        new ImportJob(catalog, imports, flusher, features, remote, replacing, operations);
    jobs.resume(JobKind.IMPORT, importJob::resume);
    imports.tidy(jobs.unfinished(JobKind.IMPORT));
    FileAnalysis analysis = new FileAnalysis(clickHouse, imports);
    ImportAnswer answer = new ImportAnswer(access, clickHouse);
    DataSourceCreation creation =
        new DataSourceCreation(
            access,
            bodies,
            deployments,
            analysis,
            imports,
            remote,
            importJob,
            jobs,
            flusher,
            wait,
            answer,
            operations);
    new ImportRoute(
            access,
            bodies,
            imports,
            replacing,
            new SqlQueries(queries, secrets, clock),
            importJob,
            jobs,
            flusher,
            features,
            wait,
            answer,
            operations,
            creation::handle)
        .addTo(routes);
    BranchRows branchRows = new BranchRows(clickHouse, catalog, deployments, gate);
    Populations populations = new Populations(clickHouse, catalog, deployments, gate, exchanges);
    SqlQueries sql = new SqlQueries(queries, secrets, clock);
    PipeEdits edits = new PipeEdits(access, deployments, paused);
    PopulationRoute population = new PopulationRoute(access, bodies, edits, populations, sql, jobs);
    population.addTo(routes);
    jobs.resume(JobKind.POPULATEVIEW, population::resume);
    new AnalyzeRoute(access, bodies, analysis, files, remote).addTo(routes);
    new DataSourceRoutes(access, clickHouse, deployments, flusher, wait, operations).addTo(routes);
    new DataSourceChangeRoutes(access, bodies, catalog, clickHouse, deployments).addTo(routes);
    new ShareRoutes(access, bodies, catalog, clickHouse, deployments).addTo(routes);
    RowDeletionRoute deletion =
        new RowDeletionRoute(
            access, bodies, sql, new RowRemoval(clickHouse, deployments, flusher, wait), jobs);
    deletion.addTo(routes);
    jobs.resume(JobKind.DELETE_DATA, deletion::resume);
    new TagRoutes(access, bodies, deployments).addTo(routes);
    new DependencyRoute(access).addTo(routes);
    new DeploymentRoutes(access, deployments, running(deployments)).addTo(routes);
    ChangeLog changes = new ChangeLog(database, clock);
    new ChangeRoute(access, changes).addTo(routes);
    new ProjectRoute(access, deployments).addTo(routes);
    new ConnectorRoutes(access, bodies, deployments, secrets).addTo(routes);
    new UnavailableRoutes(access).addTo(routes);
    CallLog calls = new CallLog(log);
    Endpoints endpoints = new Endpoints(queries, secrets, clock);
    new PipeRoutes(access, endpoints, deployments, paused, bodies, calls).addTo(routes);
    new PipeChangeRoutes(access, edits, tokens, bodies).addTo(routes);
    new MaterializationRoutes(bodies, edits, endpoints, populations, population).addTo(routes);
    new SinkRoutes(bodies, edits).addTo(routes);
    CopyJob copyJob =
        new CopyJob(catalog, imports, importJob, replacing, jobs, settings.copiesMax());
    jobs.resume(JobKind.COPY, copyJob::resume);
    CopyRoutes copies =
        new CopyRoutes(
            access,
            bodies,
            edits,
            endpoints,
            sql,
            paused,
            copyJob,
            new CopyTargets(catalog, tokens, secrets),
            secrets,
            jobs,
            clock);
    copies.addTo(routes);
    copyScheduler = part("copies", new CopyScheduler(catalog, tokens, paused, copies, clock));
    new SqlRoutes(access, sql, bodies, calls).addTo(routes);
    new SqlTextRoutes(access, sql, bodies).addTo(routes);
    Duration readTimeout = config.features().timeout().duration();
    FeatureReads featureReads = new FeatureReads(features, keysMax, readTimeout);
    ServiceReads services = new ServiceReads(features, keysMax, readTimeout);
    new FeatureRoutes(
            access,
            bodies,
            featureReads,
            new OnlineFeatures(featureReads, services, features, keysMax),
            services,
            endpoints)
        .addTo(routes);
    new FeatureRegistryRoutes(access, featureReads, services, deployments, paused).addTo(routes);
    Replays replays = settings.replays(clickHouse, data);
    TrainingSets sets =
        new TrainingSets(
            database,
            clickHouse,
            replays,
            catalog,
            featureReads,
            services,
            settings.spines(data),
            jobs,
            () -> storedSeq(journal, flusher),
            clock);
    sets.tidy();
    TrainingRoutes training = new TrainingRoutes(access, bodies, sets, sql, endpoints, clock);
    training.addTo(routes);
    new TrainingCopyRoute(access, bodies, sets, deployments, copyJob).addTo(routes);
    jobs.resume(JobKind.TRAINING_SET, training::run);
    Snapshots snapshots =
        new Snapshots(
            new SnapshotStore(database),
            clickHouse,
            catalog,
            deployments,
            gate,
            () -> storedSeq(journal, flusher),
            flusher::flushedSeq);
    SnapshotRoutes snapshotRoutes =
        new SnapshotRoutes(access, bodies, snapshots, sql, sets, jobs, clock);
    snapshotRoutes.addTo(routes);
    jobs.resume(JobKind.SNAPSHOT, snapshotRoutes::resume);
    EntityRoutes entities =
        new EntityRoutes(
            access,
            new EntityRemoval(features),
            new RowRemoval(clickHouse, deployments, flusher, wait),
            jobs);
    entities.addTo(routes);
    jobs.resume(JobKind.DELETE_ENTITY, entities::resume);
    Verifications verifications =
        new Verifications(
            database,
            clickHouse,
            replays,
            catalog,
            featureReads,
            services,
            jobs,
            () -> storedSeq(journal, flusher),
            featureLogs::verified);
    new VerificationRoutes(access, bodies, verifications, training::service).addTo(routes);
    verificationSchedule =
        part(
            "verifications",
            new VerificationSchedule(catalog, verifications, training::service, clock));
    jobs.resume(JobKind.VERIFICATION, context -> verifications.run(context, training::service));
    MonitorLogs monitorLogs = new MonitorLogs(log, metrics);
    Alerts alerts = new Alerts(database, clock, monitorLogs::changed, metrics);
    Webhooks webhooks =
        part(
            "webhooks",
            new Webhooks(catalog, alerts, secrets::value, remote::check, clock, metrics));
    Monitors monitors =
        new Monitors(
            clickHouse,
            catalog,
            featureReads,
            services,
            sets,
            jobs,
            alerts,
            webhooks,
            training::service,
            monitorLogs::measured,
            clock);
    new MonitorRoutes(access, monitors).addTo(routes);
    jobs.resume(JobKind.MONITOR, monitors::run);
    ExpectationWatch watch =
        new ExpectationWatch(
            clickHouse,
            alerts,
            (source, expectation, failed) -> log.expected(source, expectation, 1, failed ? 1 : 0));
    monitorSchedule =
        part(
            "monitors",
            new MonitorSchedule(
                catalog,
                monitors,
                alerts,
                webhooks,
                watch,
                new IngestionStats(clickHouse, featureReads),
                clock));
    new TokenRoutes(access, tokens, jwts, bodies, changes).addTo(routes);
    new VariableRoutes(access, secrets, bodies, changes).addTo(routes);
    WorkspaceRemoval removal =
        new WorkspaceRemoval(
            catalog, deployments, gate, new TokensAndSecrets(tokens, secrets), clickHouse);
    WorkspaceLifecycle lifecycle =
        new WorkspaceLifecycle(
            catalog, tokens, secrets, deployments, branchRows, removal, jobs, workspace);
    new WorkspaceRoutes(access, tokens, catalog, lifecycle, bodies).addTo(routes);
    new BranchRoutes(access, tokens, catalog, lifecycle).addTo(routes);
    new JobRoutes(access, jobs, deployments).addTo(routes);
    new OperationRoutes(state, metrics, Version.text()).addTo(routes);
    listen(edge.get());
    Thread recovery =
        Threads.platform(
            "start",
            () ->
                recover(
                    supervisor,
                    log,
                    deployments,
                    List.of(
                        exchanges::recover,
                        branchRows::recover,
                        () -> snapshots.recover(jobs.unfinished(JobKind.SNAPSHOT)),
                        queries::recover),
                    removal,
                    features,
                    flusher,
                    jobs));
    LOG.atDebug().addKeyValue("thread", recovery.getName()).log("server starts its engine");
  }

  /// At a stop, what runs is interrupted: it is taken back, here or at the next start.
  private RunningDeployments running(Deployments deployments) {
    ExecutorService threads = Threads.virtual("deployment");
    part(
        "deployments",
        () -> {
          threads.shutdownNow();
          boolean unused =
              threads.awaitTermination(
                  config.server().drainTimeout().duration().toMillis(), TimeUnit.MILLISECONDS);
        });
    return new RunningDeployments(deployments, threads, config.deploy().answerTimeout().duration());
  }

  private static List<String> values(Secrets secrets, String workspaceId) {
    return secrets.list(workspaceId).stream().map(secret -> secret.value().reveal()).toList();
  }

  /// Until which row of the journal everything is in ClickHouse, once it is.
  private long storedSeq(Journal journal, Flusher flusher) {
    long seq = journal.committedSeq();
    if (!flusher.flushAll(config.flush().waitTimeout().duration())) {
      throw new PlatformException(
          TrainingError.HISTORY_NOT_STORED,
          "rows that were accepted are not stored yet; try again later");
    }
    return seq;
  }

  private RateLimits limits() {
    Config.Limits limits = config.limits();
    return new RateLimits(clock, limits.requestsPerSecond(), limits.bytesPerSecond().bytes());
  }

  private Journal openJournal(
      NativeLibraries libraries, DataDirectory data, MicrosClock micros, Metrics metrics) {
    RocksLibrary.load(libraries.unpacked(RocksLibrary.packedName(), RocksLibrary.fileName()));
    return RocksJournal.open(settings.journal(data), micros, metrics);
  }

  private HttpServer edge(Metrics metrics) {
    return HttpServer.of(settings.http(), routes, new RequestIds(clock, random), metrics);
  }

  private void listen(HttpServer edge) {
    HttpServer listening = part("http", edge).listen();
    http = listening;
    LOG.atInfo()
        .addKeyValue("host", config.server().host())
        .addKeyValue("port", listening.port())
        .addKeyValue("version", Version.text())
        .log("server listens");
  }

  /// Waits for the engine, finishes what a crash left half done, then lets rows flow.
  private void recover(
      EngineSupervisor engine,
      ServiceLog log,
      Deployments deployments,
      List<Runnable> recoveries,
      WorkspaceRemoval removal,
      Features features,
      Flusher flusher,
      Jobs jobs) {
    Flusher.Hold hold = flusher.startHeld();
    while (!stopping.get()) {
      try {
        if (engine.awaitRunning(Duration.ofSeconds(1))) {
          log.createTables();
          deployments.recover();
          recoveries.forEach(Runnable::run);
          removal.dropDatabases();
          features.engineRuns();
          hold.close();
          jobs.start();
          started(copyScheduler).start();
          started(monitorSchedule).start();
          started(verificationSchedule).start(config.features().verifyEvery().duration());
          ready.countDown();
          LOG.info("server is ready");
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (PlatformException e) {
        if (e.code() != ClickHouseError.ENGINE_UNAVAILABLE) {
          LOG.atError().setCause(e).log("recovery failed: events are accepted and not flushed");
          return;
        }
        // The engine went away meanwhile: the recovery is repeated as soon as it is back.
        LOG.atWarn().log("engine went away while the server recovered");
      }
    }
  }

  /// At a stop: what the journal still holds is inserted, if that is quick.
  private void flushRest(Flusher flusher) {
    if (ready.getCount() == 0 && !flusher.flushAll(config.server().drainTimeout().duration())) {
      LOG.atInfo().addKeyValue("rows", flusher.health().waitingRows()).log("rows wait in journal");
    }
  }

  /// Keeps a part for the stop.
  @CanIgnoreReturnValue
  private <T extends AutoCloseable> T part(String name, T closeable) {
    parts.push(new Part(name, closeable));
    return closeable;
  }

  @Override
  public int port() {
    return started(http).port();
  }

  CopyScheduler copyScheduler() {
    return started(copyScheduler);
  }

  MonitorSchedule monitorSchedule() {
    return started(monitorSchedule);
  }

  Routes routes() {
    return routes;
  }

  @Override
  public String adminToken() {
    return adminToken;
  }

  @Override
  public boolean awaitReady(Duration timeout) {
    try {
      return ready.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  public Features features() {
    return started(features);
  }

  /// Where the engine listens, for who wants to ask it beside the platform.
  public Endpoint engine() {
    return started(engine).endpoint().orElseThrow();
  }

  @Override
  public InputStream read(String sql) {
    Answer answer =
        started(clickHouse).query(Statement.of(Role.ADMIN, sql).withTimeout(EXPORT_TIMEOUT));
    return new FilterInputStream(answer.body()) {
      @Override
      public void close() throws IOException {
        super.close();
        answer.close();
      }
    };
  }

  @Override
  public ServerStarter.Verified verifyEngine(
      long seed, long values, int threads, Path work, LongConsumer listener) {
    Verification.Result result =
        new Verification(seed, values, started(clickHouse), work, listener).run(threads);
    return new ServerStarter.Verified(
        result.cases(),
        result.compared(),
        result.windowed(),
        result.repeated(),
        result.difference());
  }

  @Override
  public void awaitStop() {
    Runtime.getRuntime().addShutdownHook(Threads.platformFactory("stop").newThread(this::close));
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Drains the edge, then closes what is below it, the last started first.
  @Override
  public void close() {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    LOG.info("server stops");
    while (!parts.isEmpty()) {
      Part part = parts.pop();
      try {
        part.closeable().close();
      } catch (Exception e) {
        LOG.atError().setCause(e).addKeyValue("part", part.name()).log("part did not stop well");
      }
    }
    LOG.info("server stopped");
    stopped.countDown();
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the server has not started");
    }
    return part;
  }
}
