// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kinglet.auth.Scope;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.EngineKey;
import kinglet.catalog.Finding;
import kinglet.catalog.MaterializedView;
import kinglet.catalog.Node;
import kinglet.catalog.PipeKind;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.SchemaText;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.ProjectEdit;
import kinglet.catalog.deployment.SuggestedTarget;
import kinglet.catalog.replacement.Populations;
import kinglet.catalog.replacement.ReplacementError;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.job.Jobs;
import kinglet.query.AnswerFormat;
import kinglet.query.Endpoints;
import kinglet.query.QueryAnswer;
import kinglet.query.QueryOptions;
import kinglet.type.Column;
import kinglet.type.Schema;
import tools.jackson.databind.JsonNode;

/// `/v0/pipes/{name}/nodes/{node}/materialization` and `/analysis`: nodes that fill a data source
/// from now on.
public final class MaterializationRoutes {
  private static final List<String> PARTIAL = List.of("populate_subset", "populate_condition");

  /// Nodes and pipes that read each other are no deeper.
  private static final int DEPTH_MAX = 50;

  private final RequestBodies bodies;
  private final PipeEdits edits;
  private final Endpoints endpoints;
  private final Populations populations;
  private final PopulationRoute population;

  public MaterializationRoutes(
      RequestBodies bodies,
      PipeEdits edits,
      Endpoints endpoints,
      Populations populations,
      PopulationRoute population) {
    this.bodies = bodies;
    this.edits = edits;
    this.endpoints = endpoints;
    this.populations = populations;
    this.population = population;
  }

  public void addTo(Routes routes) {
    String node = "/v0/pipes/{name}/nodes/{node}";
    routes
        .compatible("GET", node + "/analysis", this::analyze)
        .compatible("POST", node + "/materialization", this::materialize)
        .compatible("DELETE", node + "/materialization", this::unlink);
  }

  private void analyze(Exchange exchange) {
    Parameters given = exchange.query();
    Caller caller = creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    PipeEdits.requirePlain(pipe);
    SuggestedTarget suggested = suggested(caller, pipe, node);
    String name = target(caller, given).orElse(pipe.name() + "_mv");
    Map<String, String> settings = settings(caller, name, given, suggested);
    List<Finding> findings =
        edits.check(caller, pipe, text -> text.withKind(node.name(), settings));
    Map<String, Object> analysis = new LinkedHashMap<>();
    analysis.put("pipe", Map.of("id", pipe.pipe().id(), "name", pipe.name()));
    analysis.put("node", Map.of("id", node.id(), "name", node.name()));
    analysis.put(
        "source",
        source(caller, pipe, node)
            .map(source -> Map.of("id", source.publicId(), "name", source.name()))
            .orElse(null));
    analysis.put("datasource", shape(caller, name, settings, suggested));
    analysis.put("warnings", findings.stream().map(Finding::text).toList());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("analysis", analysis);
    if (given.isSet("include_datafile")) {
      body.put("datafile", datafile(settings, suggested));
    }
    exchange.respondJson(200, body);
  }

  private static Map<String, Object> shape(
      Caller caller, String name, Map<String, String> settings, SuggestedTarget suggested) {
    Map<String, Object> engine = new LinkedHashMap<>();
    engine.put("type", settings.getOrDefault("ENGINE", suggested.engine().kind().sql()));
    for (EngineKey key :
        List.of(EngineKey.SORTING_KEY, EngineKey.PARTITION_KEY, EngineKey.SAMPLING_KEY)) {
      engine.put(
          key.name().toLowerCase(Locale.ROOT),
          settings.getOrDefault(key.instruction(), suggested.engine().key(key).orElse("")));
    }
    List<Map<String, Object>> columns = new ArrayList<>();
    for (Column column : suggested.schema().columns()) {
      columns.add(Map.of("name", column.name(), "type", column.type().sql()));
    }
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", name);
    shape.put("schema", SchemaText.write(suggested.schema()).replace("\n", " "));
    shape.put("engine", engine);
    shape.put("columns", columns);
    shape.put("exists", caller.resources().dataSource(name).isPresent());
    return shape;
  }

