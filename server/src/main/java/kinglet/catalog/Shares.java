// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who shares what with whom, as the live resources of all workspaces say.
///
/// A share holds for a workspace by its id and for the branches of it; branches share nothing.
///
/// @param live what each workspace holds, by its id
/// @param staging what it will hold, where a deployment waits
record Shares(Map<String, Resources> live, Map<String, Resources> staging) {
  /// Everything that is shared.
  List<SharedDataSource> all() {
    return live.values().stream()
        .filter(resources -> !resources.workspace().isBranch())
        .flatMap(resources ->
            resources.dataSources().stream()
                .filter(source -> !source.sharedWith().isEmpty())
                .map(source -> new SharedDataSource(resources.workspace(), source)))
        .toList();
  }

  /// Why `next` cannot become what its workspace holds: what others read of it would be gone, or
  /// what it reads of others is not as it was when `next` was made.
  List<String> obstacles(Resources next) {
    return Stream.concat(obstaclesFor(next), changedMeanwhile(next)).toList();
  }

  /// What reads the data sources of a workspace elsewhere.
  List<String> readers(Workspace origin) {
    return readings(origin.id()).map(Reading::text).distinct().toList();
  }

  /// What reads one data source in other workspaces, of those that are meant.
  List<String> readers(DataSource source, Predicate<Workspace> which) {
    return readings(source.workspaceId())
        .filter(reading -> which.test(reading.reader().workspace()))
        .filter(reading -> reading.shared().dataSource().id() == source.id())
        .map(Reading::text)
        .distinct()
        .toList();
  }

  private Stream<Reading> readings(String originId) {
    List<Reading> readings = new ArrayList<>();
    for (Resources reader :
        Stream.concat(live.values().stream(), staging.values().stream()).toList()) {
      for (SharedDataSource shared : reader.shared()) {
        if (shared.origin().id().equals(originId)
            && !reader.lineage().readers(shared.name()).isEmpty()) {
          readings.add(new Reading(reader, shared));
        }
      }
    }
    return readings.stream();
  }

  /// A workspace whose pipes read a data source that is shared with it.
  private record Reading(Resources reader, SharedDataSource shared) {
    String text() {
      return "the workspace '"
          + reader.workspace().name()
          + "' reads "
          + shared.name()
          + " in "
          + reader.lineage().readers(shared.name()).stream()
              .map(CompiledPipe::name)
              .collect(Collectors.joining(", "));
    }
  }

  private Stream<String> obstaclesFor(Resources next) {
    if (next.workspace().isBranch()) {
      return Stream.empty();
    }
    return readings(next.workspace().id())
        .flatMap(reading -> obstacle(next, reading).stream())
        .distinct();
  }

  private static Optional<String> obstacle(Resources next, Reading reading) {
    DataSource before = reading.shared().dataSource();
    Optional<DataSource> after =
        next.dataSource(before.name())
            .filter(source ->
                new SharedDataSource(next.workspace(), source).isFor(reading.reader().workspace()));
    if (after.isEmpty()) {
      return Optional.of(
          "The data source '"
              + before.name()
              + "' must stay shared: "
              + reading.text()
              + "; change those pipes first");
    }
    List<String> views = reading.reader().viewsReading(reading.shared());
    if (!views.isEmpty() && !after.get().table().equals(before.table())) {
      return Optional.of(
          "The data source '"
              + before.name()
              + "' would get a new table, and the materialized views "
              + String.join(", ", views)
              + " of the workspace '"
              + reading.reader().workspace().name()
              + "' read the one there is; remove them first, and deploy them again afterwards");
    }
    return Optional.empty();
  }

  private Stream<String> changedMeanwhile(Resources next) {
    if (next.shared().isEmpty()) {
      return Stream.empty();
    }
    List<SharedDataSource> now = all().stream().filter(one -> one.isFor(next.workspace())).toList();
    return next.shared().stream()
        .filter(shared -> !next.lineage().readers(shared.name()).isEmpty())
        .filter(shared -> !stillThere(next, shared, now))
        .map(shared ->
            "'" + shared.name() + "' is not shared any more, or not as it was: deploy again");
  }

  private static boolean stillThere(
      Resources next, SharedDataSource shared, List<SharedDataSource> now) {
    return now.stream()
        .filter(one -> one.name().equals(shared.name()))
        .anyMatch(one ->
            one.dataSource().schema().equals(shared.dataSource().schema())
                && (one.dataSource().table().equals(shared.dataSource().table())
                    || next.viewsReading(shared).isEmpty()));
  }
}
