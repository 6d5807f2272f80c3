// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kinglet.sql.SqlReferences;
import org.jspecify.annotations.Nullable;

/// Everything a workspace holds at one moment; immutable, replaced as a whole by a deployment.
public final class Resources implements Names {
  private final Workspace workspace;
  private final long deployment;
  private final Map<String, DataSource> dataSources = new TreeMap<>();
  private final Map<String, DataSource> dataSourcesByPublicId = new LinkedHashMap<>();
  private final Map<Long, DataSource> dataSourcesById = new LinkedHashMap<>();
  private final Map<String, CompiledPipe> pipes = new TreeMap<>();
  private final Map<String, CompiledPipe> pipesById = new LinkedHashMap<>();
  private final Map<String, Connection> connections = new TreeMap<>();
  private final List<MaterializedView> views;
  private final ReadOnlySources readOnly;
  private final Map<String, Monitor> monitors = new TreeMap<>();
  private final Map<String, SharedDataSource> shared = new TreeMap<>();
  private final Map<String, Snapshot> snapshots = new TreeMap<>();
  private volatile @Nullable Lineage lineage;

  public Resources(
      Workspace workspace,
      long deployment,
      Collection<DataSource> dataSources,
      Collection<Pipe> pipes,
      Collection<Connection> connections,
      Collection<MaterializedView> views) {
    this(
        workspace,
        deployment,
        dataSources,
        pipes,
        connections,
        views,
        ReadOnlySources.NONE,
        List.of());
  }

  public Resources(
      Workspace workspace,
      long deployment,
      Collection<DataSource> dataSources,
      Collection<Pipe> pipes,
      Collection<Connection> connections,
      Collection<MaterializedView> views,
      ReadOnlySources readOnly,
      Collection<Monitor> monitors) {
    this.workspace = workspace;
    this.deployment = deployment;
    for (DataSource dataSource : dataSources) {
      this.dataSources.put(dataSource.name(), dataSource);
      this.dataSourcesByPublicId.put(dataSource.publicId(), dataSource);
      this.dataSourcesById.put(dataSource.id(), dataSource);
    }
    for (Pipe pipe : pipes) {
      CompiledPipe compiled = new CompiledPipe(pipe, this);
      this.pipes.put(pipe.name(), compiled);
      this.pipesById.put(pipe.id(), compiled);
    }
    connections.forEach(connection -> this.connections.put(connection.name(), connection));
    this.views = List.copyOf(views);
    this.readOnly = readOnly;
    readOnly.shared().forEach(one -> this.shared.put(one.name(), one));
    // In a branch, its own stand before those of its workspace.
    for (Snapshot snapshot : readOnly.snapshots()) {
      if (isOwn(snapshot) || !snapshots.containsKey(snapshot.name())) {
        snapshots.put(snapshot.name(), snapshot);
      }
    }
    monitors.forEach(monitor -> this.monitors.put(monitor.name(), monitor));
  }

  /// What a new workspace holds.
  public static Resources empty(Workspace workspace) {
    return new Resources(workspace, 0, List.of(), List.of(), List.of(), List.of());
  }

  /// The same, of the workspace under its new name.
  Resources in(Workspace renamed) {
    return copy(renamed, readOnly);
  }

  /// The same, with what there is to be read beside it by now.
  Resources with(ReadOnlySources readOnlyNow) {
    return copy(workspace, readOnlyNow);
  }

  private Resources copy(Workspace under, ReadOnlySources readOnlyNow) {
    return new Resources(
        under,
        deployment,
        dataSources.values(),
        pipes.values().stream().map(CompiledPipe::pipe).toList(),
        connections.values(),
        views,
        readOnlyNow,
        monitors.values());
  }

  public Workspace workspace() {
    return workspace;
  }

  /// The deployment that made these current; 0 before the first.
  public long deployment() {
    return deployment;
  }

  public Optional<DataSource> dataSource(String nameOrId) {
    return Optional.ofNullable(dataSources.get(nameOrId))
        .or(() -> Optional.ofNullable(dataSourcesByPublicId.get(nameOrId)));
  }

  public Optional<DataSource> dataSource(long id) {
    return Optional.ofNullable(dataSourcesById.get(id));
  }