  private static String datafile(Map<String, String> settings, SuggestedTarget suggested) {
    DataSourceText text = new DataSourceText();
    text.block("SCHEMA", SchemaText.write(suggested.schema()));
    text.line("ENGINE", suggested.engine().kind().sql());
    suggested.engine().keys().forEach((key, value) -> text.line(key.instruction(), value));
    settings.forEach((instruction, value) -> {
      if (instruction.startsWith("ENGINE")) {
        text.line(instruction, value);
      }
    });
    return text.toString();
  }

  /// What a node gives, which it has to give without arguments.
  private SuggestedTarget suggested(Caller caller, CompiledPipe pipe, Node node) {
    QueryOptions options =
        QueryOptions.NONE.withQ("SELECT * FROM _ LIMIT 0").withFormat(AnswerFormat.JSON);
    try (QueryAnswer answer =
        endpoints.overNode(caller.workspace(), caller.token(), pipe.name(), node.name(), options)) {
      List<Column> columns = new ArrayList<>();
      for (JsonNode column : Json.parse(answer.body().readAllBytes()).path("meta")) {
        columns.add(Column.of(column.path("name").asString(""), column.path("type").asString("")));
      }
      return SuggestedTarget.of(new Schema(columns));
    } catch (IOException e) {
      throw new PlatformException(HttpError.INTERNAL_ERROR, "the answer broke off", e);
    }
  }

