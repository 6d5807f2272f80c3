// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.EngineKind;
import kinglet.catalog.Finding;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Names;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.PipeFile;
import kinglet.sql.SqlReferences;
import kinglet.type.Schema;

/// Decides what becomes of every table and view.
///
/// A change that a table can take in place is an ALTER. Any other change needs a new table: beside
/// an empty one at once, and for the target of materialized views by filling the new one from the
/// views. The new table of one data source changes the views that read or write it, so the decision
/// is repeated until nothing changes any more.
final class Planner {
  /// Stands for the database of the workspace where queries are compared.
  private static final String OWN = "workspace";

  private final Resources current;
  private final StoredResources stored;
  private final ResolvedProject project;
  private final DeployOptions options;
  private final Findings findings;
  private final Administrator administrator;
  private final long deployment;
  private final Map<String, String> spentForwardQueries;
  private final Map<String, DataSourcePlan> dataSources = new LinkedHashMap<>();
  private final Map<String, ViewPlan> views = new LinkedHashMap<>();
  private final Set<String> takenTables = new HashSet<>();

  /// @param spentForwardQueries those of the live deployment, by data source: their rows are moved
  Planner(
      Resources current,
      StoredResources stored,
      ResolvedProject project,
      DeployOptions options,
      Findings findings,
      Administrator administrator,
      long deployment,
      Map<String, String> spentForwardQueries) {
    this.current = current;
    this.stored = stored;
    this.project = project;
    this.options = options;
    this.findings = findings;
    this.administrator = administrator;
    this.deployment = deployment;
    this.spentForwardQueries = Map.copyOf(spentForwardQueries);
  }

  /// The plans of data sources, by name; findings say what is refused.
  Map<String, DataSourcePlan> dataSources() {
    return dataSources;
  }

  /// The plan of a data source of the project.
  DataSourcePlan plan(String dataSource) {
    DataSourcePlan plan = dataSources.get(dataSource);
    if (plan == null) {
      throw new IllegalStateException("No plan was made for " + dataSource);
    }
    return plan;
  }

  /// The plans of views, by pipe.
  Map<String, ViewPlan> views() {
    return views;
  }

  void decide() {
    for (DataSource dataSource : current.dataSources()) {
      takenTables.add(dataSource.table());
      takenTables.add(dataSource.quarantineTable());
    }
    project.dataSources().forEach(this::firstFate);
    boolean again = true;
    while (again) {
      again = decideViews();
    }
    refuse();
  }

  private void firstFate(DataSourceFile file) {
    var schema = project.schemas().get(file.name());
    if (schema == null) {
      throw new IllegalStateException("A data source without columns was planned: " + file.name());
    }
    Optional<DataSource> before =
        current.dataSource(file.name()).filter(known -> known.name().equals(file.name()));
    DataSourcePlan plan;
    if (before.isEmpty()) {
      plan =
          new DataSourcePlan(
              file,
              schema,
              project.sharedWith(file.name()),
              null,
              null,
              Fate.CREATE,
              freshTable(file.name()));
    } else if (isRecreated(file.name())) {
      plan =
          new DataSourcePlan(
              file,
              schema,
              project.sharedWith(file.name()),
              before.get(),
              null,
              Fate.RECREATE,
              freshTable(file.name()));
    } else {
      plan = changed(file, schema, before.get());
    }
    dataSources.put(file.name(), plan);
  }

  /// Whether a data source is made anew although it may hold rows.
  boolean isRecreated(String dataSource) {
    return options.unfilled().filter(view -> view.recreates(dataSource)).isPresent();
  }

  /// What is to become of a new view, where it is not filled.
  Optional<DeployOptions.UnfilledView> unfilled(String pipe) {
    return options.unfilled().filter(view -> view.is(pipe));
  }

  /// The plan of a data source that is there already.
  private DataSourcePlan changed(DataSourceFile file, Schema schema, DataSource before) {
    Alteration alteration = Alteration.of(before, schema, file.engine(), file.indexes());
    DataSourcePlan plan =
        new DataSourcePlan(
            file,
            schema,
            project.sharedWith(file.name()),
            before,
            alteration,
            Fate.KEEP,
            before.table());
    boolean inPlace = alteration.obstacle().isEmpty();
    if (alteration.isEmpty()) {
      return plan;
    }
    if (forwardQuery(file).isPresent() && (!inPlace || plan.schemaChanged())) {
      migrate(plan);
    } else if (!inPlace && isTarget(file.name())) {
      replace(plan, Fate.REBUILD);
    } else if (!inPlace || (!options.promote() && alteration.rewrites())) {
      migrate(plan);
    } else if (options.promote()) {
      plan.fate = Fate.ALTER;
    } else {
      plan = cloned(plan, before);
    }
    return plan;
  }

