// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.Snapshot;
import kinglet.feature.ViewHistory;
import kinglet.type.Column;
import kinglet.type.DataType;

/// The snapshots that the history of views is read from, in the place of data sources.
///
/// @param sources by the number of the data source
record SnapshotHistory(TrainingTables tables, Map<Long, Source> sources) {
  /// @param name of the data source
  private record Source(String name, Snapshot snapshot) {}

  /// @param names `snapshots.NAME` by the name of the data source
  static SnapshotHistory of(TrainingTables tables, Resources resources, Map<String, String> names) {
    Map<Long, Source> sources = new LinkedHashMap<>();
    names.forEach((name, snapshot) -> {
      DataSource source =
          resources
              .dataSource(name)
              .orElseThrow(
                  () -> TrainingRequest.invalid("history: there is no data source '" + name + "'"));
      sources.put(source.id(), new Source(source.name(), snapshot(resources, snapshot)));
    });
    return new SnapshotHistory(tables, sources);
  }

  /// The complete snapshot called `snapshots.NAME`.
  static Snapshot snapshot(Resources resources, String name) {
    String prefix = Snapshot.SCHEMA + ".";
    if (!name.startsWith(prefix)) {
      throw TrainingRequest.invalid("'" + name + "' is no snapshot: write " + prefix + "NAME");
    }
    return resources
        .snapshot(Snapshot.SCHEMA, name.substring(prefix.length()))
        .orElseThrow(() -> TrainingRequest.invalid("there is no complete snapshot '" + name + "'"));
  }

  /// The history of a view with the rows of the snapshots, which must have the columns it reads.
  ViewHistory of(ViewHistory view) {
    Map<Long, String> places = new LinkedHashMap<>();
    sources.forEach((id, source) -> {
      List<Column> read = view.reads().getOrDefault(id, List.of());
      if (!read.isEmpty()) {
        check(view, read, source.snapshot());
        places.put(id, source.snapshot().sqlName());
      }
    });
    return view.in(places);
  }

  private void check(ViewHistory view, List<Column> read, Snapshot snapshot) {
    Map<String, DataType> there = tables.columns(snapshot.sqlName());
    for (Column column : read) {
      DataType type = there.get(column.name());
      if (!column.type().equals(type)) {
        throw TrainingRequest.invalid(
            "the column '"
                + column.name()
                + "', which the feature view '"
                + view.name()
                + "' reads as "
                + column.type().sql()
                + ", is "
                + (type == null ? "not" : "a " + type.sql())
                + " in '"
                + snapshot.fullName()
                + "'");
      }
    }
  }

  /// Refuses a data source whose history nobody reads.
  void checkRead(List<WantedView> views) {
    sources.forEach((id, source) -> {
      if (views.stream().noneMatch(wanted -> wanted.view().reads().containsKey(id))) {
        throw TrainingRequest.invalid(
            "history: no feature of the set is made of the data source '" + source.name() + "'");
      }
    });
  }

  /// As a manifest has it: what was read in the place of each data source.
  Map<String, Map<String, Object>> shape() {
    Map<String, Map<String, Object>> shape = new LinkedHashMap<>();
    sources
        .values()
        .forEach(source ->
            shape.put(
                source.name(),
                Map.of(
                    "snapshot",
                    source.snapshot().fullName(),
                    "journal_seq",
                    source.snapshot().position().orElse(0))));
    return shape;
  }
}