  /// The data source whose new rows the view would see.
  private static Optional<DataSource> source(Caller caller, CompiledPipe pipe, Node node) {
    CompiledPipe in = pipe;
    String name = node.name();
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
      String first = in.dependencies(name).stream().findFirst().orElse("");
      Optional<CompiledPipe> other = caller.resources().pipe(first);
      if (in.pipe().node(first).isEmpty() && other.isEmpty()) {
        return caller.resources().dataSource(first);
      }
      boolean own = in.pipe().node(first).isPresent();
      name = own ? first : other.orElseThrow().pipe().kind().node();
      in = own ? in : other.orElseThrow();
    }
    return Optional.empty();
  }

  private void materialize(Exchange exchange) {
    Parameters given =
        bodies.with(exchange, body -> exchange.query().with(Forms.read(exchange, body)));
    Caller caller = creator(exchange, given);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    PipeEdits.requirePlain(pipe);
    String name =
        target(caller, given)
            .orElseThrow(
                () -> new PlatformException(HttpError.INVALID_REQUEST, "datasource= is missing"));
    Optional<DataSource> before = caller.resources().dataSource(name);
    boolean recreates = before.isPresent() && given.isSet("override_datasource");
    if (recreates) {
      requireReplaceable(caller, before.get());
    }
    SuggestedTarget suggested = suggested(caller, pipe, node);
    Optional<Populations.Wanted> wanted = wanted(caller, given, pipe, node, before);
    String job = Jobs.newId();
    DeployOptions.UnfilledView view =
        new DeployOptions.UnfilledView(
            pipe.name(),
            wanted.map(_ -> Populations.snapshot(job)),
            recreates ? Optional.of(name) : Optional.empty());
    wanted.ifPresent(_ -> populations.reserve(caller.workspace(), job));
    Optional<Job> filling;
    try {
      edits.edit(
          caller,
          edit -> linked(edit, caller, pipe, node, name, given, suggested, recreates),
          view);
      filling = wanted.map(filled -> submit(job, caller, pipe, name, given, filled));
    } catch (RuntimeException e) {
      populations.forget(job);
      throw e;
    }
    Map<String, Object> shape = edits.shape(exchange, caller, pipe.name());
    shape.put("created_datasource", before.isEmpty());
    filling.ifPresent(known -> shape.put("job", JobShape.of(known, exchange.origin())));
    exchange.respondJson(200, shape);
  }

  /// A view that cannot be filled is not left behind.
  private Job submit(
      String id,
      Caller caller,
      CompiledPipe pipe,
      String target,
      Parameters given,
      Populations.Wanted wanted) {
    try {
      return population.submit(
          id, caller, pipe, edits.current(caller).dataSource(target).orElseThrow(), given, wanted);
    } catch (PlatformException e) {
      edits.unlink(caller, edits.changed(caller, pipe.name()));
      throw e;
    }
  }

  private static ProjectEdit linked(
      ProjectEdit edit,
      Caller caller,
      CompiledPipe pipe,
      Node node,
      String target,
      Parameters given,
      SuggestedTarget suggested,
      boolean recreates) {
    Map<String, String> settings = settings(caller, target, given, suggested);
    ProjectEdit linked =
        edit.put(
            FileKind.PIPE,
            pipe.name(),
            PipeEdits.text(edit, pipe.name()).withKind(node.name(), settings).text());
    if (!recreates) {
      return linked;
    }
    DataSourceText text = DataSourceText.of(target, edit.files()).orElseGet(DataSourceText::new);
    return linked.put(
        FileKind.DATASOURCE,
        target,
        text.table(suggested.schema(), engine(given, suggested)).normalized());
  }

  private static void requireReplaceable(Caller caller, DataSource target) {
    caller.require(
        () -> caller.token().mayDropDataSource(target.name(), target.publicId()),
        "it may not remove the data source " + target.name());
    List<String> feeding =
        caller.resources().views().stream()
            .filter(view -> view.target().equals(target.name()))
            .map(MaterializedView::pipe)
            .toList();
    if (!feeding.isEmpty()) {
      throw new PlatformException(
          CatalogError.RESOURCE_IN_USE,
          "The data source '"
              + target.name()
              + "' cannot be overridden while these pipes fill it: "
              + String.join(", ", feeding)
              + "; unlink them first");
    }
  }

  /// With which rows of the past the view begins; none without `populate`.
  private Optional<Populations.Wanted> wanted(
      Caller caller, Parameters given, CompiledPipe pipe, Node node, Optional<DataSource> target) {
    boolean some = PARTIAL.stream().anyMatch(given.values()::containsKey);
    if (!given.isSet("populate") && (!some || given.values().containsKey("populate"))) {
      return Optional.empty();
    }
    DataSource source =
        source(caller, pipe, node)
            .orElseThrow(() ->
                new PlatformException(
                    ReplacementError.NOT_POPULATABLE, pipe.name() + " reads no data source"));
    Populations.requireParts(pipe.name(), source);
    target.ifPresent(known -> Populations.requireParts(pipe.name(), known));
    return Optional.of(population.wanted(caller, given, source.name(), Populations.Begin.RESERVED));
  }

  private static Map<String, String> settings(
      Caller caller, String target, Parameters given, SuggestedTarget suggested) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("TYPE", "materialized");
    settings.put("DATASOURCE", target);
    if (caller.resources().dataSource(target).isEmpty()) {
      settings.putAll(engine(given, suggested));
    }
    return settings;
  }

  /// The target's engine, as the caller wants it or as it is suggested.
  private static Map<String, String> engine(Parameters given, SuggestedTarget suggested) {
    Map<String, String> engine = new LinkedHashMap<>();
    given
        .values()
        .forEach((name, values) -> {
          if (name.equals("engine") || name.startsWith("engine_")) {
            engine.put(name.toUpperCase(Locale.ROOT), values.getFirst());
          }
        });
    engine.putIfAbsent("ENGINE", suggested.engine().kind().sql());
    engine.putIfAbsent(
        EngineKey.SORTING_KEY.instruction(),
        suggested.engine().key(EngineKey.SORTING_KEY).orElse(""));
    return engine;
  }

  /// The target by its name, when the caller gives a name or an id.
  private static Optional<String> target(Caller caller, Parameters given) {
    return given
        .first("datasource")
        .filter(name -> !name.isBlank())
        .map(name -> caller.resources().dataSource(name).map(DataSource::name).orElse(name));
  }

  /// The view goes, its target stays with its rows.
  private void unlink(Exchange exchange) {
    Caller caller = creator(exchange, Parameters.NONE);
    CompiledPipe pipe = PipeEdits.find(exchange, caller);
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    if (!(pipe.pipe().kind() instanceof PipeKind.Materialized view)
        || !view.node().equals(node.name())) {
      throw new PlatformException(
          CatalogError.UNKNOWN_NODE,
          "The node '" + node.name() + "' of the pipe '" + pipe.name() + "' is not materialized");
    }
    edits.unlink(caller, pipe);
    exchange.respondEmpty(204);
  }

  private Caller creator(Exchange exchange, Parameters form) {
    Caller caller = edits.creator(exchange, form);
    caller.require(
        () -> caller.token().admin() || caller.token().allows(Scope.WideScope.DATASOURCES_CREATE),
        "a materialized view needs a token with the scope DATASOURCES:CREATE or ADMIN too");
    return caller;
  }
}
