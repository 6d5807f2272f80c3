// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import kinglet.catalog.Catalog;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.NextEngine;
import kinglet.database.Database;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureReads;
import kinglet.feature.FeatureService;
import kinglet.feature.Replays;
import kinglet.feature.ServicePlans;
import kinglet.feature.ServiceReads;
import kinglet.feature.ViewHistory;
import kinglet.feature.ViewReport;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobFilter;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.JobStatus;
import kinglet.job.Jobs;
import kinglet.sql.Sql;
import kinglet.thread.Workers;

/// Verifies feature views by jobs. Safe from any thread.
public final class Verifications {
  private static final String ALL_KEYS = "all_keys";

  private final VerificationStore store;
  private final Semaphore working = new Semaphore(Workers.COUNT);
  private final ClickHouse clickHouse;
  private final Replays replays;
  private final Catalog catalog;
  private final FeatureReads features;
  private final ServiceReads services;
  private final Jobs jobs;
  private final LongSupplier storedSeq;
  private final Consumer<VerificationResult> results;

  /// @param storedSeq until where all rows are in ClickHouse, once they are
  /// @param results hears what came of each view
  public Verifications(
      Database database,
      ClickHouse clickHouse,
      Replays replays,
      Catalog catalog,
      FeatureReads features,
      ServiceReads services,
      Jobs jobs,
      LongSupplier storedSeq,
      Consumer<VerificationResult> results) {
    this.store = new VerificationStore(database);
    this.clickHouse = clickHouse;
    this.replays = replays;
    this.catalog = catalog;
    this.features = features;
    this.services = services;
    this.jobs = jobs;
    this.storedSeq = storedSeq;
    this.results = results;
  }

  /// What verifications ask for.
  public interface Queries {
    /// The queries of a feature service, for one thread.
    ServicePlans service(String workspaceId, String name);
  }

  /// Lets a job verify what was read of a feature view, or of the views of a feature service.
  ///
  /// @param from the first time of a read, with an offset
  /// @param to the time before which reads are looked at
  /// @param allKeys whether a read of every key as of now is looked at instead
  public Job submit(
      Workspace workspace,
      String name,
      Optional<String> from,
      Optional<String> to,
      boolean allKeys,
      Queries queries) {
    List<String> _ = views(workspace, name);
    if (allKeys && (from.isPresent() || to.isPresent())) {
      throw new PlatformException(
          VerificationError.INVALID_VERIFICATION,
          "all_keys reads every key now: leave from and to out");
    }
    Map<String, String> arguments = new LinkedHashMap<>();
    arguments.put("service", name);
    if (allKeys) {
      arguments.put(ALL_KEYS, "true");
    }
    from.ifPresent(text -> arguments.put("from", checked("from", text)));
    to.ifPresent(text -> arguments.put("to", checked("to", text)));
    if (from.isPresent()
        && to.isPresent()
        && !time("from", from.get()).isBefore(time("to", to.get()))) {
      throw new PlatformException(
          VerificationError.INVALID_VERIFICATION,
          "from='" + from.get() + "' is not before to='" + to.get() + "'");
    }
    JobSpec spec =
        new JobSpec(
            workspace.id(),
            JobKind.VERIFICATION,
            Optional.empty(),
            Optional.empty(),
            arguments,
            true);
    return jobs.submit(spec, context -> run(context, queries));
  }

  private static String checked(String name, String text) {
    return time(name, text).toString();
  }

