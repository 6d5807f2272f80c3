// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Finding;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Pipe;
import kinglet.catalog.Resources;
import kinglet.catalog.datafile.MonitorFile;
import kinglet.catalog.datafile.PipeFile;
import kinglet.catalog.deployment.StoredResources.StoredConnection;
import kinglet.catalog.deployment.StoredResources.StoredDataSource;
import kinglet.catalog.deployment.StoredResources.StoredPipe;
import kinglet.type.Schema;

/// Writes down what a [Planner] decided: statements, identities, and what to report.
final class PlanWriter {
  private final Resources current;
  private final StoredResources stored;
  private final ResolvedProject project;
  private final Planner planner;
  private final Instant now;
  private final long deployment;
  private final LongSupplier dataSourceIds;
  private final Supplier<String> publicIds;
  private final String database;

  private final List<String> tables = new ArrayList<>();
  private final List<String> undo = new ArrayList<>();
  private final List<String> after = new ArrayList<>();
  private final FillOrder order;
  private final SortedMap<Integer, Plan.Wave> waves = new TreeMap<>();
  private final List<DataMovement> movements = new ArrayList<>();
  private final Map<String, String> checks = new LinkedHashMap<>();
  private final Set<Long> heldForViews = new TreeSet<>();
  private final Set<Long> heldForSwitch = new TreeSet<>();
  private final Set<Long> drained = new TreeSet<>();

  PlanWriter(
      Resources current,
      StoredResources stored,
      ResolvedProject project,
      Planner planner,
      Instant now,
      long deployment,
      LongSupplier dataSourceIds,
      Supplier<String> publicIds) {
    this.current = current;
    this.stored = stored;
    this.project = project;
    this.planner = planner;
    this.now = now;
    this.deployment = deployment;
    this.dataSourceIds = dataSourceIds;
    this.publicIds = publicIds;
    this.database = current.workspace().database();
    this.order = new FillOrder(planner.dataSources(), planner.views().values());
  }

  Plan write(
      List<Finding> feedback, List<TokenDeclaration> tokens, List<TokenChange> tokenChanges) {
    oldViews();
    planner.dataSources().values().forEach(this::table);
    planner.views().values().forEach(this::view);
    removedTables();
    Deployment report =
        new Deployment(
            deployment,
            DeploymentStatus.CALCULATING,
            false,
            now,
            now,
            feedback,
            dataSourceChanges(),
            pipeChanges(),
            connectionChanges(),
            monitorChanges(),
            tokenChanges,
            movements);
    return new Plan(
        List.copyOf(planner.dataSources().values()),
        List.copyOf(planner.views().values()),
        next(),
        tokens,
        report,
        heldForViews,
        heldForSwitch,
        drained,
        checks,
        tables,
        List.copyOf(waves.values()),
        new Intent(undo.reversed(), after));
  }

  private Plan.Wave wave(String dataSource) {
    return waves.computeIfAbsent(order.wave(dataSource), _ -> new Plan.Wave());
  }

  /// Views that are replaced or gone are dropped after the switch, before anything else.
  private void oldViews() {
    for (StoredPipe pipe : stored.pipes()) {
      String view = pipe.view();
      ViewPlan plan = planner.views().get(pipe.name());
      if (view != null && (plan == null || !plan.view().equals(view))) {
        after.add(ViewDdl.drop(database, view));
      }
    }
  }

  private void table(DataSourcePlan plan) {
    Alteration alteration = plan.alteration;
    if (plan.fate == Fate.ALTER && alteration != null) {
      tables.addAll(alteration.apply());
      undo.addAll(alteration.undo());
    }
    if (!plan.fate.fresh()) {
      return;
    }
    String quarantine = plan.table + "_quarantine";
    if (plan.fate == Fate.CLONE && alteration != null) {
      Plan.Wave wave = wave(plan.name());
      wave.views()
          .add(
              "CREATE TABLE IF NOT EXISTS "
                  + plan.sqlName(database)
                  + " CLONE AS "
                  + plan.existing().orElseThrow().sqlName());
      wave.views().addAll(alteration.apply());
    } else {
      tables.add(
          TableDdl.create(
              database, plan.table, plan.schema, plan.file.engine(), plan.file.indexes()));
    }
    undo.add(ViewDdl.dropTable(database, plan.table));
    tables.add(TableDdl.createQuarantine(database, quarantine, plan.schema));
    undo.add(ViewDdl.dropTable(database, quarantine));
    plan.existing()
        .ifPresent(before -> {
          guard(plan, before);
          forward(plan, before);
        });
  }

  /// What must still be true of a table when another one takes its place.
  private void guard(DataSourcePlan plan, DataSource before) {
    heldForSwitch.addAll(planner.feeding(Set.of(plan.name())));
    boolean counted = before.engine().kind() != EngineKind.NULL;
    if (plan.fate == Fate.RECREATE && counted && !planner.isRecreated(plan.name())) {
      checks.put(
          "SELECT count() FROM " + before.sqlName(),
          "Rows reached the data source '" + plan.name() + "' while it was to be replaced");
    } else if (plan.fate == Fate.REBUILD && before.hiddenColumns()) {
      checks.put(
          "SELECT count() FROM " + before.sqlName() + " WHERE " + TableDdl.SEQ + " > 0",
          "Rows were sent to the data source '"
              + plan.name()
              + "' while it was filled from its views");
    }
  }

