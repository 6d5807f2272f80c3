// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.deployment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.CompiledQuery;
import kinglet.catalog.EngineKey;
import kinglet.catalog.Identifiers;
import kinglet.catalog.Names;
import kinglet.catalog.Node;
import kinglet.catalog.Pipe;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.catalog.ServiceDataSource;
import kinglet.catalog.Snapshot;
import kinglet.catalog.datafile.ColumnFile;
import kinglet.catalog.datafile.DataSourceFile;
import kinglet.catalog.datafile.Findings;
import kinglet.catalog.datafile.MonitorFile;
import kinglet.catalog.datafile.NodeFile;
import kinglet.catalog.datafile.PipeFile;
import kinglet.catalog.datafile.Place;
import kinglet.catalog.datafile.Project;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.Role;
import kinglet.error.PlatformException;
import kinglet.sql.SqlReferences;
import kinglet.sql.TableReference;
import kinglet.template.Template;
import kinglet.template.TemplateError;
import kinglet.type.Column;
import kinglet.type.DataType;
import kinglet.type.Schema;

/// Builds a project in a database of its own, empty, so that ClickHouse itself judges every table,
/// every node and every view before anything real is touched.
final class Rehearsal {
  private final Administrator administrator;
  private final String database;
  private final Findings findings;
  private final ReferenceCheck references;
  private final FeatureChecks features;
  private final Resources current;
  private final List<Resources> readers;
  private final SharedTables shared;
  private final Map<String, Schema> schemas = new LinkedHashMap<>();
  private final Map<String, Schema> featureSchemas = new LinkedHashMap<>();
  private final Set<String> quarantines = new HashSet<>();
  private final Map<String, CompiledPipe> pipes = new HashMap<>();
  private final Map<String, List<Column>> outputs = new HashMap<>();
  private final List<DataSourceFile> dataSources = new ArrayList<>();
  private final Map<String, String> viewSources = new HashMap<>();
  private final Map<String, List<String>> viewColumns = new HashMap<>();

  /// @param current what the workspace holds
  /// @param readers what the workspaces hold with which it shares something
  Rehearsal(
      Administrator administrator,
      String database,
      Findings findings,
      ReferenceCheck references,
      FeatureChecks features,
      Resources current,
      List<Resources> readers) {
    this.features = features;
    this.current = current;
    this.readers = List.copyOf(readers);
    this.shared = new SharedTables(administrator, database, current);
    this.administrator = administrator;
    this.database = database;
    this.findings = findings;
    this.references = references;
  }

  /// Judges the project; the database is gone afterwards.
  ResolvedProject run(Project project, List<Pipe> resolvedPipes) {
    String quoted = Identifiers.quote(database);
    administrator.define("DROP DATABASE IF EXISTS " + quoted + " SYNC");
    administrator.define("CREATE DATABASE " + quoted);
    try {
      project.dataSources().forEach(this::table);
      resolvedPipes.forEach(pipe -> pipes.put(pipe.name(), new CompiledPipe(pipe, names())));
      project.pipes().forEach(this::describedTarget);
      FeatureChecks.Views views = features(project);
      project.pipes().forEach(this::nodes);
      project.monitors().forEach(monitor -> views.monitor(monitor, computed(project, monitor)));
      if (!findings.hasErrors()) {
        project.pipes().forEach(this::view);
        project.pipes().forEach(this::delay);
        project.pipes().forEach(this::copy);
        readViewSources(project);
        new ReaderCheck(administrator, database, findings)
            .run(current.workspace().id(), dataSources, schemas, readers);
      }
    } finally {
      administrator.define("DROP DATABASE IF EXISTS " + quoted + " SYNC");
    }
    return new ResolvedProject(
        project, dataSources, schemas, resolvedPipes, viewSources, viewColumns, Map.of());
  }

