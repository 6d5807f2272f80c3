// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.catalog.DataSource;
import kinglet.catalog.Identifiers;
import kinglet.catalog.MaterializedView;
import kinglet.catalog.Resources;
import kinglet.error.PlatformException;
import kinglet.sql.SqlReferences;

/// Makes new tables for the targets of the views that see a data source, from its new table.
///
/// A whole replacement makes them from nothing. One by condition keeps their partitions but those
/// its rows are in, which needs the same partition key; without one there is only one partition.
final class Cascade {
  private final Resources resources;
  private final Tables tables;
  private final Replacement replacement;

  /// Old table to new table, the data source's own first.
  private final Map<String, String> staged = new LinkedHashMap<>();

  Cascade(Resources resources, Tables tables, Replacement replacement) {
    this.resources = resources;
    this.tables = tables;
    this.replacement = replacement;
    staged.put(replacement.source().table(), replacement.staged().table());
  }

  /// Old table to new table, in the order in which rows flow.
  Map<String, String> fill() {
    Set<String> reached = reached();
    Set<String> done = new HashSet<>(Set.of(replacement.source().name()));
    boolean more = true;
    while (more) {
      more = false;
      for (String name : reached) {
        DataSource target = resources.dataSource(name).orElseThrow();
        if (!done.contains(name) && isFed(target, reached, done)) {
          more = true;
          boolean _ = done.add(name);
          boolean _ = fill(target);
        }
      }
    }
    return staged;
  }

  /// Every data source that rows of this one flow into through views.
  private Set<String> reached() {
    Set<String> reached = new LinkedHashSet<>();
    List<String> open = new ArrayList<>(List.of(replacement.source().name()));
    while (!open.isEmpty()) {
      String source = open.removeFirst();
      for (MaterializedView view : resources.views()) {
        if (view.source().equals(source) && reached.add(view.target())) {
          open.add(view.target());
        }
      }
    }
    return reached;
  }

  /// Whether all that feeds a target was looked at.
  private boolean isFed(DataSource target, Set<String> reached, Set<String> done) {
    for (MaterializedView view : feeding(target)) {
      if (reached.contains(view.source()) && !done.contains(view.source())) {
        return false;
      }
    }
    return true;
  }

  private List<MaterializedView> feeding(DataSource target) {
    return resources.views().stream().filter(view -> view.target().equals(target.name())).toList();
  }

  private boolean fill(DataSource target) {
    if (!target.engine().kind().mergeTree()) {
      return refused(target, "has the engine " + target.engine().kind().sql());
    }
    for (MaterializedView view : feeding(target)) {
      if (resources
          .dataSource(view.source())
          .filter(s -> staged.containsKey(s.table()))
          .isEmpty()) {
        return refused(target, "is also filled from " + view.source());
      }
    }
    if (tables.count(target.table(), "__seq > 0") > 0) {
      return refused(target, "has rows of its own");
    }
    String sourceKey = tables.partitionKey(replacement.source().table());
    boolean partly = replacement.condition().isPresent() && !sourceKey.isEmpty();
    if (partly && !tables.partitionKey(target.table()).equals(sourceKey)) {
      return refused(target, "has another partition key than " + replacement.source().name());
    }
    String fresh = replacement.staged().table() + "_" + staged.size();
    staged.put(target.table(), fresh);
    if (partly) {
      fillPartitions(target, fresh);
    } else {
      tables.like(fresh, target.table());
      compute(target, fresh, Optional.empty());
    }
    return true;
  }

  private void fillPartitions(DataSource target, String fresh) {
    List<String> changed = changedPartitions();
    String computed = fresh + "_computed";
    tables.clone(fresh, target.table());
    tables.like(computed, target.table());
    try {
      compute(target, computed, Optional.of(in(changed)));
      if (tables.count(computed, "NOT " + in(changed)) > 0) {
        throw new PlatformException(
            ReplacementError.VIEW_NOT_REPLACEABLE,
            target.name() + " puts rows of one partition into others; replace all rows instead");
      }
      for (String partition : changed) {
        tables.dropPartition(fresh, partition);
        tables.attachPartition(fresh, partition, computed);
      }
    } finally {
      tables.drop(computed);
    }
  }

  private List<String> changedPartitions() {
    String live = replacement.source().table();
    String fresh = replacement.staged().table();
    List<String> changed = new ArrayList<>(tables.partitions(live, replacement.matches()));
    for (String partition : tables.partitions(fresh, "__seq > " + replacement.clonedSeq())) {
      if (!changed.contains(partition)) {
        changed.add(partition);
      }
    }
    return changed;
  }

  private static String in(List<String> partitions) {
    return "_partition_id IN ("
        + String.join(
            ", ",
            partitions.isEmpty()
                ? List.of("''")
                : partitions.stream().map(Identifiers::literal).toList())
        + ")";
  }

  private void compute(DataSource target, String fresh, Optional<String> rows) {
    for (MaterializedView view : feeding(target)) {
      tables.fill(fresh, view.view(), sql(view, rows));
    }
  }

  /// A view's query over the new tables.
  private String sql(MaterializedView view, Optional<String> rows) {
    String source =
        resources.dataSource(view.source()).map(DataSource::table).orElse(view.source());
    boolean[] first = {true};
    return SqlReferences.of(tables.viewSql(view.view()))
        .replaceTables(reference -> {
          String fresh = staged.get(reference.name());
          if (fresh == null) {
            return Optional.empty();
          }
          boolean trigger = first[0] && reference.name().equals(source);
          first[0] &= !trigger;
          return Optional.of(
              trigger && rows.isPresent()
                  ? "(SELECT * FROM " + tables.name(fresh) + " WHERE " + rows.get() + ")"
                  : tables.name(fresh));
        });
  }

  /// False where such views are passed over.
  private boolean refused(DataSource target, String why) {
    if (replacement.skipsViews()) {
      return false;
    }
    throw new PlatformException(
        ReplacementError.VIEW_NOT_REPLACEABLE,
        "the rows that materialized views made in "
            + target.name()
            + " cannot be replaced: it "
            + why
            + "; skip_incompatible_partition_key=true leaves it as it is");
  }
}