  /// What is said of the rows there are, unless it was said for an earlier change.
  private Optional<String> forwardQuery(DataSourceFile file) {
    return file.forwardQuery().filter(query -> !query.equals(spentForwardQueries.get(file.name())));
  }

  private void migrate(DataSourcePlan plan) {
    DataSource before = plan.existing().orElseThrow();
    Optional<String> query = forwardQuery(plan.file);
    try {
      plan.forwarding =
          query.isPresent()
              ? Forwarding.explicit(
                  before, plan.schema, plan.file.engine(), query.get(), administrator)
              : Forwarding.implicit(before, plan.schema, plan.file.engine());
      replace(plan, Fate.MIGRATE);
    } catch (Forwarding.Impossible e) {
      replace(plan, Fate.RECREATE);
      if (query.isPresent()) {
        findings.error(plan.file.place("FORWARD_QUERY"), e.text());
      } else if (holdsRows(plan)) {
        findings.error(
            plan.file.place("SCHEMA"),
            "The data source '" + plan.name() + "' holds rows. " + e.text());
      }
    }
  }

  /// The plan for a table that live queries go on reading as it is.
  private DataSourcePlan cloned(DataSourcePlan plan, DataSource before) {
    String table = freshTable(plan.name());
    DataSourceFile file = plan.file;
    Alteration alteration =
        Alteration.of(before.withTable(table), plan.schema, file.engine(), file.indexes());
    DataSourcePlan cloned =
        new DataSourcePlan(
            file, plan.schema, plan.sharedWith, before, alteration, Fate.CLONE, table);
    cloned.forwarding = Forwarding.implicit(before, before.schema(), before.engine());
    return cloned;
  }

  private boolean isTarget(String dataSource) {
    return project.pipes().stream()
        .anyMatch(pipe ->
            pipe.kind() instanceof PipeKind.Materialized view
                && view.dataSource().equals(dataSource));
  }

  private void replace(DataSourcePlan plan, Fate fate) {
    plan.fate = fate;
    plan.table = freshTable(plan.name());
  }

  private String freshTable(String name) {
    String table = name;
    for (int i = 0; !isFree(table); i++) {
      table = name + "__" + deployment + (i == 0 ? "" : "_" + i);
    }
    takenTables.add(table);
    takenTables.add(table + "_quarantine");
    return table;
  }

  private boolean isFree(String table) {
    return !takenTables.contains(table) && !takenTables.contains(table + "_quarantine");
  }

  /// Plans every view; answers whether a data source needs a new table because of it.
  private boolean decideViews() {
    views.clear();
    for (Pipe pipe : project.pipes()) {
      if (pipe.kind() instanceof PipeKind.Materialized view) {
        String source = project.viewSources().get(pipe.name());
        DataSourcePlan target = dataSources.get(view.dataSource());
        if (source == null || target == null) {
          throw new IllegalStateException("A view without source was planned: " + pipe.name());
        }
        ViewPlan plan = viewPlan(pipe, view, source, target);
        if (plan.action() == ViewPlan.Action.CREATE && !target.fate.refilled()) {
          boolean forwarded = forwardQuery(target.file).isPresent();
          if (!forwarded) {
            replace(target, Fate.REBUILD);
            return true;
          }
          if (target.fate != Fate.MIGRATE) {
            migrate(target);
            return true;
          }
        }
        views.put(pipe.name(), plan);
      }
    }
    return false;
  }

  private ViewPlan viewPlan(
      Pipe pipe, PipeKind.Materialized kind, String source, DataSourcePlan target) {
    CompiledPipe compiled = new CompiledPipe(pipe, physicalNames());
    String sql = compiled.build(kind.node()).sql();
    String logicalSql = compiled.build(kind.node(), logicalNames(project.pipes())).sql();
    Optional<StoredResources.StoredPipe> before =
        stored.pipe(pipe.name()).filter(known -> known.view() != null);
    boolean sameLogic =
        before.isPresent()
            && source.equals(before.get().viewSource())
            && currentLogicalSql(pipe.name()).filter(logicalSql::equals).isPresent()
            && currentTarget(pipe.name()).filter(kind.dataSource()::equals).isPresent();
    boolean sameTarget = currentTarget(pipe.name()).filter(kind.dataSource()::equals).isPresent();
    List<String> reads = reads(logicalSql);
    boolean freshRead = reads.stream().anyMatch(name -> plan(name).fate.fresh());
    boolean refilledRead = reads.stream().anyMatch(name -> plan(name).fate == Fate.REBUILD);
    ViewPlan.Action action;
    if (sameLogic && !freshRead && !target.fate.fresh()) {
      action = ViewPlan.Action.KEEP;
    } else if (!target.fate.refilled()
        && (unfilled(pipe.name()).isPresent()
            || (before.isPresent()
                && sameTarget
                && (kind.alter()
                    || (sameLogic && !refilledRead)
                    || forwardQuery(target.file).isPresent())))) {
      action = ViewPlan.Action.IN_PLACE;
    } else {
      action = ViewPlan.Action.CREATE;
    }
    Optional<String> old = before.map(known -> Optional.ofNullable(known.view()).orElseThrow());
    String name =
        action == ViewPlan.Action.KEEP ? old.orElseThrow() : ViewDdl.name(pipe.name(), deployment);
    return new ViewPlan(pipe.name(), name, old, source, kind.dataSource(), sql, reads, action);
  }

