// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import kinglet.database.Database;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.monitor.Alert.Kind;
import kinglet.monitor.Alert.Subject;
import org.jspecify.annotations.Nullable;

/// The alerts that are open, and those that a webhook has yet to be told of. Safe from any thread.
public final class Alerts {
  /// How often a webhook is called for one change of an alert.
  static final int CALLS_MAX = 10;

  private static final String OF_SUBJECT =
      " WHERE workspace_id = ? AND kind = ? AND owner = ? AND feature_view = ? AND name = ? AND"
          + " measure = ?";

  private final Database database;
  private final InstantSource clock;
  private final Consumer<Alert> changed;
  private final Counter opened;
  private final Map<Subject, Alert> open = new ConcurrentHashMap<>();

  /// @param changed hears of each alert that is opened or resolved
  public Alerts(Database database, InstantSource clock, Consumer<Alert> changed, Metrics metrics) {
    this.database = database;
    this.clock = clock;
    this.changed = changed;
    this.opened = metrics.counter("alerts.opened");
    metrics.gauge("alerts.open", open::size);
    database
        .read(handle ->
            handle
                .createQuery("SELECT * FROM alert WHERE resolved_at IS NULL")
                .map((row, _) -> alert(row))
                .list())
        .forEach(alert -> open.put(alert.subject(), alert));
  }

  public boolean isOpen(Subject subject) {
    return open.containsKey(subject);
  }

  /// The alerts of a monitor or data source that are open.
  public List<Alert> open(String workspaceId, Kind kind, String owner) {
    return open.values().stream()
        .filter(alert ->
            alert.subject().workspaceId().equals(workspaceId)
                && alert.subject().kind() == kind
                && alert.subject().owner().equals(owner))
        .sorted(java.util.Comparator.comparing(alert -> alert.subject().toString()))
        .toList();
  }

  /// All that are open.
  List<Alert> open() {
    return List.copyOf(open.values());
  }

  /// Takes in what was measured.
  ///
  /// @param exceeds whether there is to be an alert
  /// @param webhook whether somebody is to be told
  synchronized void measured(
      Subject subject, double value, double threshold, boolean exceeds, boolean webhook) {
    Alert before = open.get(subject);
    if (exceeds) {
      Alert now =
          new Alert(
              subject,
              value,
              threshold,
              before == null ? time() : before.openedAt(),
              Optional.empty());
      write(now, before == null, webhook);
      open.put(subject, now);
      if (before == null) {
        opened.increment();
        changed.accept(now);
      }
    } else if (before != null) {
      resolve(before, value, threshold, webhook);
    }
  }

  /// Resolves the alerts of a monitor or data source that nobody measures any more.
  synchronized void keepOnly(
      String workspaceId, Kind kind, String owner, Set<Subject> measured, boolean webhook) {
    for (Alert alert : open(workspaceId, kind, owner)) {
      if (!measured.contains(alert.subject())) {
        resolve(alert, alert.value(), alert.threshold(), webhook);
      }
    }
  }

  private void resolve(Alert before, double value, double threshold, boolean webhook) {
    Alert now =
        new Alert(before.subject(), value, threshold, before.openedAt(), Optional.of(time()));
    write(now, true, webhook);
    Alert _ = open.remove(before.subject());
    changed.accept(now);
  }

  private Instant time() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /// @param news whether it is opened or resolved by this
  private void write(Alert alert, boolean news, boolean webhook) {
    Subject subject = alert.subject();
    database.write(handle -> {
      if (!news) {
        return handle.execute(
            "UPDATE alert SET value = ?, threshold = ?" + OF_SUBJECT,
            alert.value(),
            alert.threshold(),
            subject.workspaceId(),
            subject.kind().name(),
            subject.owner(),
            subject.view(),
            subject.name(),
            subject.measure());
      }
      int _ =
          handle.execute(
              "INSERT OR REPLACE INTO alert (workspace_id, kind, owner, feature_view, name,"
                  + " measure, value, threshold, opened_at, resolved_at, calls_left)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
              subject.workspaceId(),
              subject.kind().name(),
              subject.owner(),
              subject.view(),
              subject.name(),
              subject.measure(),
              alert.value(),
              alert.threshold(),
              micros(alert.openedAt()),
              alert.resolvedAt().map(Alerts::micros).orElse(null),
              webhook ? CALLS_MAX : 0);
      return forget(handle);
    });
  }

  /// What is over and told is not kept.
  private static int forget(org.jdbi.v3.core.Handle handle) {
    return handle.execute("DELETE FROM alert WHERE resolved_at IS NOT NULL AND calls_left = 0");
  }

  /// Changes of alerts that webhooks do not know.
  List<Alert> untold() {
    return database.read(handle ->
        handle
            .createQuery("SELECT * FROM alert WHERE calls_left > 0 ORDER BY opened_at")
            .map((row, _) -> alert(row))
            .list());
  }

  /// Takes in that a webhook was called for a change.
  ///
  /// @param last whether it is not to be called again
  synchronized void called(Alert alert, boolean last) {
    Subject subject = alert.subject();
    database.write(handle -> {
      // An alert that has changed meanwhile is other news.
      int _ =
          handle.execute(
              "UPDATE alert SET calls_left = "
                  + (last ? "0" : "calls_left - 1")
                  + OF_SUBJECT
                  + " AND opened_at = ? AND resolved_at IS ?",
              subject.workspaceId(),
              subject.kind().name(),
              subject.owner(),
              subject.view(),
              subject.name(),
              subject.measure(),
              micros(alert.openedAt()),
              alert.resolvedAt().map(Alerts::micros).orElse(null));
      return forget(handle);
    });
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static Alert alert(ResultSet row) throws SQLException {
    @Nullable Object resolved = row.getObject("resolved_at");
    return new Alert(
        new Subject(
            row.getString("workspace_id"),
            Kind.valueOf(row.getString("kind")),
            row.getString("owner"),
            row.getString("feature_view"),
            row.getString("name"),
            row.getString("measure")),
        row.getDouble("value"),
        row.getDouble("threshold"),
        Instant.EPOCH.plus(row.getLong("opened_at"), ChronoUnit.MICROS),
        resolved instanceof Number micros
            ? Optional.of(Instant.EPOCH.plus(micros.longValue(), ChronoUnit.MICROS))
            : Optional.empty());
  }
}
