// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import kinglet.catalog.Catalog;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Pipe;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
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

  /// What of the state is not on disk after a crash is taken from the journal or ClickHouse again.
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  /// Entities may take this part of the memory.
  private static final int MEMORY_SHARE = 4;

  /// How long the answer to an ingest call waits for its rows to be visible.
  private static final Duration APPLY_TIMEOUT = Duration.ofSeconds(30);

  private final Catalog catalog;
  private final Journal journal;
  private final ClickHouse clickHouse;
  private final MicrosClock clock;
  private final ViewVersions versions;
  private final Shards shards;
  private final Router router;
  private final ExecutorService builder =
      Executors.newSingleThreadExecutor(Threads.platformFactory("feature-build"));
  private final CountDownLatch engineRuns = new CountDownLatch(1);
  private final Set<ViewBuild> builds = ConcurrentHashMap.newKeySet();

  /// By workspace and name: what is read, and what will be once its history is.
  private final Map<String, Map<String, LiveView>> live = new ConcurrentHashMap<>();

  private final Map<String, Map<String, LiveView>> next = new ConcurrentHashMap<>();
  private final Map<String, Map<String, FeatureService>> services = new ConcurrentHashMap<>();

  public Features(
      Catalog catalog,
      Journal journal,
      ClickHouse clickHouse,
      MicrosClock clock,
      Path directory,
      Metrics metrics) {
    this.catalog = catalog;
    this.journal = journal;
    this.clickHouse = clickHouse;
    this.clock = clock;
    this.versions = new ViewVersions(journal);
    this.shards = open(directory, metrics);
    long committed = journal.committedSeq();
    this.router = new Router(shards.feed(committed), committed, this::rows);
    metrics.gauge("feature.entities", this::entities);
  }

  private static Shards open(Path directory, Metrics metrics) {
    Runtime runtime = Runtime.getRuntime();
    StateSettings settings =
        new StateSettings(
            runtime.availableProcessors(), runtime.maxMemory() / MEMORY_SHARE, CHECKPOINT_INTERVAL);
    try {
      return Shards.open(settings, directory, metrics);
    } catch (IOException e) {
      throw new PlatformException(
          FeatureError.FEATURES_FAILED,
          "the state of features can't be opened in " + directory + ": " + e.getMessage(),
          e);
    }
  }

  /// Feeds views with what the journal commits, and follows the catalogue.
  public void start() {
    long unused = journal.addListener(router::committed);
    catalog.listen(this::follow);
    catalog.all().forEach(this::follow);
  }

  /// Lets histories be read from ClickHouse.
  public void engineRuns() {
    engineRuns.countDown();
  }

  /// The first sequence number that the journal has to keep.
  public long firstSeqNeeded() {
    return builds.stream().mapToLong(ViewBuild::neededSeq).min().orElse(Long.MAX_VALUE);
  }

  /// Waits until rows that were accepted are visible to every later read.
  public void awaitApplied(long seq) {
    try {
      if (router.await(seq, APPLY_TIMEOUT)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    throw new PlatformException(
        FeatureError.FEATURES_BEHIND,
        "the rows are stored, but feature views have not taken them in; do not send them again");
  }

  public long appliedSeq() {
    return router.appliedSeq();
  }

  /// The time of a read that names none.
  long nowMicros() {
    return clock.nowMicros();
  }

  /// The version of a view that is read.
  Optional<LiveView> find(Workspace workspace, String name) {
    return Optional.ofNullable(live.getOrDefault(workspace.id(), Map.of()).get(name))
        .or(() -> Optional.ofNullable(next.getOrDefault(workspace.id(), Map.of()).get(name)));
  }

  boolean isLive(LiveView view) {
    return live.getOrDefault(view.workspaceId(), Map.of()).get(view.name()) == view;
  }

  /// The views of a workspace, by name.
  List<LiveView> list(Workspace workspace) {
    Map<String, LiveView> all = new TreeMap<>(next.getOrDefault(workspace.id(), Map.of()));
    all.putAll(live.getOrDefault(workspace.id(), Map.of()));
    return List.copyOf(all.values());
  }

  /// The services of a workspace, by name.
  Map<String, FeatureService> services(Workspace workspace) {
    return services.getOrDefault(workspace.id(), Map.of());
  }

  private double entities() {
    return live.values().stream()
        .flatMap(views -> views.values().stream())
        .mapToLong(view -> view.state().entities())
        .sum();
  }

  private EventRows rows(StoredEntry entry, RowShape shape) {
    if (entry.kind() != EntryKind.ROWS && entry.kind() != EntryKind.IMPORTED) {
      return EventRows.NONE;
    }
    Optional<Schema> schema =
        catalog
            .dataSource(entry.dataSourceId())
            .flatMap(source -> Optional.ofNullable(source.schemaOf(entry.schemaVersion())));
    return schema
        .<EventRows>map(known ->
            new BlockRows(
                BlockCodec.decode(carried(entry, known), entry.payload()),
                entry.firstSeq(),
                entry.ingestedMicros(),
                shape))
        .orElse(EventRows.NONE);
  }

  private static Schema carried(StoredEntry entry, Schema schema) {
    return entry.kind() == EntryKind.IMPORTED ? Known.with(schema) : schema;
  }

  /// Makes the views those of a workspace's resources.
  private synchronized void follow(Resources resources) {
    String workspace = resources.workspace().id();
    services.put(workspace, servicesOf(resources));
    Map<String, LiveView> wanted = new LinkedHashMap<>();
    sources(resources)
        .forEach((name, source) -> wanted.put(name, wanted(workspace, source, wanted)));
    Map<String, LiveView> current = live.computeIfAbsent(workspace, _ -> new ConcurrentHashMap<>());
    Map<String, LiveView> coming = next.computeIfAbsent(workspace, _ -> new ConcurrentHashMap<>());
    for (LiveView old : List.copyOf(coming.values())) {
      if (wanted.get(old.name()) != old) {
        drop(old, coming);
      }
    }
    for (LiveView old : List.copyOf(current.values())) {
      if (!wanted.containsKey(old.name())) {
        drop(old, current);
      }
    }
    for (LiveView view : wanted.values()) {
      if (current.get(view.name()) != view && coming.get(view.name()) != view) {
        coming.put(view.name(), view);
        build(view);
      }
    }
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

  /// What the views are made of, lookup views first.
  private static Map<String, ViewSource> sources(Resources resources) {
    Map<String, ViewSource> sources = new LinkedHashMap<>();
    List<Pipe> left =
        resources.pipes().stream().map(CompiledPipe::pipe).filter(Pipe::features).toList();
    for (boolean enriched : new boolean[] {false, true}) {
      for (Pipe pipe : left) {
        if (!sources.containsKey(pipe.name())) {
          try {
            sources.put(pipe.name(), ViewSource.of(resources, pipe, sources));
          } catch (DefinitionProblem | BadInstruction | PlatformException e) {
            if (enriched) {
              LOG.atError()
                  .setCause(e)
                  .addKeyValue("view", pipe.name())
                  .log("feature view is not served");
            }
          }
        }
      }
    }
    return sources;
  }

  /// The view there is, unless another is meant.
  private LiveView wanted(String workspace, ViewSource made, Map<String, LiveView> others) {
    String name = made.program().name();
    int version = versions.of(workspace, name, made.fingerprint());
    for (Map<String, Map<String, LiveView>> known : List.of(live, next)) {
      LiveView view = known.getOrDefault(workspace, Map.of()).get(name);
      if (view != null && view.version() == version) {
        return view;
      }
    }
    List<LiveView> lookups =
        made.program().enrichments().stream()
            .map(enrichment ->
                Optional.ofNullable(others.get(enrichment.lookup().name())).orElseThrow())
            .toList();
    String stateName = workspace + "/" + name + "@" + version;
    if (shards.find(stateName) != null) {
      // The same view is just being forgotten.
      stateName += "#" + System.nanoTime();
    }
    return new LiveView(
        workspace,
        made.program(),
        version,
        made.source(),
        lookups,
        shards.open(stateName, made.program().layout()));
  }

  private void build(LiveView view) {
    ViewBuild build = new ViewBuild(view, journal, clickHouse, router, this::rows, shards);
    builds.add(build);
    builder.execute(() -> {
      try {
        if (build.readsHistory()) {
          engineRuns.await();
        }
        build.run(() -> complete(view, build));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        builds.remove(build);
        view.fail(String.valueOf(e.getMessage()));
        LOG.atError().setCause(e).addKeyValue("view", view.name()).log("feature view not built");
      }
    });
  }

  /// On the router's thread: the view is read from now on, in the place of an earlier version.
  private void complete(LiveView view, ViewBuild build) {
    try {
      boolean unused = router.awaitRouted(APPLY_TIMEOUT);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    builds.remove(build);
    List<LiveView> replaced = new ArrayList<>();
    next.getOrDefault(view.workspaceId(), Map.of())
        .computeIfPresent(
            view.name(),
            (name, coming) -> {
              if (coming != view) {
                return coming;
              }
              Optional.ofNullable(live.get(view.workspaceId()))
                  .map(current -> current.put(name, view))
                  .ifPresent(replaced::add);
              return null;
            });
    if (!isLive(view)) {
      forget(view);
      return;
    }
    view.completed();
    replaced.forEach(this::forget);
    LOG.atInfo()
        .addKeyValue("view", view.name())
        .addKeyValue("version", view.version())
        .addKeyValue("rows", view.builtRows())
        .log("feature view is complete");
  }

  private void drop(LiveView view, Map<String, LiveView> from) {
    boolean unused = from.remove(view.name(), view);
    router.between(() -> forget(view));
  }

  /// On the router's thread.
  private void forget(LiveView view) {
    router.remove(view);
    shards.remove(view.state());
  }

  @Override
  public void close() {
    builder.shutdownNow();
    router.close();
    shards.checkpoint();
    shards.close();
  }
}
