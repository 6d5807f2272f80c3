// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import kinglet.catalog.Catalog;
import kinglet.catalog.Monitor;
import kinglet.catalog.Monitor.Watch;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureColumn;
import kinglet.feature.FeatureReads;
import kinglet.feature.FeatureService;
import kinglet.feature.ServicePlans;
import kinglet.feature.ServiceReads;
import kinglet.feature.ServiceReplay;
import kinglet.feature.WatchedFeature;
import kinglet.job.Job;
import kinglet.job.JobContext;
import kinglet.job.JobFilter;
import kinglet.job.JobKind;
import kinglet.job.JobSpec;
import kinglet.job.Jobs;
import kinglet.monitor.Alert.Kind;
import kinglet.monitor.Alert.Subject;
import kinglet.training.TrainingSets;
import kinglet.type.Column;

/// Runs monitors by jobs. Safe from any thread.
public final class Monitors {
  private static final String MONITOR = "monitor";

  private final ClickHouse clickHouse;
  private final Distributions distributions;
  private final Catalog catalog;
  private final FeatureReads features;
  private final ServiceReads services;
  private final TrainingSets sets;
  private final Jobs jobs;
  private final Alerts alerts;
  private final Webhooks webhooks;
  private final BiFunction<String, String, ServicePlans> plans;
  private final BiConsumer<Job, List<Measurement>> measured;
  private final InstantSource clock;

  /// @param plans the queries of a service, by workspace and name, for one thread
  /// @param measured hears what a run measured
  public Monitors(
      ClickHouse clickHouse,
      Catalog catalog,
      FeatureReads features,
      ServiceReads services,
      TrainingSets sets,
      Jobs jobs,
      Alerts alerts,
      Webhooks webhooks,
      BiFunction<String, String, ServicePlans> plans,
      BiConsumer<Job, List<Measurement>> measured,
      InstantSource clock) {
    this.clickHouse = clickHouse;
    this.distributions = new Distributions(clickHouse);
    this.catalog = catalog;
    this.features = features;
    this.services = services;
    this.sets = sets;
    this.jobs = jobs;
    this.alerts = alerts;
    this.webhooks = webhooks;
    this.plans = plans;
    this.measured = measured;
    this.clock = clock;
  }

  /// A monitor, its alerts that are open, and its newest run that is listed.
  public record Found(Monitor monitor, List<Alert> alerts, Optional<Job> run) {}

  /// By name.
  public List<Found> list(Workspace workspace) {
    List<Job> runs = runs(workspace.id());
    return catalog.current(workspace).monitors().stream()
        .map(monitor -> found(workspace, monitor, runs))
        .toList();
  }

  public Found find(Workspace workspace, String name) {
    return found(workspace, monitor(workspace, name), runs(workspace.id()));
  }

  private Found found(Workspace workspace, Monitor monitor, List<Job> runs) {
    return new Found(
        monitor,
        alerts.open(workspace.id(), Kind.MONITOR, monitor.name()),
        runs.stream().filter(job -> isOf(job, monitor.name())).findFirst());
  }

  private static boolean isOf(Job job, String name) {
    return name.equals(job.spec().arguments().get(MONITOR));
  }