  private void table(DataSourceFile file) {
    dataSources.add(file);
    Optional<Schema> typed = resolve(file);
    if (typed.isEmpty()) {
      return;
    }
    Schema schema = typed.get();
    Optional<String> problem =
        reservedColumn(schema).or(() -> SortingKey.problem(file.engine(), schema));
    if (problem.isPresent()) {
      findings.error(file.place(EngineKey.SORTING_KEY.instruction()), problem.get());
      return;
    }
    try {
      administrator.define(
          TableDdl.create(database, file.name(), schema, file.engine(), file.indexes()));
      schemas.put(file.name(), schema);
      warnOfDimensions(file, schema);
    } catch (PlatformException e) {
      findings.error(blamed(file, refused(e)), EngineMessage.of(e, database));
    }
  }

  private void warnOfDimensions(DataSourceFile file, Schema schema) {
    List<String> outside = SortingKey.dimensionsOutside(file.engine(), schema);
    if (!outside.isEmpty()) {
      findings.warning(
          file.place(EngineKey.SORTING_KEY.instruction()),
          "Rows with the same sorting key become one row, which keeps any of the values of "
              + String.join(", ", outside)
              + ": add them to ENGINE_SORTING_KEY, or make them aggregates");
    }
  }

  private static Optional<String> reservedColumn(Schema schema) {
    return schema.columns().stream()
        .map(Column::name)
        .filter(TableDdl.HIDDEN::contains)
        .findFirst()
        .map(name -> "The column name '" + name + "' is reserved");
  }

  /// The columns with their types; ClickHouse says which type a DEFAULT alone has.
  private Optional<Schema> resolve(DataSourceFile file) {
    List<Column> columns = new ArrayList<>();
    List<ColumnFile> untyped =
        file.columns().stream().filter(column -> column.type() == null).toList();
    Map<String, String> types = untyped.isEmpty() ? Map.of() : defaultTypes(file);
    for (ColumnFile column : file.columns()) {
      DataType type = column.type();
      if (type == null) {
        String found = types.get(column.name());
        if (found == null) {
          return Optional.empty();
        }
        type = DataType.parse(found);
      }
      columns.add(column.typed(type));
    }
    return columns.isEmpty() ? Optional.empty() : Optional.of(new Schema(columns));
  }

  private Map<String, String> defaultTypes(DataSourceFile file) {
    String table = Identifiers.quote(database, "__untyped");
    List<String> texts =
        file.columns().stream()
            .map(column ->
                TableDdl.columnText(column.name(), column.type(), column.defaultExpression(), null))
            .toList();
    try {
      administrator.define(
          "CREATE TABLE " + table + " (" + String.join(", ", texts) + ") ENGINE = Memory");
      Map<String, String> types = new HashMap<>();
      administrator
          .rows("DESCRIBE TABLE " + table)
          .forEach(row -> types.put(row.get(0), row.get(1)));
      administrator.define("DROP TABLE " + table + " SYNC");
      return types;
    } catch (PlatformException e) {
      findings.error(file.place("SCHEMA"), EngineMessage.of(refused(e), database));
      return Map.of();
    }
  }

  /// The line a message of ClickHouse about a table most likely means.
  private static Place blamed(DataSourceFile file, PlatformException e) {
    String text = e.text();
    for (ColumnFile column : file.columns()) {
      if (text.contains("column `" + column.name() + "`")
          || text.contains("column " + column.name() + " ")
          || text.contains("'" + column.name() + "'")) {
        return column.place();
      }
    }
    for (EngineKey key : EngineKey.values()) {
      boolean mentioned =
          switch (key) {
            case TTL -> text.contains("TTL");
            case PARTITION_KEY -> text.toLowerCase(java.util.Locale.ROOT).contains("partition key");
            case SAMPLING_KEY -> text.toLowerCase(java.util.Locale.ROOT).contains("sampl");
            case PRIMARY_KEY -> text.toLowerCase(java.util.Locale.ROOT).contains("primary key");
            default -> false;
          };
      boolean quoted =
          file.engine()
              .key(key)
              .filter(value -> value.length() > 1 && text.contains(value))
              .isPresent();
      if ((mentioned || quoted) && file.places().containsKey(key.instruction())) {
        return file.place(key.instruction());
      }
    }
    return file.place(file.places().containsKey("ENGINE") ? "ENGINE" : "SCHEMA");
  }

