// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.catalog.Snapshot;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.NextEngine;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureReads;
import kinglet.feature.FeatureService;
import kinglet.feature.Replays;
import kinglet.feature.ServicePlans;
import kinglet.feature.ServiceReads;
import kinglet.ingest.file.FileDirectory;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;
import kinglet.journal.CrashPoints;
import kinglet.thread.Workers;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;

/// The training sets of all workspaces. Safe from any thread.
public final class TrainingSets {
  private static final String NATIVE = "Native";
  private static final String PARQUET = "Parquet";

  private final TrainingStore store;
  private final ClickHouse clickHouse;
  private final Replays replays;
  private final Catalog catalog;
  private final FeatureReads features;
  private final ServiceReads services;
  private final FileDirectory files;
  private final Jobs jobs;
  private final LongSupplier storedSeq;
  private final Semaphore working = new Semaphore(Workers.COUNT);
  private final InstantSource clock;

  /// @param files where spines are kept until they are in a table
  /// @param storedSeq stores what has been accepted, and answers until which row of the journal
  public TrainingSets(
      Database database,
      ClickHouse clickHouse,
      Replays replays,
      Catalog catalog,
      FeatureReads features,
      ServiceReads services,
      FileDirectory files,
      Jobs jobs,
      LongSupplier storedSeq,
      InstantSource clock) {
    this.store = new TrainingStore(database);
    this.clickHouse = clickHouse;
    this.replays = replays;
    this.catalog = catalog;
    this.features = features;
    this.services = services;
    this.files = files;
    this.jobs = jobs;
    this.storedSeq = storedSeq;
    this.clock = clock;
  }

  /// What of a workspace's pipes and SQL a set needs, as an administrator sees it.
  public interface Queries {
    /// Runs a query of a spine; the answer is in the format Native.
    InputStream run(String workspaceId, String sql);

    /// The queries of a feature service, for one thread.
    ServicePlans service(String workspaceId, String name);
  }

  /// A set and the job that builds it, unless it is long over.
  public record Found(TrainingSet set, Optional<Job> job) {}

  /// Lets a job build a set.
  ///
  /// @param json the request
  /// @param file the spine if it was sent
  public Found submit(Workspace workspace, String json, Optional<SentSpine> file, Queries queries) {
    TrainingRequest request = TrainingRequest.read(json, file.map(SentSpine::format));
    check(workspace, request, queries);
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
    SnapshotHistory history = history(workspace, request);
    return WantedView.of(request.features(), name -> history.of(features.history(workspace, name)));
  }

  private SnapshotHistory history(Workspace workspace, TrainingRequest request) {
    return SnapshotHistory.of(tables(workspace, ""), catalog.current(workspace), request.history());
  }

  /// What can be said to be wrong before anything is read is said at once.
  private void check(Workspace workspace, TrainingRequest request, Queries queries) {
    request.throughSeq().ifPresent(this::checkPast);
    List<WantedView> views = views(workspace, request);
    if (request.service().isEmpty()) {
      history(workspace, request).checkRead(views);
    }
    request
        .since()
        .ifPresent(name -> {
          Manifest.Earlier _ = earlier(workspace, name);
        });
    Optional<ServicePlans> plans =
        request.service().map(name -> queries.service(workspace.id(), name));
    if (request.spine() instanceof TrainingRequest.SpineSource.DataSource(String name)) {
      Spine spine = spine(workspace, tables(workspace, ""), name, request.time(), 0);
      spine.check(keys(views));
      plans.ifPresent(known -> {
        List<String> _ = WantedService.parameters(request.service().orElseThrow(), known, spine);
      });
    }
  }

  private void checkPast(long seq) {
    long newest = storedSeq.getAsLong();
    if (seq > newest) {
      throw TrainingRequest.invalid(
          "journal_seq="
              + seq
              + " has not come yet: the newest row of the journal has the number "
              + newest);
    }
  }

