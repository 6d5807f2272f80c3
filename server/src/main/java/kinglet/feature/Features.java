// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import kinglet.catalog.Catalog;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.Pipe;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
import kinglet.feature.ViewTable.Versions;
import kinglet.feature.definition.DefinitionProblem;
import kinglet.feature.row.BlockRows;
import kinglet.feature.row.EventRows;
import kinglet.feature.row.RowShape;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.StoredEntry;
import kinglet.metrics.Metrics;
import kinglet.state.Shards;
import kinglet.state.StateSettings;
import kinglet.state.ViewState;
import kinglet.thread.Threads;
import kinglet.time.MicrosClock;
import kinglet.type.BlockCodec;
import kinglet.type.Known;
import kinglet.type.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The feature views of all workspaces. Safe from any thread.
public final class Features implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Features.class);

  /// How often a deletion is begun anew because views that read their history were ahead.
  private static final int FORGET_TRIES = 100;

  /// How many queries read all entities of a view at once; the others wait.
  private static final int SCANS_MAX = 2;

  /// How long tasks wait for the router.
  private static final Duration ROUTER_TIMEOUT = Duration.ofSeconds(30);

  /// Views that take in rows of files at the same time; others wait.
  private static final int CATCH_UP_THREADS = 4;

  /// Between two looks at whether a state is damaged.
  private static final Duration RENEWAL_INTERVAL = Duration.ofSeconds(1);

  /// How often a state is made anew.
  private static final int RENEWALS_MAX = 3;

  /// What of the journal is kept at most until checkpoints have it; older rows are read from
  /// ClickHouse after a crash.
  private static final long KEPT_ROWS_MAX = 5_000_000;

  private final Catalog catalog;
  private final Journal journal;
  private final MicrosClock clock;
  private final Limits limits;
  private final ViewVersions versions;
  private final EntityDeletions deletions;
  private final Shards shards;
  private final Router router;
  private final Visibility visibility;
  private final ReadLog readLog;
  private final HistoryReader history;
  private final ScheduledExecutorService builder =
      Executors.newSingleThreadScheduledExecutor(Threads.platformFactory("feature-build"));
  private final ScheduledExecutorService returner =
      Executors.newScheduledThreadPool(
          CATCH_UP_THREADS, Threads.platformFactory("feature-catch-up"));

  private final ExecutorService scans =
      Executors.newFixedThreadPool(SCANS_MAX, Threads.platformFactory("feature-scan"));
  private final Set<CatchUp> builds = ConcurrentHashMap.newKeySet();

  /// Those of complete views.
  private final Set<CatchUp> returns = ConcurrentHashMap.newKeySet();

  private Flushed flushed = (_, _) -> false;

  private final ViewTable views = new ViewTable();

  /// The views whose earlier version was looked for since the start.
  private final Set<String> restored = ConcurrentHashMap.newKeySet();

  private final Map<String, Map<String, FeatureService>> services = new ConcurrentHashMap<>();

  /// The views that were read before the start.
  private volatile List<LiveView> recovered = List.of();

  /// How often a state was made anew because it was damaged, by its name.
  private final Map<String, Integer> renewals = new ConcurrentHashMap<>();

  /// How far back reads reach, and how far behind views may be.
  ///
  /// @param asOfMicros how far back reads at a time of the caller's reach
  /// @param queuedBytesMax how much of rows that were accepted waits for views; then callers wait
  /// @param applyTimeout how long an ingest call waits for room, and for its rows to be visible
  public record Limits(long asOfMicros, long queuedBytesMax, Duration applyTimeout) {}

  public Features(
      Catalog catalog,
      Journal journal,
      ClickHouse clickHouse,
      MicrosClock clock,
      Limits limits,
      StateSettings settings,
      Path directory,
      ReadLog.Settings readLog,
      Metrics metrics) {
    this.readLog = new ReadLog(readLog, journal::committedSeq);
    this.catalog = catalog;
    this.journal = journal;
    this.history = new HistoryReader(clickHouse, catalog);
    this.clock = clock;
    this.limits = limits;
    this.versions = new ViewVersions(journal);
    this.deletions = new EntityDeletions(journal);
    this.shards = open(settings, directory, metrics);
    long committed = journal.committedSeq();
    this.router =
        new Router(
            shards.feed(committed),
            committed,
            limits.queuedBytesMax(),
            this::rows,
            this::suspended);
    this.visibility = new Visibility(router, returns);
    metrics.gauge("feature.entities", this::entities);
    metrics.gauge("feature.queue.bytes", router::queuedBytes);
  }

  private static Shards open(StateSettings settings, Path directory, Metrics metrics) {
    try {
      return Shards.open(settings, directory, metrics);
    } catch (IOException e) {
      throw new PlatformException(
          FeatureError.FEATURES_FAILED,
          "the state of features can't be opened in " + directory + ": " + e.getMessage(),
          e);
    }
  }

  /// Waits for rows to be in ClickHouse.
  @FunctionalInterface
  public interface Flushed {
    /// Whether all rows up to a sequence number are, within the timeout.
    boolean await(long seq, Duration timeout);
  }

  /// Feeds views with what the journal commits, and follows the catalogue.
  public void start(Flushed rows) {
    flushed = rows;
    long unused = journal.addListener(router::committed);
    catalog.listen(this::follow);
    catalog.all().forEach(this::follow);
    recovered = views.select(Versions::all).filter(this::wasRead).toList();
    shards.removeUnopened();
    var _ =
        returner.scheduleWithFixedDelay(
            this::renewDamaged,
            RENEWAL_INTERVAL.toMillis(),
            RENEWAL_INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
    var _ =
        returner.scheduleAtFixedRate(
            this::sample,
            Activity.INTERVAL.toMillis(),
            Activity.INTERVAL.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private boolean wasRead(LiveView view) {
    return versions.isServed(view.workspaceId(), view.name(), view.version())
        || views.of(view.workspaceId(), view.name()).earlier() == view;
  }

  /// How many views that were read before the start are not yet as they were: they take in what
  /// checkpoints do not have. Those that fail at it do not count.
  public long recovering() {
    return recovered.stream()
        .filter(view -> !view.isComplete() && !view.isForgotten() && view.failure().isEmpty())
        .count();
  }

  /// Makes views of their history whose state is damaged, or that of a view they look up. First the
  /// state goes; until then whoever feeds it may be at it.
  private synchronized void renewDamaged() {
    Map<String, List<LiveView>> damaged =
        views
            .select(Versions::all)
            .filter(view -> view.isDamaged() && !isRenewed(view))
            .filter(this::mayBeRenewed)
            .collect(Collectors.groupingBy(LiveView::workspaceId));
    damaged.forEach((workspace, together) -> {
      List<LiveView> left =
          together.stream()
              .filter(view -> shards.find(view.state().name()) == view.state())
              .toList();
      for (LiveView view : left) {
        view.forget();
        router.between(() -> forget(view));
      }
      if (left.isEmpty()) {
        together.forEach(this::renew);
        catalog.all().stream()
            .filter(resources -> resources.workspace().id().equals(workspace))
            .forEach(this::follow);
      }
    });
  }

  /// What damages a state again and again is not the disk.
  private boolean mayBeRenewed(LiveView view) {
    boolean may = renewals.getOrDefault(view.state().name(), 0) < RENEWALS_MAX;
    if (!may) {
      view.giveUp();
    }
    return may;
  }

  /// Whether another is made in the place of a damaged view.
  private boolean isRenewed(LiveView view) {
    LiveView coming = views.of(view.workspaceId(), view.name()).next();
    return coming != null && coming != view && !coming.isDamaged();
  }

  private void renew(LiveView view) {
    LOG.atWarn()
        .addKeyValue("view", view.name())
        .addKeyValue("version", view.version())
        .log("feature view is made anew, as its state is damaged");
    int unused = renewals.merge(view.state().name(), 1, Integer::sum);
    if (views.of(view.workspaceId(), view.name()).earlier() == view) {
      views.remove(view);
      versions.forget(view.workspaceId(), view.name());
    }
  }

  private void sample() {
    views.select(Versions::served).forEach(view -> view.activity().sample(view.state().events()));
  }

  /// Lets histories be read from ClickHouse.
  public void engineRuns() {
    boolean unused = history.engineRuns().complete(null);
  }

  /// The first sequence number that the journal has to keep.
  public long firstSeqNeeded() {
    long stored =
        views
            .select(Versions::served)
            .mapToLong(view -> view.state().storedSeq() + 1)
            .min()
            .orElse(Long.MAX_VALUE);
    return LongStream.concat(
            Stream.concat(builds.stream(), returns.stream()).mapToLong(CatchUp::neededSeq),
            LongStream.of(Math.max(stored, journal.committedSeq() - KEPT_ROWS_MAX)))
        .min()
        .orElseThrow();
  }

  /// Runs something between two groups of the journal, which wait meanwhile.
  void between(Runnable task) {
    router.between(task);
  }

  /// Waits until rows may be accepted; they may not while views are far behind.
  public void awaitRoom() {
    try {
      if (router.awaitRoom(limits.applyTimeout())) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    throw new PlatformException(
        FeatureError.FEATURES_BUSY,
        "rows come in faster than feature views take them in; nothing was stored, send them again later");
  }

  /// Waits until rows that were accepted are visible to every later read.
  public void awaitApplied(long dataSourceId, long seq) {
    if (!isApplied(dataSourceId, seq, limits.applyTimeout())) {
      throw new PlatformException(
          FeatureError.FEATURES_BEHIND,
          "the rows are stored, but feature views have not taken them in; do not send them again");
    }
  }

  /// Waits until rows of a data source are visible to every later read; `false` if they are not in
  /// time.
  public boolean isApplied(long dataSourceId, long seq, Duration timeout) {
    return visibility.await(dataSourceId, seq, timeout);
  }

  /// Why views of a data source do not take in its rows at the moment, if they do not.
  public Optional<String> failure(long dataSourceId) {
    return live()
        .filter(view -> view.dataSourceId() == dataSourceId)
        .flatMap(view -> view.failure().stream())
        .findAny();
  }

  /// Until where the journal is part of what reads of a view give.
  long appliedSeq(LiveView view) {
    return view.appliedSeq(router);
  }

  /// Until where the journal is part of what reads of all these views give.
  long appliedSeq(Workspace workspace, Collection<String> views) {
    return views.stream()
        .flatMap(name -> find(workspace, name).stream())
        .mapToLong(this::appliedSeq)
        .min()
        .orElseGet(router::appliedSeq);
  }

  /// Until where there are rows that reads may have seen.
  long committedSeq() {
    return journal.committedSeq();
  }

  ReadLog readLog() {
    return readLog;
  }

  /// The time of a read that names none.
  long nowMicros() {
    return clock.nowMicros();
  }

  /// The version of a view that is read; of `name@version` that one.
  Optional<LiveView> find(Workspace workspace, String name) {
    return views.find(workspace.id(), name);
  }

  /// A view with the tables that its data sources have now.
  ViewHistory history(LiveView view) {
    return new ViewHistory(
        view.program(),
        view.version(),
        view.dataSourceId(),
        catalog
            .dataSource(view.dataSourceId())
            .map(DataSource::sqlName)
            .orElseThrow(() -> FeatureReads.unknown(view.name(), "")),
        view.lookups().stream().map(this::history).toList());
  }

  boolean isLive(LiveView view) {
    return views.of(view.workspaceId(), view.name()).live() == view;
  }

  private Stream<LiveView> live() {
    return views.select(versions -> Stream.ofNullable(versions.live()));
  }

  /// The views of a workspace, by name.
  List<LiveView> list(Workspace workspace) {
    return views.select(workspace.id(), versions -> versions.current().stream());
  }

  /// The versions of a workspace's views that others have taken the place of, by name.
  List<LiveView> replaced(Workspace workspace) {
    return replaced(workspace.id());
  }

  private List<LiveView> replaced(String workspaceId) {
    return views.select(workspaceId, versions -> Stream.ofNullable(versions.earlier()));
  }

  /// Forgets a version that another has taken the place of; `false` if it is no such version.
  synchronized boolean removeReplaced(LiveView view) {
    replaced(view.workspaceId()).stream()
        .filter(other -> other.lookups().contains(view))
        .findFirst()
        .ifPresent(other -> {
          throw new PlatformException(
              FeatureError.VERSION_IN_USE,
              "The version is read by "
                  + other.name()
                  + "@"
                  + other.version()
                  + "; remove that one first");
        });
    if (views.of(view.workspaceId(), view.name()).earlier() != view) {
      return false;
    }
    drop(view);
    versions.forget(view.workspaceId(), view.name());
    return true;
  }

  /// The services of a workspace, by name.
  Map<String, FeatureService> services(Workspace workspace) {
    return services.getOrDefault(workspace.id(), Map.of());
  }

  /// Does something that reads all entities of a view, on a thread that may block in files.
  <T> T scan(Callable<T> work) {
    Future<T> scan = scans.submit(work);
    try {
      return scan.get();
    } catch (InterruptedException e) {
      boolean unused = scan.cancel(true);
      Thread.currentThread().interrupt();
      throw new PlatformException(
          FeatureError.FEATURES_BEHIND, "the caller stopped waiting for the features", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PlatformException failure) {
        throw failure;
      }
      throw new IllegalStateException("features could not be read", e);
    }
  }

  /// Every version of every view of a workspace.
  List<LiveView> all(Workspace workspace) {
    return views.select(workspace.id(), Versions::all);
  }

  /// Removes an entity from every state there is and will be.
  ///
  /// @param id of the deletion; called again under it, it does what is left
  /// @return until which sequence number rows are the entity's past
  long forget(String id, Workspace workspace, NamedEntity entity) {
    Optional<EntityDeletion> known = deletions.find(id).filter(EntityDeletion::forgotten);
    if (known.isPresent()) {
      return known.get().throughSeq();
    }
    for (int tries = 0; tries < FORGET_TRIES; tries++) {
      CompletableFuture<OptionalLong> done = new CompletableFuture<>();
      router.between(() -> {
        try {
          boolean unused = done.complete(forgetNow(id, workspace, entity));
        } catch (RuntimeException e) {
          boolean unused = done.completeExceptionally(e);
        }
      });
      OptionalLong throughSeq = awaited(done);
      if (throughSeq.isPresent()) {
        return throughSeq.getAsLong();
      }
    }
    throw notForgotten();
  }

  private static OptionalLong awaited(CompletableFuture<OptionalLong> done) {
    try {
      return done.get(ROUTER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PlatformException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException _) {
      throw notForgotten();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw notForgotten();
    }
  }

  private static PlatformException notForgotten() {
    return new PlatformException(
        FeatureError.FEATURES_BEHIND, "feature views are busy; nothing was deleted, try again");
  }

  /// On the router's thread, so that no view it feeds has rows after the deletion yet. Empty if
  /// another has, which reads the journal by itself.
  private synchronized OptionalLong forgetNow(String id, Workspace workspace, NamedEntity entity) {
    EntityDeletion deletion =
        new EntityDeletion(id, workspace.id(), entity, journal.committedSeq(), false, false);
    deletions.put(deletion);
    boolean everywhere = true;
    for (LiveView view : all(workspace)) {
      everywhere &= isRid(view.state(), view.program(), deletion);
    }
    for (CatchUp build : builds) {
      for (CatchUp.Part part : build.parts()) {
        if (part.view().workspaceId().equals(workspace.id())) {
          everywhere &= isRid(part.state(), part.view().program(), deletion);
        }
      }
    }
    if (!everywhere) {
      return OptionalLong.empty();
    }
    deletions.put(deletion.asForgotten());
    return OptionalLong.of(deletion.throughSeq());
  }

  private static boolean isRid(ViewState state, ViewProgram program, EntityDeletion deletion) {
    return !deletion.entity().isOf(program)
        || deletion
            .entity()
            .keyBytes(program)
            .map(key -> state.delete(key, deletion.throughSeq()))
            .orElse(true);
  }

  /// Nothing of a deletion's entity is in ClickHouse any more.
  void removed(String id) {
    deletions.find(id).map(EntityDeletion::asRemoved).ifPresent(deletions::put);
  }

  private double entities() {
    return live().mapToLong(view -> view.state().entities()).sum();
  }

  private EventRows rows(StoredEntry entry, RowShape shape) {
    if (entry.kind() != EntryKind.ROWS && entry.kind() != EntryKind.IMPORTED) {
      return EventRows.NONE;
    }
    Optional<DataSource> source = catalog.dataSource(entry.dataSourceId());
    if (source.isEmpty()) {
      return EventRows.NONE;
    }
    Schema known = source.get().schemaOf(entry.schemaVersion());
    if (known == null) {
      throw new PlatformException(
          FeatureError.FEATURES_FAILED,
          "data source '"
              + source.get().name()
              + "' has no schema version "
              + entry.schemaVersion());
    }
    return new BlockRows(
        BlockCodec.decode(carried(entry, known), entry.payload()),
        entry.firstSeq(),
        entry.ingestedMicros(),
        shape);
  }

  private static Schema carried(StoredEntry entry, Schema schema) {
    return entry.kind() == EntryKind.IMPORTED ? Known.with(schema) : schema;
  }

  /// Makes the views those of a workspace's resources.
  private synchronized void follow(Resources resources) {
    String workspace = resources.workspace().id();
    services.put(workspace, servicesOf(resources));
    Map<String, LiveView> wanted = new LinkedHashMap<>();
    ViewSource.all(resources, limits.asOfMicros())
        .forEach((name, source) -> wanted.put(name, wanted(workspace, source, wanted)));
    for (LiveView old : views.select(workspace, versions -> Stream.ofNullable(versions.next()))) {
      if (wanted.get(old.name()) != old) {
        drop(old);
      }
    }
    for (LiveView old : views.select(workspace, Versions::served)) {
      if (!wanted.containsKey(old.name())) {
        drop(old);
        versions.forget(workspace, old.name());
      }
    }
    for (LiveView view : wanted.values()) {
      Versions known = views.of(workspace, view.name());
      LiveView read = known.live();
      if (read != view && known.next() != view) {
        if (read != null && !read.isDamaged()) {
          versions.keep(
              workspace,
              view.name(),
              new ViewVersions.Replaced(read.version(), read.fingerprint(), read.definition()));
        }
        views.putNext(view);
        build(view);
      }
    }
    wanted.keySet().stream()
        .filter(name -> restored.add(workspace + "." + name))
        .flatMap(name ->
            versions.kept(workspace, name).stream()
                .flatMap(replaced -> restore(resources, name, replaced, wanted).stream()))
        .forEach(view -> {
          views.putEarlier(view);
          build(view);
        });
  }

  /// A version that had been replaced before the server started; empty if what it was made of is
  /// not there any more.
  private Optional<LiveView> restore(
      Resources resources,
      String name,
      ViewVersions.Replaced replaced,
      Map<String, LiveView> others) {
    String workspace = resources.workspace().id();
    try {
      Pipe pipe = replaced.definition().in(resources.pipe(name).orElseThrow().pipe());
      ViewSource made =
          ViewSource.of(
              resources, pipe, ViewSource.all(resources, limits.asOfMicros()), limits.asOfMicros());
      if (made.fingerprint().equals(replaced.fingerprint())) {
        return Optional.of(
            made(
                workspace,
                made,
                replaced.version(),
                workspace + "/" + name + "@" + replaced.version(),
                others));
      }
    } catch (DefinitionProblem | BadInstruction | PlatformException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("view", name)
          .addKeyValue("version", replaced.version())
          .log("replaced version of a feature view is not served");
    }
    versions.forget(workspace, name);
    return Optional.empty();
  }

  private Map<String, FeatureService> servicesOf(Resources resources) {
    Map<String, FeatureService> found = new TreeMap<>();
    for (CompiledPipe pipe : resources.pipes()) {
      FeatureService.definition(resources, pipe)
          .ifPresent(definition -> {
            int version =
                versions.of(
                    resources.workspace().id(), pipe.name(), Fingerprint.of(definition.text()));
            found.put(pipe.name(), new FeatureService(pipe.name(), version, definition.views()));
          });
    }
    return found;
  }

  /// The view there is, unless another is meant.
  private LiveView wanted(String workspace, ViewSource made, Map<String, LiveView> others) {
    String name = made.program().name();
    int version = versions.of(workspace, name, made.fingerprint());
    Versions known = views.of(workspace, name);
    Optional<LiveView> same =
        Stream.of(known.live(), known.next())
            .filter(Objects::nonNull)
            .filter(view -> view.version() == version && !view.isDamaged())
            .findFirst();
    if (same.isPresent()) {
      return same.get();
    }
    String stateName = workspace + "/" + name + "@" + version;
    if (shards.find(stateName) != null) {
      // The same view is just being forgotten.
      stateName += "#" + System.nanoTime();
    }
    return made(workspace, made, version, stateName, others);
  }

  private LiveView made(
      String workspace,
      ViewSource made,
      int version,
      String stateName,
      Map<String, LiveView> others) {
    List<LiveView> lookups =
        made.program().enrichments().stream()
            .map(enrichment ->
                Optional.ofNullable(others.get(enrichment.lookup().name())).orElseThrow())
            .toList();
    return new LiveView(
        workspace,
        made.program(),
        version,
        made.definition(),
        made.fingerprint(),
        made.source(),
        lookups,
        open(workspace, stateName, made.program()),
        readLog,
        router);
  }

  /// Opens a state, which never sees what was deleted. Those that were there when it was deleted
  /// are rid of it.
  private ViewState open(String workspace, String name, ViewProgram program) {
    ViewState state = shards.open(name, program.layout());
    if (state.restoredSeq().isEmpty()) {
      for (EntityDeletion deletion : deletions.of(workspace)) {
        boolean unused = isRid(state, program, deletion);
      }
    }
    return state;
  }

  private void build(LiveView view) {
    AtomicReference<CatchUp> build = new AtomicReference<>();
    build.set(
        ViewBuild.of(
            view,
            sources(),
            router,
            shards,
            (name, program) -> open(view.workspaceId(), name, program),
            builder,
            () -> complete(view, build.getPlain()),
            () -> builds.remove(build.getPlain())));
    builds.add(build.getPlain());
    view.catchesUp(build.getPlain());
    build.getPlain().start();
  }

  private CatchUp.Sources sources() {
    return new CatchUp.Sources(journal, history, this::rows, flushed);
  }

  /// On the router's thread.
  private void suspended(Router.Suspension suspension) {
    CatchUp back = ViewReturn.of(suspension, sources(), router, shards, returner, returns::remove);
    returns.add(back);
    back.start();
  }

  /// On the router's thread: the view is read from now on, in the place of an earlier version.
  private void complete(LiveView view, CatchUp build) {
    try {
      boolean unused = router.awaitRouted(ROUTER_TIMEOUT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    if (views.of(view.workspaceId(), view.name()).earlier() == view) {
      builds.remove(build);
      view.completed();
      return;
    }
    Optional<LiveView> left = views.switchTo(view);
    builds.remove(build);
    if (!isLive(view)) {
      forget(view);
      return;
    }
    versions.served(view.workspaceId(), view.name(), view.version());
    view.completed();
    left.ifPresent(this::leave);
    LOG.atInfo()
        .addKeyValue("view", view.name())
        .addKeyValue("version", view.version())
        .addKeyValue("rows", view.builtRows())
        .log("feature view is complete");
  }

  /// On the router's thread: a version that was kept goes, and those that need it.
  private void leave(LiveView version) {
    replaced(version.workspaceId()).stream()
        .filter(other -> other.lookups().contains(version))
        .forEach(other -> {
          views.remove(other);
          forget(other);
        });
    forget(version);
  }

  private void drop(LiveView view) {
    views.remove(view);
    view.forget();
    router.between(() -> forget(view));
  }

  /// On the router's thread. Who feeds it in the router's place sees that nobody wants it.
  private void forget(LiveView view) {
    view.forget();
    if (router.feeds(view)) {
      router.remove(view);
      shards.remove(view.state());
    }
  }

  @Override
  public void close() {
    var _ = builder.shutdownNow();
    var _ = returner.shutdownNow();
    scans.shutdownNow();
    router.close();
    shards.checkpoint();
    shards.close();
  }
}
