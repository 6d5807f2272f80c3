// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureReads;
import kinglet.feature.ViewHistory;
import kinglet.ingest.file.FileDirectory;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;
import kinglet.type.DataType;

/// The training sets of all workspaces. Safe from any thread.
public final class TrainingSets {
  private static final String NATIVE = "Native";

  private final TrainingStore store;
  private final ClickHouse clickHouse;
  private final Catalog catalog;
  private final FeatureReads features;
  private final FileDirectory files;
  private final Jobs jobs;
  private final LongSupplier storedSeq;
  private final InstantSource clock;

  /// @param files where spines are kept until they are in a table
  /// @param storedSeq stores what has been accepted, and answers until which row of the journal
  public TrainingSets(
      Database database,
      ClickHouse clickHouse,
      Catalog catalog,
      FeatureReads features,
      FileDirectory files,
      Jobs jobs,
      LongSupplier storedSeq,
      InstantSource clock) {
    this.store = new TrainingStore(database);
    this.clickHouse = clickHouse;
    this.catalog = catalog;
    this.features = features;
    this.files = files;
    this.jobs = jobs;
    this.storedSeq = storedSeq;
    this.clock = clock;
  }

  /// Runs a query of a spine, in the format Native.
  @FunctionalInterface
  public interface Queries {
    InputStream run(String workspaceId, String sql);
  }

  /// A set and the job that builds it, unless it is long over.
  public record Found(TrainingSet set, Optional<Job> job) {}

  /// Lets a job build a set.
  ///
  /// @param json the request
  /// @param file the spine if it was sent
  public Found submit(Workspace workspace, String json, Optional<SentSpine> file, Queries queries) {
    TrainingRequest request = TrainingRequest.read(json, file.map(SentSpine::format));
    List<WantedView> views = views(workspace, request);
    checkSource(workspace, request, views);
    replaceFailed(workspace, request.name());
    String id = UUID.randomUUID().toString();
    file.ifPresent(sent -> keep(id, sent.bytes()));
    TrainingSet set =
        new TrainingSet(
            id,
            workspace.id(),
            request.name(),
            "",
            json,
            OptionalLong.empty(),
            Optional.empty(),
            clock.instant());
    store.add(set);
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put("training_set", request.name());
    arguments.put("training_set_id", id);
    file.ifPresent(sent -> arguments.put("format", sent.format()));
    JobSpec spec =
        new JobSpec(
            workspace.id(),
            JobKind.TRAINING_SET,
            Optional.empty(),
            Optional.empty(),
            arguments,
            true);
    try {
      Job job = jobs.submit(spec, context -> run(context, queries));
      store.setJob(id, job.id());
      return new Found(set, Optional.of(job));
    } catch (RuntimeException e) {
      store.remove(id);
      files.remove(id);
      throw e;
    }
  }

  /// A spine as it was sent.
  ///
  /// @param format as ClickHouse calls it
  public record SentSpine(String format, InputStream bytes) {}

