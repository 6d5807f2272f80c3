// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import kinglet.catalog.Catalog;
import kinglet.catalog.CatalogError;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.DataSource;
import kinglet.catalog.PipeKind;
import kinglet.catalog.Resources;
import kinglet.catalog.datafile.DataSourceText;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.deployment.DeployOptions;
import kinglet.catalog.deployment.DeployResult;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.ProjectEdit;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Calls that change one data source of the live project: alter, describe, rename, exchange,
/// remove.
public final class DataSourceChangeRoutes {
  private static final int CONFLICT = 409;

  private final Access access;
  private final RequestBodies bodies;
  private final Catalog catalog;
  private final Deployments deployments;
  private final TableStatistics statistics;

  public DataSourceChangeRoutes(
      Access access,
      RequestBodies bodies,
      Catalog catalog,
      ClickHouse clickHouse,
      Deployments deployments) {
    this.access = access;
    this.bodies = bodies;
    this.catalog = catalog;
    this.deployments = deployments;
    this.statistics = new TableStatistics(clickHouse);
  }

  public void addTo(Routes routes) {
    routes
        .compatible("POST", "/v0/datasources/{name}/alter", this::alter)
        .compatible("PUT", "/v0/datasources/{name}", this::update)
        .compatible("POST", "/v0/datasources/exchange", this::exchange)
        .compatible("DELETE", "/v0/datasources/{name}", this::remove);
  }

  /// A call with its parameters, from the query string and from the body.
  private record Call(Exchange exchange, Caller caller, Parameters given) {
    DataSource source() {
      return DataSourceRoutes.find(caller, exchange.segment("name"));
    }

    DeployOptions options() {
      return DeployOptions.by(caller.token().name());
    }
  }

  private Call call(Exchange exchange) {
    Parameters form = bodies.with(exchange, body -> Forms.read(exchange, body));
    return new Call(exchange, access.caller(exchange, form), exchange.query().with(form));
  }

  private void alter(Exchange exchange) {
    Call call = call(exchange);
    DataSource source = call.source();
    call.caller()
        .require(
            () -> call.caller().token().mayCreateDataSources(),
            "altering a data source needs the scope ADMIN or DATASOURCES:CREATE");
    boolean mayDrop = call.caller().token().mayDropDataSource(source.name(), source.publicId());
    DeployOptions options = mayDrop ? call.options().destructive() : call.options();
    boolean dry = call.given().isSet("dry");
    DeployResult result =
        deployments.edit(
            call.caller().workspace(),
            live -> altered(live, source, call.given()),
            dry ? options.checking() : options);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("operations", result.operations());
    if (!dry) {
      body.put("datasource", shape(call, source));
    }
    exchange.respondJson(200, body);
  }

  private static ProjectEdit altered(ProjectEdit live, DataSource source, Parameters given) {
    DataSourceText text = text(live, source);
    given
        .first("schema")
        .filter(schema -> !schema.isBlank())
        .ifPresent(s -> text.block("SCHEMA", s));
    given.first("description").ifPresent(description -> text.block("DESCRIPTION", description));
    given.first("ttl").ifPresent(ttl -> text.line("ENGINE_TTL", unlessFalse(ttl)));
    given.first("indexes").ifPresent(indexes -> text.block("INDEXES", unlessFalse(indexes)));
    return live.put(FileKind.DATASOURCE, source.name(), text.normalized());
  }

  private static String unlessFalse(String value) {
    return value.strip().equalsIgnoreCase("false") ? "" : value;
  }

  private static DataSourceText text(ProjectEdit live, DataSource source) {
    return DataSourceText.of(source.name(), live.files())
        .orElseThrow(() ->
            new PlatformException(
                CatalogError.CHANGE_REFUSED,
                "The data source '"
                    + source.name()
                    + "' is described by the materialized pipe that fills it: change the pipe"));
  }

  private void update(Exchange exchange) {
    Call call = call(exchange);
    DataSource source = call.source();
    call.caller().requireAdmin();
    Parameters given = call.given();
    String name = given.first("name").filter(text -> !text.isBlank()).orElse(source.name()).strip();
    if (!name.equals(source.name()) && refusedForUse(call, dependents(call, source), "renamed")) {
      return;
    }
    if (!name.equals(source.name())) {
      catalog.refuseReadElsewhere(source, _ -> true, "renamed");
    }
    deployments.edit(call.caller().workspace(), described(source, name, given), call.options());
    exchange.respondJson(200, shape(call, source));
  }

  private static UnaryOperator<ProjectEdit> described(
      DataSource source, String name, Parameters given) {
    return live -> {
      ProjectEdit edit = live;
      if (given.first("description").isPresent() || given.first("tags").isPresent()) {
        DataSourceText text = text(live, source);
        given.first("description").ifPresent(words -> text.block("DESCRIPTION", words));
        if (given.first("tags").isPresent()) {
          text.line("TAGS", String.join(", ", tags(given.all("tags"))));
        }
        edit = edit.put(FileKind.DATASOURCE, source.name(), text.toString());
      }
      return name.equals(source.name())
          ? edit
          : edit.rename(FileKind.DATASOURCE, Map.of(source.name(), name));
    };
  }