  private Names names() {
    return new Names() {
      @Override
      public Optional<String> table(String name) {
        if (schemas.containsKey(name)) {
          return Optional.of(Identifiers.quote(database, name));
        }
        return quarantine(name);
      }

      @Override
      public Optional<CompiledPipe> pipe(String name) {
        return Optional.ofNullable(pipes.get(name));
      }

      @Override
      public Optional<String> sharedTable(String schema, String name) {
        return shared.table(schema, name);
      }

      @Override
      public Optional<String> features(String view) {
        // A view that was refused gives no columns; its readers would only repeat that.
        return Optional.of(
            featureSchemas.containsKey(view) ? Identifiers.quote(database, view) : "(SELECT NULL)");
      }
    };
  }

  private Optional<String> quarantine(String name) {
    Schema schema =
        name.endsWith("_quarantine") ? schemas.get(name.substring(0, name.length() - 11)) : null;
    if (schema == null) {
      return Optional.empty();
    }
    if (quarantines.add(name)) {
      administrator.define(TableDdl.createQuarantine(database, name, schema));
    }
    return Optional.of(Identifiers.quote(database, name));
  }

  /// Makes the target that a materialized pipe describes itself, with the columns its query gives.
  private void describedTarget(PipeFile file) {
    if (!(file.kind() instanceof PipeKind.Materialized view)
        || file.targetEngine().isEmpty()
        || schemas.containsKey(view.dataSource())
        || dataSources.stream().anyMatch(known -> known.name().equals(view.dataSource()))) {
      return;
    }
    Optional<List<Column>> output = describe(file, file.output());
    if (output.isPresent()) {
      List<ColumnFile> columns =
          output.get().stream()
              .map(column ->
                  new ColumnFile(column.name(), column.type(), null, null, null, file.kindPlace()))
              .toList();
      table(
          new DataSourceFile(
              file.path(),
              view.dataSource(),
              "",
              columns,
              file.targetEngine().get(),
              List.of(),
              List.of(),
              List.of(),
              List.of(),
              Optional.empty(),
              true,
              List.of(),
              Map.of(),
              Map.of("ENGINE", file.kindPlace(), "SCHEMA", file.kindPlace())));
    }
  }

  private boolean isNew(String view) {
    Pipe now = Optional.ofNullable(pipes.get(view)).orElseThrow().pipe();
    return current
        .pipe(view)
        .map(CompiledPipe::pipe)
        .filter(before -> before.nodes().equals(now.nodes()) && before.kind().equals(now.kind()))
        .isEmpty();
  }

  /// Judges the feature views, and makes an empty table of each for the pipes that read them.
  private FeatureChecks.Views features(Project project) {
    features.expectations(project.dataSources(), schemas, findings);
    FeatureChecks.Views views = features.check(project.pipes(), schemas, this::isNew, findings);
    featureSchemas.putAll(views.schemas());
    featureSchemas.forEach((name, schema) ->
        administrator.define(
            "CREATE TABLE "
                + Identifiers.quote(database, name)
                + schema.columns().stream()
                    .map(TableDdl::column)
                    .collect(Collectors.joining(", ", " (", ")"))
                + " ENGINE = Memory"));
    return views;
  }

  /// The columns of the endpoint that a monitor watches, if every call gives the same.
  private Optional<List<Column>> computed(Project project, MonitorFile monitor) {
    return project.pipes().stream()
        .filter(pipe -> pipe.name().equals(monitor.monitor().features()))
        .filter(pipe -> pipe.kind() instanceof PipeKind.Endpoint)
        .filter(pipe -> givesTheSame(pipe.name(), new HashSet<>()))
        .findFirst()
        .map(pipe -> outputs.get(pipe.name() + "." + pipe.output().name()));
  }