  private Optional<String> currentTarget(String pipe) {
    return current
        .pipe(pipe)
        .map(known -> known.pipe().kind())
        .filter(PipeKind.Materialized.class::isInstance)
        .map(known -> ((PipeKind.Materialized) known).dataSource());
  }

  private Optional<String> currentLogicalSql(String pipe) {
    List<Pipe> pipes = current.pipes().stream().map(CompiledPipe::pipe).toList();
    return current
        .pipe(pipe)
        .filter(known -> known.pipe().kind() instanceof PipeKind.Materialized)
        .map(known -> known.build(known.pipe().kind().node(), logicalNames(pipes)).sql());
  }

  /// The data sources a query on logical names reads.
  private List<String> reads(String logicalSql) {
    Set<String> names = new LinkedHashSet<>();
    SqlReferences.of(logicalSql).tables().stream()
        .filter(table -> table.database().filter(OWN::equals).isPresent())
        .forEach(table -> {
          String name = table.name();
          if (!dataSources.containsKey(name) && name.endsWith("_quarantine")) {
            name = name.substring(0, name.length() - "_quarantine".length());
          }
          if (dataSources.containsKey(name)) {
            names.add(name);
          }
        });
    return List.copyOf(names);
  }

  /// Names as the tables will be.
  Names physicalNames() {
    String database = current.workspace().database();
    return new PipeNames(
        project.pipes(),
        name -> {
          DataSourcePlan plan = dataSources.get(name);
          if (plan != null) {
            return Optional.of(plan.sqlName(database));
          }
          DataSourcePlan quarantined =
              name.endsWith("_quarantine")
                  ? dataSources.get(name.substring(0, name.length() - "_quarantine".length()))
                  : null;
          return quarantined == null
              ? Optional.empty()
              : Optional.of(Identifiers.quote(database, quarantined.table + "_quarantine"));
        },
        current::sharedTable);
  }

  private Names logicalNames(List<Pipe> pipes) {
    Set<String> pipeNames = new HashSet<>();
    pipes.forEach(pipe -> pipeNames.add(pipe.name()));
    return new PipeNames(
        pipes,
        name ->
            pipeNames.contains(name) ? Optional.empty() : Optional.of(Identifiers.quote(OWN, name)),
        (origin, name) -> Optional.of(Identifiers.quote("shared by " + origin, name)));
  }

  /// Refuses what would lose rows, unless that is allowed.
  private void refuse() {
    for (DataSource dataSource : current.dataSources()) {
      if (!dataSources.containsKey(dataSource.name())) {
        destructive(
            null,
            "The data source '"
                + dataSource.name()
                + "' is not in the project: removing it deletes"
                + " its rows");
      }
    }
    for (DataSourcePlan plan : dataSources.values()) {
      Alteration alteration = plan.alteration;
      if ((plan.fate == Fate.ALTER || plan.fate == Fate.CLONE) && alteration != null) {
        alteration.removedColumns().forEach(column -> lost(plan, column));
      }
      Forwarding forwarding = plan.forwarding;
      if (plan.fate == Fate.MIGRATE && forwarding != null) {
        forwarding.lost().forEach(column -> lost(plan, column));
      }
      if (plan.fate == Fate.REBUILD && holdsRows(plan)) {
        refuseRebuild(plan);
      }
    }
  }

  private void lost(DataSourcePlan plan, String column) {
    boolean stays = plan.schema.indexOf(column).isPresent();
    destructive(
        plan.file.path(),
        "The column '"
            + column
            + "' of '"
            + plan.name()
            + "' is not in the "
            + (stays ? "FORWARD_QUERY" : "file")
            + ": removing it deletes its values");
  }

  private static String obstacle(DataSourcePlan plan) {
    Alteration alteration = plan.alteration;
    return alteration == null ? "" : alteration.obstacle().orElse("its views change");
  }