  private void keep(String id, InputStream bytes) {
    try {
      Path _ = files.keep(id, bytes, _ -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<WantedView> views(Workspace workspace, TrainingRequest request) {
    return WantedView.of(request.features(), name -> features.history(workspace, name));
  }

  /// What is wrong with the columns of a data source is said at once.
  private void checkSource(Workspace workspace, TrainingRequest request, List<WantedView> views) {
    if (request.spine() instanceof TrainingRequest.SpineSource.DataSource(String name)) {
      Spine spine = Spine.of(tables(workspace, ""), source(workspace, name), request.time());
      spine.check(keys(views));
      new Assembly(tables(workspace, ""), spine, views, request.statuses()).check();
    }
  }

  private static List<String> keys(List<WantedView> views) {
    return views.stream().flatMap(view -> view.view().keys().stream()).distinct().toList();
  }

  private DataSource source(Workspace workspace, String name) {
    Resources resources = catalog.current(workspace);
    return resources
        .dataSource(name)
        .orElseThrow(
            () -> TrainingRequest.invalid("there is no data source '" + name + "' for the spine"));
  }

  private TrainingTables tables(Workspace workspace, String id) {
    return new TrainingTables(clickHouse, workspace.database(), id);
  }

  /// A set whose job failed or was cancelled leaves its name.
  private void replaceFailed(Workspace workspace, String name) {
    Optional<TrainingSet> before = store.find(workspace.id(), name);
    if (before.isPresent() && before.get().manifest().isEmpty()) {
      Optional<Job> job = jobs.find(workspace.id(), before.get().jobId());
      if (job.isEmpty() || job.get().status().ended()) {
        store.remove(before.get().id());
      }
    }
  }

  /// Builds a set, or goes on where an earlier process was interrupted.
  public void run(JobContext context, Queries queries) {
    Job job = context.job();
    String id = job.spec().arguments().getOrDefault("training_set_id", "");
    TrainingSet set = store.byId(id).orElseThrow(() -> unknown(id));
    if (set.manifest().isPresent()) {
      return;
    }
    Workspace workspace = catalog.current(set.workspaceId()).orElseThrow().workspace();
    TrainingRequest request =
        TrainingRequest.read(
            set.request(), Optional.ofNullable(job.spec().arguments().get("format")));
    List<WantedView> views = views(workspace, request);
    TrainingTables tables = tables(workspace, id);
    try {
      new Build(context, set, request, workspace, views, tables, queries).run();
    } catch (RuntimeException e) {
      context.checkStopping();
      tables.dropAll();
      files.remove(id);
      throw e;
    }
  }

  /// The building of one set.
  private final class Build {
    private final JobContext job;
    private final TrainingSet set;
    private final TrainingRequest request;
    private final Workspace workspace;
    private final List<WantedView> views;
    private final TrainingTables tables;
    private final Queries queries;
    private long readRows;

    Build(
        JobContext job,
        TrainingSet set,
        TrainingRequest request,
        Workspace workspace,
        List<WantedView> views,
        TrainingTables tables,
        Queries queries) {
      this.job = job;
      this.set = set;
      this.request = request;
      this.workspace = workspace;
      this.views = views;
      this.tables = tables;
      this.queries = queries;
    }

    void run() {
      Spine spine = spine();
      long throughSeq =
          store
              .byId(set.id())
              .flatMap(now -> now.position().stream().boxed().findFirst())
              .orElseThrow();
      long rows = tables.number("SELECT count() FROM " + tables.spine());
      long untilMicros =
          rows == 0
              ? 0
              : tables.number("SELECT max(`" + TrainingTables.TIME + "`) FROM " + tables.spine());
      for (int number = 0; number < views.size(); number++) {
        new ViewPass(
                clickHouse,
                tables,
                store,
                spine,
                views.get(number),
                number,
                request.order(),
                throughSeq,
                untilMicros)
            .run(job, read -> progress(read, rows * views.size()));
      }
      Assembly assembly = new Assembly(tables, spine, views, request.statuses());
      assembly.run(job, rows);
      if (assembly.rows() != rows) {
        throw new IllegalStateException(
            "a training set of " + assembly.rows() + " rows for " + rows);
      }
      job.commit();
      Manifest manifest =
          new Manifest(
              set.name(),
              views.stream()
                  .map(WantedView::view)
                  .collect(
                      Collectors.toMap(
                          ViewHistory::name,
                          ViewHistory::version,
                          (a, _) -> a,
                          LinkedHashMap::new)),
              request.mode(),
              throughSeq,
              request.time(),
              spine.hash(),
              List.copyOf(spine.columns().keySet()),
              rows,
              assembly.nullRates(),
              clock.instant());
      store.setManifest(set.id(), manifest.json());
      tables.drop(job, tables.spine());
      for (int number = 0; number < views.size(); number++) {
        tables.drop(job, tables.values(number));
      }
      files.remove(set.id());
    }

    private void progress(int read, long whole) {
      readRows += read;
      job.progress(0.95 * readRows / Math.max(1, whole), readRows / views.size(), 0);
    }

    /// The spine in its table, whole and checked.
    private Spine spine() {
      Spine spine = source();
      if (set.position().isPresent()) {
        return spine;
      }
      spine.check(keys(views));
      new Assembly(tables, spine, views, request.statuses()).check();
      long throughSeq = request.throughSeq().orElseGet(storedSeq);
      if (request.spine() instanceof TrainingRequest.SpineSource.DataSource(String name)) {
        spine.fill(job, TrainingSets.this.source(workspace, name), throughSeq);
      } else {
        spine.fill(job, file(), format());
      }
      long _ = spine.checkRows(views.stream().map(WantedView::view).toList());
      store.setPosition(set.id(), throughSeq);
      return spine;
    }

    private Spine source() {
      return switch (request.spine()) {
        case TrainingRequest.SpineSource.DataSource(String name) ->
            Spine.of(tables, TrainingSets.this.source(workspace, name), request.time());
        case TrainingRequest.SpineSource.Query(String sql) -> {
          if (!files.holds(set.id())) {
            keepQuery(sql);
          }
          yield Spine.of(tables, file(), NATIVE, List.of(), request.time());
        }
        case TrainingRequest.SpineSource.File(String format) ->
            Spine.of(tables, file(), format, texts(), request.time());
      };
    }

    private void keepQuery(String sql) {
      try (InputStream answer = queries.run(workspace.id(), sql)) {
        keep(set.id(), answer);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Path file() {
      return files.directory().resolve(set.id());
    }

    private String format() {
      return request.spine() instanceof TrainingRequest.SpineSource.File(String format)
          ? format
          : NATIVE;
    }

    /// Keys that are text, and the time, are text whatever they look like.
    private List<String> texts() {
      if (format().equals("Parquet")) {
        return List.of();
      }
      LinkedHashMap<String, Boolean> names = new LinkedHashMap<>();
      for (WantedView view : views) {
        for (int key = 0; key < view.view().keys().size(); key++) {
          if (!(view.view().keyTypes().get(key) instanceof DataType.Int)) {
            names.put(view.view().keys().get(key), true);
          }
        }
      }
      names.put(request.time(), true);
      return List.copyOf(names.keySet());
    }
  }

  /// The sets of a workspace, by name.
  public List<Found> list(Workspace workspace) {
    return store.list(workspace.id()).stream().map(this::found).toList();
  }

  public Found find(Workspace workspace, String name) {
    return store.find(workspace.id(), name).map(this::found).orElseThrow(() -> unknown(name));
  }

  private Found found(TrainingSet set) {
    return new Found(set, jobs.find(set.workspaceId(), set.jobId()));
  }

  /// The bytes of a complete set; the caller closes the answer.
  public Answer read(Workspace workspace, String name, TrainingFormat format) {
    TrainingSet set = find(workspace, name).set();
    if (set.manifest().isEmpty()) {
      throw new PlatformException(
          TrainingError.TRAINING_SET_INCOMPLETE,
          "the training set '" + name + "' is not complete: its job is " + set.jobId());
    }
    TrainingTables tables = tables(workspace, set.id());
    String sql =
        "SELECT * EXCEPT `"
            + TrainingTables.ROW
            + "` FROM "
            + tables.set()
            + " ORDER BY `"
            + TrainingTables.ROW
            + "`";
    return clickHouse.query(
        tables
            .statement(sql, Map.of("max_threads", "1", "output_format_parallel_formatting", "0"))
            .withFormat(format.clickHouseName()));
  }

  /// Removes a set, and ends its job if it has not ended.
  public void remove(Workspace workspace, String name) {
    Found found = find(workspace, name);
    TrainingSet set = found.set();
    found
        .job()
        .filter(job -> !job.status().ended())
        .ifPresent(job -> {
          Job _ = jobs.cancel(workspace.id(), job.id());
        });
    store.remove(set.id());
    files.remove(set.id());
    tables(workspace, set.id()).dropAll();
  }

  private static PlatformException unknown(String name) {
    return new PlatformException(
        TrainingError.UNKNOWN_TRAINING_SET, "There is no training set '" + name + "'");
  }
}
