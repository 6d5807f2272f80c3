// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import kinglet.job.Job;
import kinglet.metrics.Metrics;
import kinglet.monitor.Alert;
import kinglet.monitor.Alert.Subject;
import kinglet.monitor.Measurement;
import kinglet.observe.AlertChange;
import kinglet.observe.DriftMeasured;
import kinglet.observe.ServiceLog;

/// Writes what monitors measure and what alerts into the service data sources, and shows it as
/// metrics.
final class MonitorLogs {
  private final ServiceLog log;
  private final Metrics metrics;

  /// The newest value of each distance that a monitor measured.
  private final Map<List<String>, AtomicReference<Double>> distances = new ConcurrentHashMap<>();

  MonitorLogs(ServiceLog log, Metrics metrics) {
    this.log = log;
    this.metrics = metrics;
  }

  void measured(Job job, List<Measurement> measurements) {
    String monitor = job.spec().arguments().getOrDefault("monitor", "");
    for (Measurement one : measurements) {
      String distance = one.watch().measure();
      show(
          List.of(
              "workspace_id", job.spec().workspaceId(),
              "monitor", monitor,
              "feature_view", one.feature().view(),
              "feature", one.feature().name(),
              "distance", distance),
          one.value().orElse(Double.NaN));
      log.add(
          new DriftMeasured(
              job.spec().workspaceId(),
              log.now(),
              job.id(),
              monitor,
              one.feature().view(),
              one.feature().name(),
              distance,
              one.value(),
              one.watch().threshold(),
              one.exceeds(),
              one.referenceValues(),
              one.currentValues(),
              one.newCategories()));
    }
  }

  private void show(List<String> tags, double value) {
    distances
        .computeIfAbsent(
            tags,
            _ -> {
              AtomicReference<Double> shown = new AtomicReference<>(value);
              metrics.gauge("drift.distance", shown::get, tags.toArray(String[]::new));
              return shown;
            })
        .set(value);
  }

  void changed(Alert alert) {
    Subject subject = alert.subject();
    log.add(
        new AlertChange(
            subject.workspaceId(),
            log.now(),
            switch (subject.kind()) {
              case MONITOR ->
                  new AlertChange.About.Feature(subject.owner(), subject.view(), subject.name());
              case DATA_SOURCE -> new AlertChange.About.Rows(subject.owner(), subject.name());
            },
            subject.measure(),
            alert.value(),
            alert.threshold(),
            alert.openedAt(),
            !alert.isOpen()));
  }
}