  /// Whether what a call brings along are but values in the SQL of a pipe and of those it reads.
  private boolean givesTheSame(String name, Set<String> seen) {
    CompiledPipe pipe = pipes.get(name);
    return pipe == null
        || !seen.add(name)
        || pipe.pipe().nodes().stream()
            .allMatch(node ->
                pipe.takesValues(node.name())
                    && pipe.dependencies(node.name()).stream()
                        .allMatch(read -> givesTheSame(read, seen)));
  }

  private void nodes(PipeFile file) {
    if (file.kind() instanceof PipeKind.Features) {
      return;
    }
    boolean failed = false;
    for (NodeFile node : file.nodes()) {
      // A node that reads a failed one would only repeat its error.
      if (!failed) {
        failed = describe(file, node).isEmpty();
      }
    }
  }

  /// The columns a node gives, or nothing after a finding.
  private Optional<List<Column>> describe(PipeFile file, NodeFile node) {
    String key = file.name() + "." + node.name();
    List<Column> known = outputs.get(key);
    if (known != null) {
      return Optional.of(known);
    }
    CompiledPipe pipe = pipes.get(file.name());
    if (pipe == null) {
      return Optional.empty();
    }
    try {
      checkTemplate(file, node, pipe);
      CompiledQuery query = pipe.build(node.name());
      List<Column> columns = new ArrayList<>();
      for (List<String> row :
          administrator.rows(
              Role.READER, "DESCRIBE TABLE (\n" + query.sql() + "\n)", query.parameters())) {
        columns.add(Column.of(row.get(0), row.get(1)));
      }
      outputs.put(key, columns);
      return Optional.of(columns);
    } catch (PlatformException e) {
      boolean engine = e.code() instanceof ClickHouseError;
      PlatformException failure = engine ? refused(e) : e;
      if (failure.text().contains(Template.NO_VALUE)) {
        findings.warning(
            node.sqlPlace(),
            "The node '"
                + node.name()
                + "' cannot be checked without a value: give the names in it a default");
        return Optional.empty();
      }
      findings.error(
          place(node, failure), engine ? EngineMessage.of(failure, database) : failure.text());
      return Optional.empty();
    }
  }

  /// A template's tables are known only after it is rendered.
  private void checkTemplate(PipeFile file, NodeFile node, CompiledPipe pipe) {
    if (node.sql().startsWith("%")) {
      Set<String> own = new HashSet<>();
      file.nodes().forEach(other -> own.add(other.name()));
      pipe.warnings(node.name()).forEach(warning -> findings.warning(node.sqlPlace(), warning));
      references.check(node, SqlReferences.of(pipe.buildAlone(node.name()).sql()), own, false);
    }
  }

  private static Place place(NodeFile node, PlatformException failure) {
    if (failure.code() instanceof TemplateError) {
      int line = Integer.parseInt(failure.details().getOrDefault("line", "1"));
      Place start = node.sqlPlace();
      return line == 1 ? start : new Place(start.path(), start.line() + line - 1, 1);
    }
    int[] position = EngineMessage.position(failure);
    boolean ownText = !node.sql().startsWith("%") && position.length == 2 && position[0] >= 2;
    int lines = (int) node.sql().lines().count();
    if (!ownText || position[0] - 1 > lines) {
      return node.sqlPlace();
    }
    int line = node.sqlPlace().line() + position[0] - 2;
    return new Place(node.sqlPlace().path(), line, Math.max(1, position[1]));
  }

  /// A refusal by ClickHouse concerns the project; any other failure ends the deployment.
  private static PlatformException refused(PlatformException e) {
    if (e.code() != ClickHouseError.QUERY_FAILED) {
      throw e;
    }
    return e;
  }