  private void refuseRebuild(DataSourcePlan plan) {
    DataSource before = plan.existing().orElseThrow();
    if (before.hiddenColumns()
        && administrator.number(
                "SELECT count() FROM " + before.sqlName() + " WHERE " + TableDdl.SEQ + " > 0")
            > 0) {
      findings.error(
          plan.file.place("SCHEMA"),
          "The data source '"
              + plan.name()
              + "' must be filled anew from its materialized views ("
              + obstacle(plan)
              + "), but it also holds rows that were sent to it; keep all its rows with FORWARD_QUERY >"
              + " SELECT *");
      return;
    }
    for (ViewPlan view : views.values()) {
      if (view.target().equals(plan.name())) {
        lostHistory(view)
            .ifPresent(reason ->
                destructive(
                    plan.file.path(),
                    "The data source '"
                        + plan.name()
                        + "' must be filled anew from '"
                        + view.source()
                        + "' ("
                        + obstacle(plan)
                        + "), which "
                        + reason));
      }
    }
    Set<String> feeding = new TreeSet<>();
    views.values().stream()
        .filter(view -> view.target().equals(plan.name()))
        .forEach(view -> feeding.add(view.pipe()));
    for (var known : current.views()) {
      if (known.target().equals(plan.name()) && !feeding.contains(known.pipe())) {
        destructive(
            plan.file.path(),
            "The data source '"
                + plan.name()
                + "' must be filled anew ("
                + obstacle(plan)
                + "), and the view '"
                + known.pipe()
                + "' that filled it is removed");
      }
    }
  }

  /// Why the source of a view cannot give all rows once more.
  private Optional<String> lostHistory(ViewPlan view) {
    DataSourcePlan source = plan(view.source());
    EngineKind kind = source.file.engine().kind();
    if (kind == EngineKind.NULL) {
      return Optional.of("keeps no rows");
    }
    boolean expires =
        source.existing().flatMap(before -> before.engine().ttl()).isPresent()
            || source.file.engine().ttl().isPresent();
    if (expires) {
      return Optional.of("has a TTL: older rows are gone");
    }
    return source.fate == Fate.CREATE || source.fate == Fate.RECREATE
        ? Optional.of("is new and empty")
        : Optional.empty();
  }

  private boolean holdsRows(DataSourcePlan plan) {
    return plan.existing().isPresent()
        && plan.existing().get().engine().kind() != EngineKind.NULL
        && administrator.number(
                "SELECT count() FROM (SELECT 1 FROM "
                    + plan.existing().get().sqlName()
                    + " LIMIT 1)")
            > 0;
  }

  private void destructive(@org.jspecify.annotations.Nullable String path, String message) {
    findings.add(
        options.allowDestructive()
            ? Finding.warning(path, message)
            : Finding.error(
                path,
                message + ". Deploy with allow_destructive_operations to do it all the same"));
  }

  /// The pipes of a project, and data sources by a function.
  private static final class PipeNames implements Names {
    private final Map<String, CompiledPipe> pipes = new LinkedHashMap<>();
    private final Function<String, Optional<String>> tables;
    private final BiFunction<String, String, Optional<String>> shared;

    PipeNames(
        List<Pipe> pipes,
        Function<String, Optional<String>> tables,
        BiFunction<String, String, Optional<String>> shared) {
      this.tables = tables;
      this.shared = shared;
      pipes.forEach(pipe -> this.pipes.put(pipe.name(), new CompiledPipe(pipe, this)));
    }

    @Override
    public Optional<String> table(String name) {
      return tables.apply(name);
    }

    @Override
    public Optional<String> sharedTable(String workspace, String name) {
      return shared.apply(workspace, name);
    }

    @Override
    public Optional<CompiledPipe> pipe(String name) {
      return Optional.ofNullable(pipes.get(name));
    }
  }

  /// The data sources, existing ones only, whose flushes reach any of `names`: themselves and
  /// whatever feeds them through views, old or new.
  Set<Long> feeding(Set<String> names) {
    Set<String> reached = new LinkedHashSet<>(names);
    boolean grows = true;
    while (grows) {
      List<String> more = new ArrayList<>();
      views.values().stream()
          .filter(view -> reached.contains(view.target()))
          .forEach(view -> more.add(view.source()));
      current.views().stream()
          .filter(view -> reached.contains(view.target()))
          .forEach(view -> more.add(view.source()));
      grows = reached.addAll(more);
    }
    Set<Long> ids = new TreeSet<>();
    reached.forEach(name -> current.dataSource(name).ifPresent(known -> ids.add(known.id())));
    return ids;
  }

  /// The materialized pipes of the files, for messages.
  Optional<PipeFile> file(String pipe) {
    return project.project().pipe(pipe);
  }
}
