// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.Map;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.MaterializedView;
import kinglet.catalog.Pipe;
import kinglet.catalog.Resources;
import kinglet.catalog.deployment.StoredResources.StoredDataSource;
import kinglet.catalog.deployment.StoredResources.StoredPipe;

/// What is live, seen under the names it is to have: whoever plans knows nothing of other names.
///
/// @param names new names by old ones
record Renames(Map<String, String> names) {
  boolean isEmpty() {
    return names.isEmpty();
  }

  private String of(String name) {
    return names.getOrDefault(name, name);
  }

  Resources of(Resources live) {
    if (isEmpty()) {
      return live;
    }
    return new Resources(
        live.workspace(),
        live.deployment(),
        live.dataSources().stream().map(this::of).toList(),
        live.pipes().stream().map(CompiledPipe::pipe).map(this::of).toList(),
        live.connections(),
        live.views().stream().map(this::of).toList(),
        live.readOnly(),
        live.monitors());
  }

  StoredResources of(StoredResources live) {
    if (isEmpty()) {
      return live;
    }
    return new StoredResources(
        live.dataSources().stream().map(this::of).toList(),
        live.pipes().stream().map(this::of).toList(),
        live.connections());
  }

  private DataSource of(DataSource live) {
    return live.withName(of(live.name()));
  }

  private Pipe of(Pipe live) {
    return new Pipe(
        live.id(),
        live.workspaceId(),
        of(live.name()),
        live.description(),
        live.nodes(),
        live.kind(),
        live.tags(),
        live.createdAt(),
        live.updatedAt());
  }

  private MaterializedView of(MaterializedView live) {
    return new MaterializedView(
        of(live.pipe()),
        live.view(),
        of(live.source()),
        of(live.target()),
        live.reads().stream().map(this::of).toList());
  }

  private StoredDataSource of(StoredDataSource live) {
    return new StoredDataSource(
        live.id(),
        live.publicId(),
        of(live.name()),
        live.table(),
        live.schemaVersion(),
        live.schemas(),
        live.sharedWith(),
        live.createdAt(),
        live.updatedAt());
  }

  private StoredPipe of(StoredPipe live) {
    String source = live.viewSource();
    return new StoredPipe(
        live.id(),
        of(live.name()),
        live.view(),
        source == null ? null : of(source),
        live.createdAt(),
        live.updatedAt());
  }
}