  /// Takes the rows of a data source to its new table: those that are there, then those that come.
  private void forward(DataSourcePlan plan, DataSource before) {
    Forwarding forwarding = plan.forwarding;
    if (!plan.fate.moved() || forwarding == null) {
      return;
    }
    Plan.Wave wave = wave(plan.name());
    Set<Long> feeding = planner.feeding(Set.of(plan.name()));
    heldForViews.addAll(feeding);
    drained.addAll(feeding);
    if (plan.fate == Fate.MIGRATE && before.engine().kind() != EngineKind.NULL) {
      movements.add(DataMovement.forwarded(plan.name()));
      fill(
          wave,
          before.table(),
          before.engine().kind().mergeTree()
              ? Optional.of("__snapshot_rows_" + plan.name() + "_" + deployment)
              : Optional.empty(),
          plan.table,
          forwarding);
    }
    forwardView(
        wave,
        ViewDdl.forwardName(plan.name(), deployment),
        plan.sqlName(database),
        forwarding.select(before.sqlName()));
    Forwarding quarantined = Forwarding.ofQuarantine(before.schema(), plan.schema);
    fill(
        wave,
        before.quarantineTable(),
        Optional.of("__snapshot_quarantine_" + plan.name() + "_" + deployment),
        plan.table + "_quarantine",
        quarantined);
    forwardView(
        wave,
        ViewDdl.quarantineForwardName(plan.name(), deployment),
        Identifiers.quote(database, plan.table + "_quarantine"),
        quarantined.select(Identifiers.quote(database, before.quarantineTable())));
  }

  private void fill(
      Plan.Wave wave,
      String source,
      Optional<String> snapshot,
      String target,
      Forwarding forwarding) {
    populate(
        wave,
        new Population(
            database,
            source,
            snapshot,
            target,
            forwarding.given(),
            forwarding.select(Identifiers.quote(database, source)),
            forwarding.hidden()));
  }

  private void populate(Plan.Wave wave, Population population) {
    wave.populations().add(population);
    population.takeSnapshot().ifPresent(wave.views()::add);
    population
        .snapshot()
        .ifPresent(name -> {
          undo.add(ViewDdl.dropTable(database, name));
          after.add(ViewDdl.dropTable(database, name));
        });
  }

  private void forwardView(Plan.Wave wave, String view, String target, String select) {
    wave.views().add(ViewDdl.create(database, view, target, select));
    undo.add(ViewDdl.drop(database, view));
    after.add(ViewDdl.drop(database, view));
  }

  private void view(ViewPlan view) {
    if (view.action() == ViewPlan.Action.KEEP) {
      return;
    }
    DataSourcePlan source = planner.plan(view.source());
    DataSourcePlan target = planner.plan(view.target());
    String create = ViewDdl.create(database, view.view(), target.sqlName(database), view.sql());
    Optional<DeployOptions.UnfilledView> unfilled = planner.unfilled(view.pipe());
    Optional<String> snapshot =
        unfilled
            .flatMap(DeployOptions.UnfilledView::snapshot)
            .map(name -> Population.clone(database, name, source.table));
    if (view.action() == ViewPlan.Action.IN_PLACE) {
      snapshot.ifPresent(after::add);
      after.add(create);
      heldForSwitch.addAll(planner.feeding(Set.of(view.source())));
      return;
    }
    Plan.Wave wave = wave(view.target());
    // What moves into the source's new table passes through the view.
    boolean filled =
        (!source.fate.fresh() || source.fate == Fate.CLONE)
            && target.file.backfill()
            && unfilled.isEmpty()
            && source.file.engine().kind() != EngineKind.NULL;
    if (filled) {
      populate(
          wave,
          new Population(
              database,
              source.table,
              source.file.engine().kind().mergeTree()
                  ? Optional.of("__snapshot_" + view.pipe() + "_" + deployment)
                  : Optional.empty(),
              target.table,
              project.viewColumns().getOrDefault(view.pipe(), List.of()),
              view.sql(),
              List.of()));
      movements.add(DataMovement.byView(target.name(), view.pipe()));
    }
    snapshot.ifPresent(wave.views()::add);
    wave.views().add(create);
    undo.add(ViewDdl.drop(database, view.view()));
    heldForViews.addAll(planner.feeding(Set.of(view.source())));
  }

  private void removedTables() {
    for (DataSourcePlan plan : planner.dataSources().values()) {
      Alteration alteration = plan.alteration;
      if ((plan.fate == Fate.ALTER || plan.fate == Fate.CLONE) && alteration != null) {
        after.addAll(alteration.after());
      }
      if (plan.fate.fresh()) {
        plan.existing().ifPresent(this::dropTables);
      }
    }
    current.dataSources().stream()
        .filter(known -> !planner.dataSources().containsKey(known.name()))
        .forEach(this::dropTables);
  }

