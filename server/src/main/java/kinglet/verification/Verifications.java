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
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import kinglet.catalog.Catalog;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureReads;
import kinglet.feature.FeatureService;
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

/// Verifies feature views by jobs. Safe from any thread.
public final class Verifications {
  private final ClickHouse clickHouse;
  private final Catalog catalog;
  private final FeatureReads features;
  private final ServiceReads services;
  private final Jobs jobs;
  private final long shareEvents;
  private final LongSupplier storedSeq;
  private final Consumer<VerificationResult> results;

  /// @param shareEvents about so many events are replayed at once
  /// @param storedSeq until where all rows are in ClickHouse, once they are
  /// @param results hears what came of each view
  public Verifications(
      ClickHouse clickHouse,
      Catalog catalog,
      FeatureReads features,
      ServiceReads services,
      Jobs jobs,
      long shareEvents,
      LongSupplier storedSeq,
      Consumer<VerificationResult> results) {
    this.clickHouse = clickHouse;
    this.catalog = catalog;
    this.features = features;
    this.services = services;
    this.jobs = jobs;
    this.shareEvents = shareEvents;
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
      arguments.put("all_keys", "true");
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

  /// The work of [JobKind#VERIFICATION]; after a restart it begins anew.
  public void run(JobContext context, Queries queries) {
    Job job = context.job();
    Map<String, String> arguments = job.spec().arguments();
    String name = arguments.getOrDefault("service", "");
    Workspace workspace = catalog.current(job.spec().workspaceId()).orElseThrow().workspace();
    List<String> views = views(workspace, name);
    List<Tally> tallies = new ArrayList<>();
    Optional<FeatureService> service =
        Optional.ofNullable(services.services(workspace).get(name))
            .filter(_ -> !arguments.containsKey("all_keys"));
    int parts = views.size() + (service.isPresent() ? 1 : 0);
    for (String view : views) {
      ViewHistory history = features.history(workspace, view);
      long before = sum(tallies, Tally::reads);
      ViewCheck.Progress progress =
          (reads, of) -> {
            context.checkCancelled();
            context.progress((tallies.size() + (double) reads / of) / parts, before + reads, 0);
          };
      Tally tally =
          arguments.containsKey("all_keys")
              ? allKeys(context, workspace, history, progress)
              : logged(workspace, history, arguments, progress);
      results.accept(
          VerificationResult.of(workspace.id(), job.id(), name, view, history.version(), tally));
      tallies.add(tally);
    }
    if (service.isPresent()) {
      Tally tally = composed(context, workspace, service.get(), arguments, queries);
      results.accept(
          VerificationResult.of(
              workspace.id(), job.id(), name, "", service.get().version(), tally));
      tallies.add(tally);
    }
    report(context, tallies);
  }

  /// What the service itself computed of its views.
  private Tally composed(
      JobContext context,
      Workspace workspace,
      FeatureService service,
      Map<String, String> arguments,
      Queries queries) {
    long throughSeq = storedSeq.getAsLong();
    Map<String, ViewHistory> histories = new LinkedHashMap<>();
    service.views().forEach(view -> histories.put(view, features.history(workspace, view)));
    String rows =
        ServiceDataSource.SERVICE_READS.rowsOf(workspace.id())
            + " WHERE service = "
            + Sql.literal(service.name())
            + " AND later_seq <= "
            + throughSeq
            + ServedReads.between(
                Optional.ofNullable(arguments.get("from")).map(Instant::parse),
                Optional.ofNullable(arguments.get("to")).map(Instant::parse));
    return new ServiceCheck(
            clickHouse,
            queries.service(workspace.id(), service.name()),
            rows,
            service.version(),
            histories,
            throughSeq,
            shareEvents)
        .run((_, _) -> context.checkCancelled());
  }

  private Tally logged(
      Workspace workspace,
      ViewHistory view,
      Map<String, String> arguments,
      ViewCheck.Progress progress) {
    ServedReads.Wanted wanted =
        ServedReads.Wanted.logged(
            workspace,
            view,
            Optional.ofNullable(arguments.get("from")).map(Instant::parse),
            Optional.ofNullable(arguments.get("to")).map(Instant::parse),
            storedSeq.getAsLong());
    return new ViewCheck(clickHouse, wanted, shareEvents, Optional.empty()).run(progress);
  }

  private Tally allKeys(
      JobContext context, Workspace workspace, ViewHistory view, ViewCheck.Progress progress) {
    try (KeyReads reads =
        KeyReads.of(
            clickHouse,
            features,
            workspace,
            view.name(),
            context.job().id(),
            context::checkCancelled)) {
      // What these saw is in ClickHouse only now.
      ServedReads.Wanted wanted = new ServedReads.Wanted(reads.rows(), view, storedSeq.getAsLong());
      return new ViewCheck(clickHouse, wanted, shareEvents, Optional.of(reads)).run(progress);
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
              .map(Tally.Difference::toString)
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