  /// Names separated by commas, a JSON array, or `{"filtering_tags": [...]}`.
  private static List<String> tags(List<String> given) {
    List<String> tags = new ArrayList<>();
    for (String text : given) {
      if (text.strip().startsWith("{") || text.strip().startsWith("[")) {
        JsonNode document = Json.parse(text.getBytes(StandardCharsets.UTF_8));
        JsonNode names = document.isArray() ? document : document.path("filtering_tags");
        names.forEach(name -> tags.add(name.asString("")));
      } else {
        tags.addAll(List.of(text.split(",")));
      }
    }
    return tags.stream().map(String::strip).filter(tag -> !tag.isEmpty()).distinct().toList();
  }

  private void exchange(Exchange exchange) {
    Call call = call(exchange);
    call.caller().requireAdmin();
    DataSource one = exchanged(call, "datasource_a");
    DataSource other = exchanged(call, "datasource_b");
    Set<CompiledPipe> views = new LinkedHashSet<>();
    for (DataSource source : List.of(one, other)) {
      call.caller()
          .resources()
          .lineage()
          .viewsAt(source.name())
          .forEach(view -> call.caller().resources().pipe(view).ifPresent(views::add));
    }
    if (refusedForUse(call, List.copyOf(views), "exchanged")) {
      return;
    }
    deployments.edit(
        call.caller().workspace(),
        live ->
            live.rename(
                FileKind.DATASOURCE, Map.of(one.name(), other.name(), other.name(), one.name())),
        call.options());
    exchange.respondJson(200, Map.of("ok", true));
  }

  private static DataSource exchanged(Call call, String parameter) {
    return DataSourceRoutes.find(
        call.caller(),
        call.given()
            .first(parameter)
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.INVALID_REQUEST,
                    parameter + "= is missing: name the two data sources to exchange")));
  }

  private void remove(Exchange exchange) {
    Call call = call(exchange);
    DataSource source = call.source();
    call.caller()
        .require(
            () -> call.caller().token().mayDropDataSource(source.name(), source.publicId()),
            "it may not remove the data source " + source.name());
    List<CompiledPipe> dependents = dependents(call, source);
    if (call.given().isSet("dry_run")) {
      exchange.respondJson(200, Map.of("dependent_pipes", shapes(dependents)));
      return;
    }
    List<CompiledPipe> inTheWay =
        call.given().isSet("force")
            ? dependents.stream().filter(pipe -> !materialized(pipe)).toList()
            : dependents;
    if (refusedForUse(call, inTheWay, "removed")) {
      return;
    }
    catalog.refuseReadElsewhere(source, _ -> true, "removed");
    deployments.edit(
        call.caller().workspace(),
        live -> {
          ProjectEdit edit = live.remove(FileKind.DATASOURCE, source.name());
          for (CompiledPipe view : dependents) {
            edit = edit.remove(FileKind.PIPE, view.name());
          }
          return edit;
        },
        call.options().destructive());
    exchange.respondEmpty(204);
  }

  private static boolean materialized(CompiledPipe pipe) {
    return pipe.pipe().kind() instanceof PipeKind.Materialized;
  }

  /// The pipes that read a data source or write to it.
  private static List<CompiledPipe> dependents(Call call, DataSource source) {
    Resources resources = call.caller().resources();
    Set<String> names = new TreeSet<>(resources.lineage().viewsAt(source.name()));
    resources.lineage().readers(source.name()).forEach(pipe -> names.add(pipe.name()));
    for (CompiledPipe pipe : resources.pipes()) {
      if (pipe.pipe().kind() instanceof PipeKind.Copy copy
          && copy.elsewhere().isEmpty()
          && copy.dataSource().equals(source.name())) {
        names.add(pipe.name());
      }
    }
    return names.stream().flatMap(name -> resources.pipe(name).stream()).toList();
  }

  /// Answers 409 when pipes stand in the way.
  private static boolean refusedForUse(Call call, List<CompiledPipe> pipes, String change) {
    if (pipes.isEmpty()) {
      return false;
    }
    boolean force =
        change.equals("removed") && pipes.stream().allMatch(DataSourceChangeRoutes::materialized);
    PlatformException refusal =
        new PlatformException(
            CatalogError.RESOURCE_IN_USE,
            "The data source cannot be "
                + change
                + " while these pipes depend on it: "
                + String.join(", ", pipes.stream().map(CompiledPipe::name).toList())
                + "; change or remove them first"
                + (force ? ", or say force=true to remove them too" : ""));
    Map<String, Object> body =
        new ErrorRendering.Compatible()
            .body(refusal, CONFLICT, refusal.text(), call.exchange().requestId());
    body.put("dependent_pipes", shapes(pipes));
    call.exchange().respondJson(CONFLICT, body);
    return true;
  }

  private static List<Map<String, Object>> shapes(List<CompiledPipe> pipes) {
    return pipes.stream()
        .map(pipe -> Map.<String, Object>of("id", pipe.pipe().id(), "name", pipe.name()))
        .toList();
  }

  private Map<String, Object> shape(Call call, DataSource source) {
    Resources resources = access.current(call.caller());
    return DataSourceShape.detailed(
        resources.dataSource(source.publicId()).orElse(source),
        resources,
        statistics.of(resources.workspace().database()));
  }
}