  /// A delay is of a feature service.
  private void delay(PipeFile file) {
    if (file.kind() instanceof PipeKind.Endpoint endpoint
        && endpoint.featureDelay().isPresent()
        && !readsFeatures(file.name(), new HashSet<>())) {
      findings.error(
          file.place("FEATURE_DELAY"),
          "FEATURE_DELAY is of feature services, and '"
              + file.name()
              + "' reads no feature view: leave it out");
    }
  }

  private boolean readsFeatures(String name, Set<String> seen) {
    CompiledPipe pipe = pipes.get(name);
    if (pipe == null || !seen.add(name)) {
      return false;
    }
    if (pipe.pipe().features()) {
      return true;
    }
    for (Node node : pipe.pipe().nodes()) {
      try {
        for (TableReference table : SqlReferences.of(pipe.buildAlone(node.name()).sql()).tables()) {
          if (readsFeatures(table.name(), seen)) {
            return true;
          }
        }
      } catch (PlatformException _) {
        // What a node that cannot be rendered reads is not known.
        return true;
      }
    }
    return false;
  }

  private void view(PipeFile file) {
    if (!(file.kind() instanceof PipeKind.Materialized view)) {
      return;
    }
    CompiledPipe pipe = pipes.get(file.name());
    Schema target = schemas.get(view.dataSource());
    List<Column> given = outputs.get(file.name() + "." + view.node());
    if (pipe == null || target == null || given == null) {
      return;
    }
    String sql = pipe.build(view.node()).sql();
    if (SqlReferences.of(sql).tables().stream()
        .anyMatch(
            table -> table.database().filter(ServiceDataSource.DATABASE::equals).isPresent())) {
      findings.error(
          file.output().sqlPlace(),
          "A materialized view cannot read service data sources (tinybird.*), also not through other"
              + " pipes: read them in an endpoint or a copy");
      return;
    }
    if (SqlReferences.of(sql).tables().stream()
        .anyMatch(table -> featureSchemas.containsKey(table.name()))) {
      findings.error(
          file.output().sqlPlace(),
          "A materialized view cannot read feature views: they have values, not new rows; read what"
              + " they are made of");
      return;
    }
    viewColumns.put(file.name(), given.stream().map(Column::name).toList());
    if (!fits(file, view, given, target)) {
      return;
    }
    try {
      administrator.define(
          ViewDdl.create(
              database,
              ViewDdl.REHEARSED + file.name(),
              Identifiers.quote(database, view.dataSource()),
              sql));
    } catch (PlatformException e) {
      findings.error(file.output().sqlPlace(), EngineMessage.of(refused(e), database));
    }
  }

  /// Compares what a copy gives with its target; a template may give other columns when it runs.
  private void copy(PipeFile file) {
    if (!(file.kind() instanceof PipeKind.Copy copy) || copy.elsewhere().isPresent()) {
      return;
    }
    Schema target = schemas.get(copy.dataSource());
    List<Column> given = outputs.get(file.name() + "." + copy.node());
    if (target == null || given == null) {
      return;
    }
    Set<String> names = new HashSet<>();
    List<String> problems = new ArrayList<>();
    for (Column column : given) {
      names.add(column.name());
      if (target.indexOf(column.name()).isEmpty()) {
        problems.add(
            "The copy gives the column '"
                + column.name()
                + "' ("
                + column.type().sql()
                + "), which the data source '"
                + copy.dataSource()
                + "' does not have: add it there or leave it out");
      }
    }
    for (Column column : target.columns()) {
      boolean optional = column.defaultExpression() != null || column.type().nullable();
      if (!column.type().writable()) {
        problems.add(
            "A copy cannot write the column '"
                + column.name()
                + "' ("
                + column.type().sql()
                + ") of the data source '"
                + copy.dataSource()
                + "': let a materialized view make the states");
      } else if (!names.contains(column.name()) && !optional) {
        problems.add(
            "The copy does not give the column '"
                + column.name()
                + "' of the data source '"
                + copy.dataSource()
                + "': select it, or give the column a DEFAULT");
      }
    }
    Place place = file.output().sqlPlace();
    boolean template = file.output().sql().startsWith("%");
    problems.forEach(problem -> {
      if (template) {
        findings.warning(place, problem);
      } else {
        findings.error(place, problem);
      }
    });
  }