  private void dropTables(DataSource dataSource) {
    after.add(ViewDdl.dropTable(database, dataSource.table()));
    after.add(ViewDdl.dropTable(database, dataSource.quarantineTable()));
  }

  private StoredResources next() {
    List<StoredDataSource> dataSources = new ArrayList<>();
    planner.dataSources().values().forEach(plan -> dataSources.add(identity(plan)));
    List<StoredPipe> pipes = new ArrayList<>();
    for (Pipe pipe : project.pipes()) {
      ViewPlan view = planner.views().get(pipe.name());
      boolean changed = changed(pipe);
      pipes.add(
          new StoredPipe(
              pipe.id(),
              pipe.name(),
              view == null ? null : view.view(),
              view == null ? null : view.source(),
              pipe.createdAt(),
              changed ? now : pipe.updatedAt()));
    }
    List<StoredConnection> connections = new ArrayList<>();
    project
        .project()
        .connections()
        .forEach(file ->
            connections.add(
                stored
                    .connection(file.name())
                    .orElseGet(
                        () -> new StoredConnection(publicIds.get(), file.name(), now, now))));
    return new StoredResources(dataSources, pipes, connections);
  }

  private StoredDataSource identity(DataSourcePlan plan) {
    Optional<StoredDataSource> known = stored.dataSource(plan.name());
    SortedMap<Integer, Schema> schemas = new TreeMap<>();
    int version = 1;
    if (known.isPresent()) {
      schemas.putAll(known.get().schemas());
      version = known.get().schemaVersion() + (plan.schemaChanged() ? 1 : 0);
    }
    schemas.put(version, plan.schema);
    return new StoredDataSource(
        known.map(StoredDataSource::id).orElseGet(dataSourceIds::getAsLong),
        known.map(StoredDataSource::publicId).orElseGet(publicIds),
        plan.name(),
        plan.table,
        version,
        schemas,
        plan.sharedWith,
        known.map(StoredDataSource::createdAt).orElse(now),
        known.isEmpty() || plan.changed() ? now : known.get().updatedAt());
  }

  private Changes dataSourceChanges() {
    Set<String> before = new LinkedHashSet<>();
    current.dataSources().forEach(known -> before.add(known.name()));
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (DataSourcePlan plan : planner.dataSources().values()) {
      if (!before.remove(plan.name())) {
        added.add(plan.name());
      } else if (plan.changed()) {
        changed.add(plan.name());
      }
    }
    return new Changes(added, changed, List.copyOf(before));
  }

  private Changes pipeChanges() {
    Set<String> before = new LinkedHashSet<>();
    current.pipes().forEach(known -> before.add(known.name()));
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (Pipe pipe : project.pipes()) {
      if (!before.remove(pipe.name())) {
        added.add(pipe.name());
      } else if (changed(pipe)) {
        changed.add(pipe.name());
      }
    }
    return new Changes(added, changed, List.copyOf(before));
  }

  private boolean changed(Pipe pipe) {
    Optional<Pipe> before = current.pipe(pipe.name()).map(CompiledPipe::pipe);
    return before.isEmpty()
        || !before.get().description().equals(pipe.description())
        || !before.get().nodes().equals(pipe.nodes())
        || !before.get().kind().equals(pipe.kind())
        || !before.get().tags().equals(pipe.tags());
  }

  private Changes connectionChanges() {
    Set<String> before = new LinkedHashSet<>();
    current.connections().forEach(known -> before.add(known.name()));
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    project
        .project()
        .connections()
        .forEach(file -> {
          if (!before.remove(file.name())) {
            added.add(file.name());
          } else if (current
              .connection(file.name())
              .filter(known ->
                  known.type().equals(file.type()) && known.settings().equals(file.settings()))
              .isEmpty()) {
            changed.add(file.name());
          }
        });
    return new Changes(added, changed, List.copyOf(before));
  }

  private Changes monitorChanges() {
    Set<String> before = new LinkedHashSet<>();
    current.monitors().forEach(known -> before.add(known.name()));
    List<String> added = new ArrayList<>();
    List<String> changed = new ArrayList<>();
    for (MonitorFile file : project.project().monitors()) {
      if (!before.remove(file.name())) {
        added.add(file.name());
      } else if (!current.monitor(file.name()).orElseThrow().text().equals(file.monitor().text())) {
        changed.add(file.name());
      }
    }
    return new Changes(added, changed, List.copyOf(before));
  }

  /// The `TOKEN` lines of a project.
  static List<TokenDeclaration> tokens(ResolvedProject project) {
    Set<TokenDeclaration> tokens = new LinkedHashSet<>();
    project
        .dataSources()
        .forEach(file ->
            file.tokens()
                .forEach(line ->
                    tokens.add(
                        new TokenDeclaration(
                            line.token(), file.name(), "datasource", line.permission()))));
    for (PipeFile file : project.project().pipes()) {
      file.tokens()
          .forEach(line ->
              tokens.add(
                  new TokenDeclaration(line.token(), file.name(), "pipe", line.permission())));
    }
    return List.copyOf(tokens);
  }
}
