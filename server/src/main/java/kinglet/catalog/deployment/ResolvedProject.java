// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.Pipe;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.Project;
import kinglet.type.Schema;

/// A project after ClickHouse has judged it.
///
/// @param dataSources those of the files, and those that materialized pipes describe themselves
/// @param schemas the columns of each data source, with their types
/// @param viewSources the data source whose new rows a materialized pipe sees, by pipe
/// @param viewColumns the columns a materialized pipe gives, by pipe
/// @param shares the ids of the workspaces each data source is shared with, where there are some
record ResolvedProject(
    Project project,
    List<DataSourceFile> dataSources,
    Map<String, Schema> schemas,
    List<Pipe> pipes,
    Map<String, String> viewSources,
    Map<String, List<String>> viewColumns,
    Map<String, List<String>> shares) {
  ResolvedProject {
    viewColumns = Map.copyOf(viewColumns);
    shares = Map.copyOf(shares);
    dataSources = List.copyOf(dataSources);
    schemas = Map.copyOf(schemas);
    pipes = List.copyOf(pipes);
    viewSources = Map.copyOf(viewSources);
  }

  /// The same, with the workspaces that its data sources are shared with.
  ResolvedProject sharing(Map<String, List<String>> shared) {
    return new ResolvedProject(
        project, dataSources, schemas, pipes, viewSources, viewColumns, shared);
  }

  List<String> sharedWith(String dataSource) {
    return shares.getOrDefault(dataSource, List.of());
  }

  Optional<DataSourceFile> dataSource(String name) {
    return dataSources.stream().filter(file -> file.name().equals(name)).findFirst();
  }
}