  /// Compares what a view gives with what its target holds, column by column.
  private boolean fits(
      PipeFile file, PipeKind.Materialized view, List<Column> given, Schema target) {
    Place place = file.output().sqlPlace();
    Set<String> names = new HashSet<>();
    int before = findings.all().size();
    for (Column column : given) {
      names.add(column.name());
      if (target.indexOf(column.name()).isEmpty()) {
        findings.error(
            place,
            "The view gives the column '"
                + column.name()
                + "' ("
                + column.type().sql()
                + "), which the data source '"
                + view.dataSource()
                + "' does not have: add it there or leave it out");
        continue;
      }
      Column held = target.column(target.indexOf(column.name()).getAsInt());
      if (!TypeFit.holds(column.type(), held.type()) && !sameState(column, held)) {
        findings.error(
            place,
            "The column '"
                + column.name()
                + "' is "
                + column.type().sql()
                + " in the view and "
                + held.type().sql()
                + " in the data source '"
                + view.dataSource()
                + "': make them the same");
      }
    }
    for (Column column : target.columns()) {
      if (!names.contains(column.name()) && column.defaultExpression() == null) {
        findings.error(
            place,
            "The view does not give the column '"
                + column.name()
                + "' of the data source '"
                + view.dataSource()
                + "': select it, or give the column a DEFAULT");
      }
    }
    return findings.all().size() == before;
  }

  /// Whether ClickHouse takes one aggregation's state for the other.
  private boolean sameState(Column given, Column held) {
    if (!(given.type() instanceof DataType.AggregateFunction)
        || !(held.type() instanceof DataType.AggregateFunction)) {
      return false;
    }
    try {
      var _ =
          administrator.rows(
              Role.READER,
              "DESCRIBE TABLE (SELECT CAST(x, "
                  + Identifiers.literal(held.type().sql())
                  + ") FROM (SELECT defaultValueOfTypeName("
                  + Identifiers.literal(given.type().sql())
                  + ") AS x))",
              Map.of());
      return true;
    } catch (PlatformException e) {
      var _ = refused(e);
      return false;
    }
  }

  /// Asks ClickHouse which table's rows each view sees.
  private void readViewSources(Project project) {
    Map<String, String> sources = new HashMap<>();
    for (List<String> row :
        administrator.rows(
            "SELECT name, arrayJoin(dependencies_table) FROM system.tables WHERE database = "
                + Identifiers.literal(database))) {
      sources.put(row.get(1), row.get(0));
    }
    for (PipeFile file : project.pipes()) {
      if (file.kind() instanceof PipeKind.Materialized && !findings.hasErrors()) {
        String source = sources.get(ViewDdl.REHEARSED + file.name());
        if (source != null && shared.contains(source)) {
          findings.error(
              file.output().sqlPlace(),
              "A materialized view cannot follow the rows of '"
                  + source
                  + (source.startsWith(Snapshot.SCHEMA + ".")
                      ? "', which is a snapshot and gets none: read it in a JOIN"
                      : "', which another workspace shares: read it in a JOIN, or copy it into a"
                          + " data source of this workspace"));
        } else if (source == null || !schemas.containsKey(source)) {
          findings.error(
              file.output().sqlPlace(),
              "The materialized view reads no data source in its FROM, so no rows would reach it");
        } else {
          viewSources.put(file.name(), source);
        }
      }
    }
  }
}