  private static Instant time(String name, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new PlatformException(
          VerificationError.INVALID_VERIFICATION,
          name + " is a time with an offset, such as 2026-01-31T00:00:00Z, not '" + text + "'",
          e);
    }
  }

  private List<String> views(Workspace workspace, String name) {
    FeatureService service = services.services(workspace).get(name);
    if (service != null) {
      return List.copyOf(new TreeSet<>(service.views()));
    }
    boolean view =
        features.reports(workspace).stream().anyMatch(report -> report.name().equals(name));
    if (!view) {
      throw unknown(workspace, name);
    }
    return List.of(name);
  }

  /// The feature services of a workspace, and the views that none of them reads.
  Set<String> names(Workspace workspace) {
    Map<String, FeatureService> all = services.services(workspace);
    Set<String> names = new TreeSet<>(all.keySet());
    features.reports(workspace).stream()
        .map(ViewReport::name)
        .filter(view -> all.values().stream().noneMatch(one -> one.views().contains(view)))
        .forEach(names::add);
    return names;
  }

  /// What is known of the verifications of a feature service or a feature view.
  ///
  /// @param isService whether it is a service
  /// @param newest the newest job that is listed
  /// @param done the newest that compared all it was to compare
  public record Found(String name, boolean isService, Optional<Job> newest, Optional<Job> done) {}

  /// Of every feature service and feature view, by name.
  public List<Found> list(Workspace workspace) {
    Map<String, FeatureService> all = services.services(workspace);
    List<Job> listed =
        jobs.list(
            workspace.id(),
            new JobFilter(
                Optional.of(JobKind.VERIFICATION),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    return allNames(workspace).stream()
        .map(name -> {
          List<Job> own =
              listed.stream()
                  .filter(job -> name.equals(job.spec().arguments().get("service")))
                  .toList();
          return new Found(
              name,
              all.containsKey(name),
              own.stream().findFirst(),
              own.stream().filter(job -> job.status() == JobStatus.DONE).findFirst());
        })
        .toList();
  }

  public Found find(Workspace workspace, String name) {
    return list(workspace).stream()
        .filter(found -> found.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(workspace, name));
  }

  private PlatformException unknown(Workspace workspace, String name) {
    Set<String> all = allNames(workspace);
    return new PlatformException(
        VerificationError.NOTHING_TO_VERIFY,
        "There is no feature view or feature service '"
            + name
            + "' in the workspace"
            + (all.isEmpty() ? "" : "; there are " + String.join(", ", all)));
  }

  /// Of feature services and feature views.
  private Set<String> allNames(Workspace workspace) {
    Set<String> names = new TreeSet<>(services.services(workspace).keySet());
    features.reports(workspace).stream().map(ViewReport::name).forEach(names::add);
    return names;
  }

  /// Whether a verification has ended.
  boolean hasEnded(Job job) {
    return jobs.find(job.spec().workspaceId(), job.id())
        .map(now -> now.status().ended())
        .orElse(true);
  }

  /// The work of [JobKind#VERIFICATION]; after a restart, and with the next engine, it goes on.
  public void run(JobContext context, Queries queries) {
    try {
      new NextEngine(clickHouse, context::checkCancelled)
          .run(() -> new Work(context, queries).run());
    } catch (RuntimeException e) {
      context.checkStopping();
      forget(context.job());
      throw e;
    }
    forget(context.job());
  }

  private void forget(Job job) {
    store.forget(job.id());
    if (job.spec().arguments().containsKey(ALL_KEYS)) {
      KeyReads.drop(clickHouse, job.id());
    }
  }

  /// The work of one job.
  private final class Work {
    private final JobContext context;
    private final Queries queries;
    private final Map<String, String> arguments;
    private final String name;
    private final Workspace workspace;
    private final List<Tally> tallies = new ArrayList<>();

    Work(JobContext context, Queries queries) {
      this.context = context;
      this.queries = queries;
      this.arguments = context.job().spec().arguments();
      this.name = arguments.getOrDefault("service", "");
      this.workspace =
          catalog.current(context.job().spec().workspaceId()).orElseThrow().workspace();
    }

    void run() {
      List<String> views = views(workspace, name);
      Optional<FeatureService> service =
          Optional.ofNullable(services.services(workspace).get(name))
              .filter(_ -> !arguments.containsKey(ALL_KEYS));
      int parts = views.size() + (service.isPresent() ? 1 : 0);
      for (String view : views) {
        ViewHistory history = features.history(workspace, view);
        verify(
            view,
            history.version(),
            part ->
                arguments.containsKey(ALL_KEYS)
                    ? allKeys(part, history, progress(parts))
                    : logged(part, history, progress(parts)));
      }
      service.ifPresent(
          one -> verify("", one.version(), part -> composed(part, one, progress(parts))));
      report(context, tallies);
    }

    private ViewCheck.Progress progress(int parts) {
      int done = tallies.size();
      long before = sum(tallies, Tally::reads);
      return (reads, of) -> {
        context.checkCancelled();
        context.progress((done + (double) reads / of) / parts, before + reads, 0);
      };
    }

    /// @param view none for what the service itself computes
    private void verify(String view, int version, Function<Part, Tally> check) {
      Part part =
          new Part(
              store,
              working,
              context.job().id(),
              (view.isEmpty() ? name + "()" : view) + "@" + version);
      Optional<Tally> before =
          part.begun().flatMap(VerificationStore.Begun::tally).map(Tally::read);
      if (before.isPresent()) {
        tallies.add(before.get());
        return;
      }
      Tally tally = check.apply(part);
      results.accept(
          VerificationResult.of(workspace.id(), context.job().id(), name, view, version, tally));
      part.report(tally);
      tallies.add(tally);
    }

    private long throughSeq(Part part) {
      return part.begun().map(VerificationStore.Begun::throughSeq).orElseGet(storedSeq::getAsLong);
    }

    private Optional<Instant> time(String argument) {
      return Optional.ofNullable(arguments.get(argument)).map(Instant::parse);
    }

    /// What the service itself computed of its views.
    private Tally composed(Part part, FeatureService service, ViewCheck.Progress progress) {
      long throughSeq = throughSeq(part);
      Map<String, ViewHistory> histories = new LinkedHashMap<>();
      service.views().forEach(view -> histories.put(view, features.history(workspace, view)));
      String rows =
          ServiceDataSource.SERVICE_READS.rowsOf(workspace.id())
              + " WHERE service = "
              + Sql.literal(service.name())
              + " AND later_seq <= "
              + throughSeq
              + ServedReads.between(time("from"), time("to"));
      return new ServiceCheck(
              clickHouse,
              replays,
              () -> queries.service(workspace.id(), service.name()),
              rows,
              service.version(),
              histories,
              throughSeq)
          .run(part, progress);
    }

    private Tally logged(Part part, ViewHistory view, ViewCheck.Progress progress) {
      ServedReads.Wanted wanted =
          ServedReads.Wanted.logged(workspace, view, time("from"), time("to"), throughSeq(part));
      return new ViewCheck(clickHouse, replays, wanted, Optional.empty()).run(part, progress);
    }

    private Tally allKeys(Part part, ViewHistory view, ViewCheck.Progress progress) {
      String id = context.job().id();
      KeyReads reads =
          part.begun()
              .map(begun ->
                  KeyReads.again(
                      clickHouse, features, workspace, view.name(), id, begun.startMicros()))
              .orElseGet(() ->
                  KeyReads.of(
                      clickHouse, features, workspace, view.name(), id, context::checkCancelled));
      // What these saw is in ClickHouse only now.
      ServedReads.Wanted wanted = new ServedReads.Wanted(reads.rows(), view, throughSeq(part));
      return new ViewCheck(clickHouse, replays, wanted, Optional.of(reads)).run(part, progress);
    }
  }

  private static void report(JobContext context, List<Tally> tallies) {
    long compared = sum(tallies, Tally::compared);
    long different = compared - sum(tallies, Tally::equal);
    context.count("reads", sum(tallies, Tally::reads));
    context.count("skipped", sum(tallies, Tally::skipped));
    context.count("compared", compared);
    context.count("equal", compared - different);
    context.count("different", different);
    context.count("missing_keys", sum(tallies, tally -> tally.statuses().missing()));
    context.count("extra_keys", sum(tallies, tally -> tally.statuses().extra()));
    long statuses = sum(tallies, tally -> tally.statuses().compared() - tally.statuses().equal());
    context.count("different_statuses", statuses);
    if (different + statuses > 0) {
      context.remark(
          tallies.stream()
              .flatMap(tally -> tally.differences().stream())
              .map(Tally.Difference::text)
              .collect(
                  Collectors.joining(
                      "\n",
                      different
                          + " of "
                          + compared
                          + " values are not what history says"
                          + (statuses == 0 ? "" : ", nor is the status of " + statuses + " reads")
                          + "; the first:\n",
                      "")));
    }
  }

  private static long sum(List<Tally> tallies, ToLongFunction<Tally> count) {
    return tallies.stream().mapToLong(count).sum();
  }
}