  private List<Job> runs(String workspaceId) {
    return jobs.list(
        workspaceId,
        new JobFilter(
            Optional.of(JobKind.MONITOR),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private Monitor monitor(Workspace workspace, String name) {
    Resources resources = catalog.current(workspace);
    return resources
        .monitor(name)
        .orElseThrow(() ->
            new PlatformException(
                MonitorError.UNKNOWN_MONITOR,
                "There is no monitor '"
                    + name
                    + "'"
                    + (resources.monitors().isEmpty()
                        ? "; a project has them as features/NAME.monitor"
                        : "; there are "
                            + resources.monitors().stream()
                                .map(Monitor::name)
                                .collect(Collectors.joining(", ")))));
  }

  /// Lets a job run a monitor; while one has not ended, there is no other.
  public synchronized Job submit(Workspace workspace, String name) {
    Monitor monitor = monitor(workspace, name);
    runs(workspace.id()).stream()
        .filter(job -> isOf(job, monitor.name()) && !job.status().ended())
        .findFirst()
        .ifPresent(job -> {
          throw new PlatformException(
              MonitorError.MONITOR_RUNNING,
              "the monitor '" + name + "' runs already: its job is " + job.id());
        });
    return jobs.submit(
        new JobSpec(
            workspace.id(),
            JobKind.MONITOR,
            Optional.empty(),
            Optional.empty(),
            Map.of(MONITOR, monitor.name()),
            true),
        this::run);
  }

  /// The work of [JobKind#MONITOR]; after a restart it begins anew.
  public void run(JobContext context) {
    Job job = context.job();
    Workspace workspace = catalog.current(job.spec().workspaceId()).orElseThrow().workspace();
    Monitor monitor = monitor(workspace, job.spec().arguments().getOrDefault(MONITOR, ""));
    Watched watched = new Watched(workspace, monitor);
    Instant now = clock.instant();
    Comparison comparison = new Comparison(clickHouse, sets, workspace, monitor, now);
    List<Measurement> measurements = new ArrayList<>();
    for (Watch watch : monitor.watches()) {
      context.checkCancelled();
      context.progress((double) measurements.size() / monitor.watches().size(), 0, 0);
      measurements.add(watched.measure(watch, comparison));
    }
    context.commit();
    measured.accept(job, measurements);
    alert(workspace, monitor, measurements);
    report(context, monitor, measurements);
    webhooks.tell();
  }

  /// What a monitor watches: a view, or a service with its views.
  private final class Watched {
    /// By view.
    private final Map<String, List<FeatureColumn>> columns = new TreeMap<>();

    private final Optional<FeatureService> service;

    /// What the service computes; nothing if nobody has read it.
    private final Optional<List<Column>> computed;

    Watched(Workspace workspace, Monitor monitor) {
      String name = monitor.features();
      service = Optional.ofNullable(services.services(workspace).get(name));
      Set<String> views = service.map(FeatureService::views).orElse(Set.of(name));
      views.forEach(view -> columns.put(view, features.history(workspace, view).columns()));
      computed =
          service
              .filter(one ->
                  monitor.watches().stream()
                      .anyMatch(watch -> WatchedFeature.isOf(watch, one.name())))
              .flatMap(one -> distributions.request(workspace.id(), one.name(), one.version()))
              .map(ServiceReplay::arguments)
              .map(call -> plans.apply(workspace.id(), name).of(call).program().columns());
    }

    Measurement measure(Watch watch, Comparison comparison) {
      Optional<String> computing =
          service.map(FeatureService::name).filter(name -> WatchedFeature.isOf(watch, name));
      if (computing.isEmpty()) {
        return comparison.measure(watch, WatchedFeature.of(watch, columns));
      }
      return computed
          .map(of -> comparison.measure(watch, WatchedFeature.of(watch, computing.get(), of)))
          .orElseGet(() ->
              new Measurement(
                  watch,
                  WatchedFeature.unread(watch, computing.get()),
                  OptionalDouble.empty(),
                  0,
                  0,
                  List.of()));
    }
  }

  private void alert(Workspace workspace, Monitor monitor, List<Measurement> measurements) {
    boolean webhook = monitor.webhook().isPresent();
    Set<Subject> subjects = new HashSet<>();
    for (Measurement measurement : measurements) {
      Subject subject =
          new Subject(
              workspace.id(),
              Kind.MONITOR,
              monitor.name(),
              measurement.feature().view(),
              measurement.feature().name(),
              measurement.watch().measure());
      subjects.add(subject);
      measurement
          .value()
          .ifPresent(value ->
              alerts.measured(
                  subject, value, measurement.watch().threshold(), measurement.exceeds(), webhook));
    }
    alerts.keepOnly(workspace.id(), Kind.MONITOR, monitor.name(), subjects, webhook);
  }

  private static void report(JobContext context, Monitor monitor, List<Measurement> measurements) {
    List<Measurement> exceeding = measurements.stream().filter(Measurement::exceeds).toList();
    context.count("measured", measurements.stream().filter(one -> one.value().isPresent()).count());
    context.count(
        "too_few_values", measurements.stream().filter(one -> one.value().isEmpty()).count());
    context.count("alerting", exceeding.size());
    if (!exceeding.isEmpty()) {
      context.remark(
          exceeding.stream()
              .map(one ->
                  one.feature().fullName()
                      + ": "
                      + one.watch().measure()
                      + " "
                      + one.value().orElseThrow()
                      + " > "
                      + one.watch().threshold()
                      + (one.newCategories().isEmpty() ? "" : ", new: " + one.newCategories()))
              .collect(
                  Collectors.joining(
                      "\n",
                      "values of '" + monitor.features() + "' are not those of the reference:\n",
                      "")));
    }
  }
}