  private Manifest.Earlier earlier(Workspace workspace, String name) {
    return Manifest.Earlier.read(
        find(workspace, name).set().manifest().orElseThrow(() -> incomplete(name)));
  }

  private static List<String> keys(List<WantedView> views) {
    return views.stream().flatMap(view -> view.keys().stream()).distinct().toList();
  }

  /// The rows of a data source, or of a snapshot.
  private Spine spine(
      Workspace workspace, TrainingTables tables, String name, String time, long throughSeq) {
    Resources resources = catalog.current(workspace);
    if (name.startsWith(Snapshot.SCHEMA + ".")) {
      return Spine.of(tables, SnapshotHistory.snapshot(resources, name), time, throughSeq);
    }
    DataSource source =
        resources
            .dataSource(name)
            .orElseThrow(() ->
                TrainingRequest.invalid(
                    "there is no data source '"
                        + name
                        + "' for the spine; there are "
                        + resources.dataSources().stream()
                            .map(DataSource::name)
                            .collect(Collectors.joining(", "))));
    return Spine.of(tables, source, time, throughSeq);
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
        tables(workspace, before.get().id()).dropAll();
        store.remove(before.get().id());
      }
    }
  }

  /// Builds a set, or goes on where an earlier process was interrupted.
  public void run(JobContext context, Queries queries) {
    Job job = context.job();
    String id = job.spec().arguments().getOrDefault("training_set_id", "");
    TrainingSet set = find(id);
    if (set.manifest().isPresent()) {
      tidy(set);
      return;
    }
    Workspace workspace = workspace(set);
    TrainingRequest request =
        TrainingRequest.read(
            set.request(), Optional.ofNullable(job.spec().arguments().get("format")));
    TrainingTables tables = tables(workspace, id);
    try {
      new NextEngine(clickHouse, context::checkCancelled)
          .run(() -> new Build(context, find(id), request, workspace, tables, queries).run());
    } catch (RuntimeException e) {
      context.checkStopping();
      tables.dropAll();
      files.remove(id);
      throw e;
    }
  }

  private TrainingSet find(String id) {
    return store.byId(id).orElseThrow(() -> unknown(id));
  }

  private Workspace workspace(TrainingSet set) {
    return catalog.current(set.workspaceId()).orElseThrow(() -> unknown(set.name())).workspace();
  }

  /// Drops what a complete set was made of.
  private void tidy(TrainingSet set) {
    tables(workspace(set), set.id()).dropParts();
    files.remove(set.id());
  }

  /// Removes files of an earlier process that nobody needs.
  public void tidy() {
    files.keepOnly(store.unfinished());
  }

  /// The building of one set.
  private final class Build {
    /// Of the whole work, what reading views is said to be.
    private static final double READING = 0.9;

    private final JobContext job;
    private final TrainingSet set;
    private final TrainingRequest request;
    private final Workspace workspace;
    private final TrainingTables tables;
    private final Queries queries;
    private final Optional<Manifest.Earlier> earlier;
    private final SnapshotHistory history;
    private final AtomicLong readRows = new AtomicLong();

    Build(
        JobContext job,
        TrainingSet set,
        TrainingRequest request,
        Workspace workspace,
        TrainingTables tables,
        Queries queries) {
      this.job = job;
      this.set = set;
      this.request = request;
      this.workspace = workspace;
      this.tables = tables;
      this.queries = queries;
      this.earlier = request.since().map(name -> earlier(workspace, name));
      this.history = history(workspace, request);
    }

    /// What is read of a spine: views, and perhaps a service over them.
    private record Wanted(List<WantedView> views, Optional<WantedService> service) {
      long delayMicros() {
        return service.map(WantedService::delayMicros).orElse(0L);
      }

      /// What the columns of the features are called.
      List<String> features() {
        return service
            .map(one -> one.added().stream().map(Column::name).toList())
            .orElseGet(() ->
                views.stream()
                    .flatMap(view -> view.features().stream())
                    .map(WantedView.Wanted::name)
                    .toList());
      }
    }

    void run() {
      long throughSeq = set.position().orElseGet(() -> request.throughSeq().orElseGet(storedSeq));
      if (set.position().isEmpty()) {
        Spine source = source(throughSeq);
        Wanted wanted = wanted(source);
        source.check(keys(wanted.views()));
        Assembly.checkNames(source.columns().keySet(), wanted.features(), request.statuses());
        stage(retyped(source, wanted), wanted);
        store.setPosition(set.id(), throughSeq);
        CrashPoints.reach("training.staged");
      }
      Spine spine = Spine.staged(tables, request.time());
      Wanted wanted = wanted(spine);
      long rows = tables.number("SELECT count() FROM " + tables.spine());
      Manifest manifest = manifest(spine, wanted, throughSeq, rows);
      earlier.ifPresent(before -> checkEarlier(before, spine, manifest));
      long fromRow = earlier.map(Manifest.Earlier::rows).orElse(0L);
      List<Values> values = values(spine, wanted, throughSeq, fromRow, rows);
      Assembly assembly = new Assembly(tables, spine, values, request.statuses());
      assembly.run(job, rows, earlierRows());
      if (assembly.rows() != rows) {
        throw new IllegalStateException("a training set of " + assembly.rows() + " for " + rows);
      }
      CrashPoints.reach("training.assembled");
      job.commit();
      store.setManifest(set.id(), manifest.with(assembly.nullRates()).json());
      tidy(set);
    }

    /// Reads the views, then computes the service if there is one.
    private List<Values> values(
        Spine spine, Wanted wanted, long throughSeq, long fromRow, long rows) {
      long untilMicros = rows == 0 ? 0 : tables.number("SELECT max(__time) FROM " + tables.spine());
      ViewPass.Span span =
          new ViewPass.Span(
              request.order(), throughSeq, untilMicros, wanted.delayMicros(), fromRow);
      List<Values> values = new ArrayList<>();
      int views = wanted.views().size();
      for (int number = 0; number < views; number++) {
        ViewPass pass =
            new ViewPass(
                clickHouse,
                replays,
                tables,
                store,
                spine,
                wanted.views().get(number),
                number,
                span,
                working);
        pass.run(job, read -> progress(read, (rows - fromRow) * views, views));
        values.add(pass.values());
      }
      if (wanted.service().isEmpty()) {
        return values;
      }
      WantedService service = wanted.service().get();
      ServicePass pass =
          new ServicePass(
              clickHouse,
              tables,
              store,
              spine,
              service,
              () -> queries.service(workspace.id(), service.name()),
              views,
              working);
      pass.run(job, fromRow, rows);
      return List.of(pass.values());
    }

    private void progress(int read, long whole, int views) {
      long all = readRows.addAndGet(read);
      job.progress(READING * all / Math.max(1, whole), all / views, 0);
    }

    private Manifest manifest(Spine spine, Wanted wanted, long throughSeq, long rows) {
      Map<String, Integer> versions = new LinkedHashMap<>();
      wanted.views().forEach(one -> versions.put(one.view().name(), one.view().version()));
      return new Manifest(
          set.name(),
          wanted.service().map(one -> Map.entry(one.name(), one.version())),
          versions,
          history.shape(),
          wanted.features(),
          request.mode(),
          wanted.delayMicros(),
          throughSeq,
          request.time(),
          request.statuses(),
          spine.hash(rows),
          List.copyOf(spine.columns().keySet()),
          earlier.map(before -> Map.entry(before.name(), before.rows())),
          rows,
          Map.of());
    }

    /// The set must be of the kind of the earlier one, whose spine is the beginning of this one's.
    private void checkEarlier(Manifest.Earlier before, Spine spine, Manifest manifest) {
      before
          .difference(manifest)
          .ifPresent(what -> {
            throw TrainingRequest.invalid(
                "the training set '"
                    + before.name()
                    + "' is of another kind: '"
                    + what
                    + "' differs; build the set without since");
          });
      if (manifest.rows() < before.rows()
          || !spine.hash(before.rows()).equals(before.spineHash())) {
        throw Spine.bad(
            "the first "
                + before.rows()
                + " rows of the spine are not those of the training set '"
                + before.name()
                + "': new rows have to follow them");
      }
    }

    private Assembly.Earlier earlierRows() {
      return earlier
          .map(before ->
              new Assembly.Earlier(
                  tables(workspace, find(workspace, before.name()).set().id()).set(),
                  before.rows()))
          .orElse(Assembly.Earlier.NONE);
    }

    private Wanted wanted(Spine spine) {
      if (request.service().isEmpty()) {
        return new Wanted(views(workspace, request), Optional.empty());
      }
      String name = request.service().get();
      Resources resources = catalog.current(workspace);
      FeatureService service =
          Optional.ofNullable(services.services(workspace).get(name))
              .orElseThrow(
                  () -> TrainingRequest.invalid("there is no feature service '" + name + "'"));
      long delayMicros =
          resources
              .pipe(name)
              .flatMap(pipe ->
                  pipe.pipe().kind() instanceof PipeKind.Endpoint endpoint
                      ? endpoint.featureDelay()
                      : Optional.empty())
              .map(delay -> delay.toNanos() / 1_000)
              .orElse(0L);
      WantedService wanted =
          WantedService.of(
              name,
              service.version(),
              delayMicros,
              queries.service(workspace.id(), name),
              spine,
              view -> history.of(features.history(workspace, view)));
      history.checkRead(wanted.views());
      return new Wanted(wanted.views(), Optional.of(wanted));
    }

    /// Where the spine comes from.
    private Spine source(long throughSeq) {
      return switch (request.spine()) {
        case TrainingRequest.SpineSource.DataSource(String name) ->
            spine(workspace, tables, name, request.time(), throughSeq);
        case TrainingRequest.SpineSource.Query(String sql) -> {
          if (!files.holds(set.id())) {
            keepQuery(sql);
          }
          yield Spine.of(tables, file(), NATIVE, List.of(), request.time());
        }
        case TrainingRequest.SpineSource.File(String format) ->
            Spine.of(tables, file(), format, List.of(request.time()), request.time());
      };
    }

    /// In a file of text, keys and parameters that are no numbers are text whatever they look like.
    private Spine retyped(Spine spine, Wanted wanted) {
      if (!(request.spine() instanceof TrainingRequest.SpineSource.File(String format))
          || format.equals(PARQUET)) {
        return spine;
      }
      Set<String> texts = new TreeSet<>(List.of(request.time()));
      for (WantedView view : wanted.views()) {
        for (int key = 0; key < view.keys().size(); key++) {
          if (!isNumber(view.view().keyTypes().get(key))) {
            texts.add(view.keys().get(key));
          }
        }
      }
      wanted
          .service()
          .ifPresent(service ->
              service.inputs().stream()
                  .filter(input -> !isNumber(input.type()))
                  .forEach(input -> texts.add(input.parameter())));
      texts.retainAll(spine.columns().keySet());
      return Spine.of(tables, file(), format, List.copyOf(texts), request.time());
    }

    private static boolean isNumber(DataType type) {
      return switch (Spine.present(type)) {
        case DataType.Int _, DataType.Float _, DataType.Decimal _, DataType.Bool _ -> true;
        default -> false;
      };
    }

    /// Brings the spine into its table, and checks its rows.
    private void stage(Spine spine, Wanted wanted) {
      spine.fill(job);
      spine.checkRows(wanted.views());
      wanted
          .service()
          .ifPresent(service ->
              service
                  .inputs()
                  .forEach(input ->
                      spine.checkValues(
                          input.parameter(),
                          input.type(),
                          "as the service '" + service.name() + "' takes it")));
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

  /// Whether a set that is being built reads a snapshot.
  public boolean reads(Snapshot snapshot) {
    return store.building().stream()
        .filter(set ->
            jobs.find(set.workspaceId(), set.jobId())
                .filter(job -> !job.status().ended())
                .isPresent())
        .filter(set ->
            catalog
                .current(set.workspaceId())
                .filter(resources -> resources.snapshots().contains(snapshot))
                .isPresent())
        .anyMatch(set -> TrainingRequest.names(set.request(), snapshot));
  }

  /// The rows of a complete set in ClickHouse.
  ///
  /// @param table as SQL
  /// @param service whose columns they are, if a service's
  public record Rows(String name, String table, Optional<String> service, List<String> columns) {
    /// What a column that a service computes is called.
    public String computed(String of, String column) {
      if (service.filter(of::equals).isEmpty()) {
        throw TrainingRequest.invalid(
            "the training set '" + name + "' does not hold what the service '" + of + "' computes");
      }
      return column(of, column);
    }

    /// What the column of a feature is called.
    public String column(String view, String feature) {
      return Stream.of(view + "__" + feature, feature)
          .filter(columns::contains)
          .findFirst()
          .orElseThrow(() ->
              TrainingRequest.invalid(
                  "the training set '"
                      + name
                      + "' has no feature '"
                      + feature
                      + "'; it has "
                      + String.join(", ", columns)));
    }
  }

  public Rows rows(Workspace workspace, String name) {
    TrainingSet set = find(workspace, name).set();
    String manifest = set.manifest().orElseThrow(() -> incomplete(name));
    return new Rows(
        name,
        tables(workspace, set.id()).set(),
        Manifest.service(manifest),
        Manifest.features(manifest));
  }

  /// The bytes of a complete set; the caller closes the answer.
  public Answer read(Workspace workspace, String name, TrainingFormat format) {
    return read(workspace, name, "SELECT *", "", format.clickHouseName());
  }

  /// The same of a part of it.
  ///
  /// @param select what of its columns, such as `SELECT *`
  /// @param rest what follows, such as a LIMIT
  public Answer read(Workspace workspace, String name, String select, String rest, String format) {
    TrainingTables tables = complete(workspace, name);
    String sql =
        "SELECT * EXCEPT `"
            + TrainingTables.ROW
            + "` FROM ("
            + select
            + " FROM "
            + tables.set()
            + ") ORDER BY `"
            + TrainingTables.ROW
            + "` "
            + rest;
    return clickHouse.query(
        tables
            .statement(sql, Map.of("max_threads", "1", "output_format_parallel_formatting", "0"))
            .withFormat(format));
  }

  /// The columns of a complete set.
  public Schema columns(Workspace workspace, String name) {
    TrainingTables tables = complete(workspace, name);
    return new Schema(
        tables.columns(tables.set()).entrySet().stream()
            .map(column -> Column.of(column.getKey(), column.getValue().sql()))
            .toList());
  }

  private TrainingTables complete(Workspace workspace, String name) {
    TrainingSet set = find(workspace, name).set();
    if (set.manifest().isEmpty()) {
      throw incomplete(name);
    }
    return tables(workspace, set.id());
  }

  /// Removes a set, and ends its job if it has not ended.
  public void remove(Workspace workspace, String name) {
    Found found = find(workspace, name);
    TrainingSet set = found.set();
    found
        .job()
        .filter(job -> set.manifest().isEmpty() && !job.status().ended())
        .ifPresent(job -> {
          Job _ = jobs.cancel(workspace.id(), job.id());
        });
    tables(workspace, set.id()).dropAll();
    files.remove(set.id());
    store.remove(set.id());
  }

  private static PlatformException incomplete(String name) {
    return new PlatformException(
        TrainingError.TRAINING_SET_INCOMPLETE,
        "the training set '"
            + name
            + "' is not complete: GET /v0/training_sets/"
            + name
            + " says how far it is");
  }

  private static PlatformException unknown(String name) {
    return new PlatformException(
        TrainingError.UNKNOWN_TRAINING_SET, "There is no training set '" + name + "'");
  }
}
