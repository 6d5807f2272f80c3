// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;

/// Which pipes read what, and where rows flow on; as the pipes' SQL says with placeholder values.
public final class Lineage {
  private final Resources resources;
  private final Map<String, Set<String>> readsByPipe = new LinkedHashMap<>();

  Lineage(Resources resources) {
    this.resources = resources;
    resources.pipes().forEach(pipe -> readsByPipe.put(pipe.name(), reads(pipe)));
  }

  private Set<String> reads(CompiledPipe pipe) {
    Set<String> names = new LinkedHashSet<>();
    for (Node node : pipe.pipe().nodes()) {
      try {
        for (TableReference table : SqlReferences.of(pipe.buildAlone(node.name()).sql()).tables()) {
          boolean ownNode = pipe.pipe().node(table.name()).isPresent();
          if (table.database().isPresent()) {
            resources
                .snapshot(table.database().get(), table.name())
                .map(Snapshot::fullName)
                .or(() ->
                    resources
                        .shared(table.database().get(), table.name())
                        .map(SharedDataSource::name))
                .ifPresent(names::add);
          } else if (!ownNode) {
            resource(table.name()).ifPresent(names::add);
          }
        }
      } catch (PlatformException _) {
        // A node that cannot be rendered names nothing that could be found.
        continue;
      }
    }
    return names;
  }

  private Optional<String> resource(String name) {
    return resources
        .dataSource(name)
        .or(() -> resources.quarantined(name))
        .map(DataSource::name)
        .or(() -> resources.pipe(name).map(CompiledPipe::name));
  }

  /// The data sources, shared ones too, snapshots and pipes a pipe names.
  public Set<String> reads(String pipe) {
    return readsByPipe.getOrDefault(pipe, Set.of());
  }

  /// The pipes that name a data source or pipe.
  public List<CompiledPipe> readers(String name) {
    return resources.pipes().stream().filter(pipe -> reads(pipe.name()).contains(name)).toList();
  }

  /// The data sources that materialized views fill from `dataSource`, through others too, with the
  /// pipes that do it.
  public Map<String, Set<String>> fedFrom(String dataSource) {
    Map<String, Set<String>> fed = new LinkedHashMap<>();
    Deque<String> open = new ArrayDeque<>(List.of(dataSource));
    Set<String> seen = new LinkedHashSet<>(open);
    while (!open.isEmpty()) {
      String source = open.pop();
      for (MaterializedView view : resources.views()) {
        if (view.source().equals(source)) {
          fed.computeIfAbsent(view.target(), _ -> new LinkedHashSet<>()).add(view.pipe());
          if (seen.add(view.target())) {
            open.push(view.target());
          }
        }
      }
    }
    return fed;
  }

  /// The pipes of materialized views that read a data source or write it.
  public List<String> viewsAt(String dataSource) {
    return resources.views().stream()
        .filter(view -> view.target().equals(dataSource) || view.reads().contains(dataSource))
        .map(MaterializedView::pipe)
        .toList();
  }
}