  /// The data source whose quarantine is called `name`.
  public Optional<DataSource> quarantined(String name) {
    return name.endsWith("_quarantine") && !dataSources.containsKey(name)
        ? dataSource(name.substring(0, name.length() - "_quarantine".length()))
        : Optional.empty();
  }

  @Override
  public Optional<CompiledPipe> pipe(String nameOrId) {
    return Optional.ofNullable(pipes.get(nameOrId))
        .or(() -> Optional.ofNullable(pipesById.get(nameOrId)));
  }

  @Override
  public Optional<String> table(String name) {
    return dataSource(name)
        .map(DataSource::sqlName)
        .or(() ->
            quarantined(name)
                .map(source -> Identifiers.quote(source.database(), source.quarantineTable())));
  }

  @Override
  public Optional<String> sharedTable(String origin, String name) {
    return snapshot(origin, name)
        .map(Snapshot::sqlName)
        .or(() -> shared(origin, name).map(one -> one.dataSource().sqlName()));
  }

  @Override
  public Optional<String> features(String view) {
    return Optional.of(Identifiers.quote(workspace.featureDatabase(), view));
  }

  @Override
  public String rows(ServiceDataSource source) {
    return source.rowsOf(workspace.id());
  }

  public Optional<Connection> connection(String name) {
    return Optional.ofNullable(connections.get(name));
  }

  /// In the order of their names.
  public Collection<DataSource> dataSources() {
    return Collections.unmodifiableCollection(dataSources.values());
  }

  /// In the order of their names.
  public Collection<CompiledPipe> pipes() {
    return Collections.unmodifiableCollection(pipes.values());
  }

  public Collection<Connection> connections() {
    return Collections.unmodifiableCollection(connections.values());
  }

  public ReadOnlySources readOnly() {
    return readOnly;
  }

  /// The complete snapshots this workspace may read, in the order of their names.
  public Collection<Snapshot> snapshots() {
    return Collections.unmodifiableCollection(snapshots.values());
  }

  /// A complete snapshot; `schema` stands before its name.
  public Optional<Snapshot> snapshot(String schema, String name) {
    return schema.equals(Snapshot.SCHEMA)
        ? Optional.ofNullable(snapshots.get(name))
        : Optional.empty();
  }

  /// The data source a snapshot was made of, as it is by now; in a branch that of the same name.
  public Optional<DataSource> source(Snapshot snapshot) {
    return isOwn(snapshot)
        ? dataSource(snapshot.sourceId())
        : Optional.ofNullable(dataSources.get(snapshot.sourceName()));
  }

  private boolean isOwn(Snapshot snapshot) {
    return snapshot.workspaceId().equals(workspace.id());
  }

  public Optional<Monitor> monitor(String name) {
    return Optional.ofNullable(monitors.get(name));
  }

  /// In the order of their names.
  public Collection<Monitor> monitors() {
    return Collections.unmodifiableCollection(monitors.values());
  }

  /// What other workspaces let this one read, in the order of the names.
  public Collection<SharedDataSource> shared() {
    return Collections.unmodifiableCollection(shared.values());
  }

  /// What another workspace shares under a name.
  public Optional<SharedDataSource> shared(String origin, String name) {
    return shared(origin + "." + name);
  }

  /// A shared data source by `workspace.data_source` or its id.
  public Optional<SharedDataSource> shared(String nameOrId) {
    return Optional.ofNullable(shared.get(nameOrId))
        .or(() ->
            shared.values().stream()
                .filter(one -> one.dataSource().publicId().equals(nameOrId))
                .findFirst());
  }

  /// The pipes of materialized views that read a shared data source, through other pipes too.
  public List<String> viewsReading(SharedDataSource one) {
    return views.stream()
        .map(view -> pipe(view.pipe()).orElseThrow())
        .filter(pipe ->
            SqlReferences.of(pipe.build(pipe.pipe().kind().node()).sql()).tables().stream()
                .anyMatch(table ->
                    table.database().filter(one.dataSource().database()::equals).isPresent()
                        && table.name().equals(one.dataSource().table())))
        .map(CompiledPipe::name)
        .toList();
  }

  public List<MaterializedView> views() {
    return views;
  }

  /// Worked out when it is first asked for; the same whoever works it out.
  public Lineage lineage() {
    Lineage known = lineage;
    if (known == null) {
      known = new Lineage(this);
      lineage = known;
    }
    return known;
  }
}
