// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.catalog.Connection;
import kinglet.catalog.DataSource;
import kinglet.catalog.Engine;
import kinglet.catalog.EngineKind;
import kinglet.catalog.MaterializedView;
import kinglet.catalog.Monitor;
import kinglet.catalog.Node;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import kinglet.catalog.ReadOnlySources;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.MonitorFile;
import kinglet.catalog.datafile.PipeFile;
import kinglet.catalog.datafile.Project;
import kinglet.catalog.deployment.StoredResources.StoredDataSource;
import kinglet.catalog.deployment.StoredResources.StoredPipe;
import kinglet.sql.SqlReferences;
import kinglet.type.Schema;

/// Puts files and identities together to what a workspace holds.
final class Assembly {
  private Assembly() {}

  static Resources resources(
      Workspace workspace,
      long deployment,
      Project project,
      StoredResources stored,
      ReadOnlySources readOnly) {
    List<DataSource> dataSources =
        stored.dataSources().stream()
            .map(identity -> dataSource(workspace, project, identity))
            .toList();
    List<Pipe> pipes = new ArrayList<>();
    for (StoredPipe identity : stored.pipes()) {
      project.pipe(identity.name()).ifPresent(file -> pipes.add(pipe(workspace, file, identity)));
    }
    List<Connection> connections = new ArrayList<>();
    for (var identity : stored.connections()) {
      project.connections().stream()
          .filter(file -> file.name().equals(identity.name()))
          .forEach(file ->
              connections.add(
                  new Connection(identity.id(), file.name(), file.type(), file.settings())));
    }
    List<Monitor> monitors = project.monitors().stream().map(MonitorFile::monitor).toList();
    Resources withoutViews =
        new Resources(
            workspace, deployment, dataSources, pipes, connections, List.of(), readOnly, monitors);
    return new Resources(
        workspace,
        deployment,
        dataSources,
        pipes,
        connections,
        views(withoutViews, stored),
        readOnly,
        monitors);
  }

  private static DataSource dataSource(
      Workspace workspace, Project project, StoredDataSource identity) {
    Optional<DataSourceFile> file = project.dataSource(identity.name());
    Schema schema =
        Optional.ofNullable(identity.schemas().get(identity.schemaVersion())).orElseThrow();
    return new DataSource(
        identity.id(),
        identity.publicId(),
        workspace.id(),
        identity.name(),
        file.map(DataSourceFile::description).orElse(""),
        workspace.database(),
        identity.table(),
        identity.schemaVersion(),
        schema,
        identity.schemas(),
        file.map(DataSourceFile::engine).orElseGet(() -> describedEngine(project, identity.name())),
        file.map(DataSourceFile::indexes).orElse(List.of()),
        file.map(DataSourceFile::tags).orElse(List.of()),
        identity.sharedWith(),
        file.map(DataSourceFile::expected).orElse(List.of()),
        file.map(DataSourceFile::settings).orElse(Map.of()),
        identity.createdAt(),
        identity.updatedAt());
  }

  /// The engine of a target that its materialized pipe describes.
  private static Engine describedEngine(Project project, String name) {
    return project.pipes().stream()
        .filter(pipe ->
            pipe.kind() instanceof PipeKind.Materialized view && view.dataSource().equals(name))
        .flatMap(pipe -> pipe.targetEngine().stream())
        .findFirst()
        .orElseGet(() -> Engine.of(EngineKind.MERGE_TREE));
  }

  static Pipe pipe(Workspace workspace, PipeFile file, StoredPipe identity) {
    return new Pipe(
        identity.id(),
        workspace.id(),
        file.name(),
        file.description(),
        nodes(file, identity.id()),
        file.kind(),
        file.tags(),
        identity.createdAt(),
        identity.updatedAt());
  }

  private static List<Node> nodes(PipeFile file, String pipeId) {
    return file.nodes().stream()
        .map(node ->
            new Node(nodeId(pipeId, node.name()), node.name(), node.description(), node.sql()))
        .toList();
  }

  /// The same for the same node of the same pipe, always.
  private static String nodeId(String pipeId, String node) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest((pipeId + "/" + node).getBytes(StandardCharsets.UTF_8));
      return "t_" + HexFormat.of().formatHex(Arrays.copyOf(hash, 16));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  private static List<MaterializedView> views(Resources resources, StoredResources stored) {
    List<MaterializedView> views = new ArrayList<>();
    for (StoredPipe identity : stored.pipes()) {
      String view = identity.view();
      String source = identity.viewSource();
      if (view != null
          && source != null
          && resources.pipe(identity.name()).orElseThrow().pipe().kind()
              instanceof PipeKind.Materialized kind) {
        String sql = resources.pipe(identity.name()).orElseThrow().build(kind.node()).sql();
        views.add(
            new MaterializedView(
                identity.name(), view, source, kind.dataSource(), reads(resources, sql)));
      }
    }
    return views;
  }

  private static List<String> reads(Resources resources, String sql) {
    Set<String> names = new LinkedHashSet<>();
    SqlReferences.of(sql).tables().stream()
        .filter(
            table -> table.database().filter(resources.workspace().database()::equals).isPresent())
        .forEach(table ->
            resources.dataSources().stream()
                .filter(dataSource -> dataSource.table().equals(table.name()))
                .forEach(dataSource -> names.add(dataSource.name())));
    return List.copyOf(names);
  }
}
