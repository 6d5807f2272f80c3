// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.Node;
import kinglet.catalog.PausedCopies;
import kinglet.catalog.datafile.FileKind;
import kinglet.catalog.datafile.ProjectFile;
import kinglet.catalog.deployment.Deployments;
import kinglet.catalog.deployment.ProjectEdit;
import kinglet.error.PlatformException;
import kinglet.query.AnswerFormat;
import kinglet.query.Endpoints;
import kinglet.query.Explanation;
import kinglet.query.QueryOptions;

/// `/v0/pipes`: calling endpoints, and what pipes there are.
public final class PipeRoutes {
  private final Access access;
  private final Endpoints endpoints;
  private final Deployments deployments;
  private final PausedCopies paused;
  private final RequestBodies bodies;
  private final CallLog calls;

  public PipeRoutes(
      Access access,
      Endpoints endpoints,
      Deployments deployments,
      PausedCopies paused,
      RequestBodies bodies,
      CallLog calls) {
    this.access = access;
    this.endpoints = endpoints;
    this.deployments = deployments;
    this.paused = paused;
    this.bodies = bodies;
    this.calls = calls;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/pipes", this::list)
        .compatible("GET", "/v1/pipes", this::list)
        .compatible("GET", "/v0/pipes/openapi.json", this::openApi)
        .compatible("GET", "/v0/pipes/{name}", this::get)
        .compatible("GET", "/v1/pipes/{name}", this::get)
        .compatible("POST", "/v0/pipes/{name}", this::post)
        .compatible("GET", "/examples/query.http", this::example)
        .compatible("GET", "/v0/pipes/{name}/explain", this::explain)
        .compatible("GET", "/v0/pipes/{name}/nodes/{node}/explain", this::explainNode);
  }

  private void get(Exchange exchange) {
    String file = exchange.segment("name");
    int dot = file.lastIndexOf('.');
    String extension =
        dot < 0 ? exchange.query().first("format").orElse("") : file.substring(dot + 1);
    String name = dot < 0 ? file : file.substring(0, dot);
    if (extension.equals("pipe")) {
      export(exchange, name);
    } else if (extension.equals("openapi")) {
      openApi(exchange, name);
    } else if (dot < 0) {
      one(exchange, file);
    } else {
      answer(exchange, file.substring(0, dot), file.substring(dot + 1), exchange.query());
    }
  }

  /// The address of an endpoint with a call's token and SQL, as text to follow.
  private void example(Exchange exchange) {
    Parameters given = exchange.query();
    Caller caller = access.caller(exchange);
    CompiledPipe pipe = endpoint(caller, given.required("pipe"));
    String format = given.first("format").orElse("json");
    if (AnswerFormat.byExtension(format).isEmpty()) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "format='" + format + "' is none of an endpoint's");
    }
    StringBuilder url =
        new StringBuilder(exchange.origin() + "/v0/pipes/" + pipe.name() + "." + format);
    url.append("?token=").append(encoded(given.first("token").orElse("")));
    given.first("q").filter(q -> !q.isBlank()).ifPresent(q -> url.append("&q=").append(encoded(q)));
    exchange.respond(
        200, "text/plain; charset=utf-8", url.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void post(Exchange exchange) {
    String file = exchange.segment("name");
    int dot = file.lastIndexOf('.');
    if (dot < 0) {
      throw new PlatformException(
          HttpError.UNKNOWN_ROUTE, "name a format to call an endpoint: " + file + ".json");
    }
    Parameters form = bodies.with(exchange, body -> Forms.read(exchange, body));
    answer(exchange, file.substring(0, dot), file.substring(dot + 1), exchange.query().with(form));
  }

  /// Runs the endpoint and streams its answer.
  private void answer(Exchange exchange, String name, String extension, Parameters parameters) {
    if (parameters.isSet("explain")) {
      explain(exchange, access.caller(exchange, parameters), name, parameters);
      return;
    }
    Caller caller = access.rowCaller(exchange, parameters);
    AnswerFormat format =
        AnswerFormat.byExtension(extension)
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.UNKNOWN_ROUTE,
                    "an endpoint does not answer ."
                        + extension
                        + " but .json, .csv, .csvwithnames, .ndjson, .parquet, .arrow and .prometheus"));
    calls.answer(
        CallLog.Call.endpoint(exchange, caller, name, parameters),
        sorted ->
            endpoints.run(
                caller.workspace(),
                caller.token(),
                name,
                sorted.arguments(),
                sorted.options(parameters.first("q"), Optional.of(format))));
  }

  private void explain(Exchange exchange) {
    Parameters parameters = exchange.query();
    explain(exchange, access.caller(exchange), exchange.segment("name"), parameters);
  }

  private void explain(Exchange exchange, Caller caller, String name, Parameters parameters) {
    QueryParameters sorted = new QueryParameters(parameters);
    QueryOptions options = sorted.options(parameters.first("q"), Optional.empty());
    respond(
        exchange,
        endpoints.explain(caller.workspace(), caller.token(), name, sorted.arguments(), options));
  }

  private void explainNode(Exchange exchange) {
    Caller caller = access.caller(exchange);
    CompiledPipe pipe = readable(caller, exchange.segment("name"));
    Node node = PipeEdits.node(exchange.segment("node"), pipe);
    QueryParameters sorted = new QueryParameters(exchange.query());
    QueryOptions options = sorted.options(exchange.query().first("q"), Optional.empty());
    respond(
        exchange,
        endpoints.explainNode(
            caller.workspace(),
            caller.token(),
            pipe.name(),
            node.name(),
            sorted.arguments(),
            options));
  }

  private static void respond(Exchange exchange, Explanation explanation) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("debug_query", explanation.debugQuery());
    body.put("query_explain", explanation.queryExplain());
    body.put("served", explanation.served());
    exchange.respondJson(200, body);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    PipeShape shapes = PipeShape.of(deployments, paused, caller.resources(), exchange.origin());
    List<Map<String, Object>> pipes =
        caller.resources().pipes().stream()
            .filter(pipe -> caller.token().mayReadPipe(pipe.name(), pipe.pipe().id()))
            .map(pipe -> shape(exchange, shapes, pipe))
            .toList();
    exchange.respondJson(200, Map.of("pipes", pipes));
  }

  private void one(Exchange exchange, String name) {
    Caller caller = access.caller(exchange);
    CompiledPipe pipe = readable(caller, name);
    PipeShape shapes = PipeShape.of(deployments, paused, caller.resources(), exchange.origin());
    exchange.respondJson(200, shape(exchange, shapes, pipe));
  }

  private static Map<String, Object> shape(Exchange exchange, PipeShape shapes, CompiledPipe pipe) {
    return Attributes.of(exchange, "attrs")
        .of(shapes.pipe(pipe, Attributes.of(exchange, "node_attrs")));
  }

  /// The pipe's file as it was written.
  private void export(Exchange exchange, String name) {
    Caller caller = access.caller(exchange);
    CompiledPipe pipe = readable(caller, name);
    ProjectFile file =
        ProjectEdit.of(deployments.files(caller.workspace()))
            .file(FileKind.PIPE, pipe.name())
            .orElseThrow(() -> unknown(name));
    exchange.respond(
        200, "text/plain; charset=utf-8", file.text().getBytes(StandardCharsets.UTF_8));
  }

  private void openApi(Exchange exchange) {
    Caller caller = access.caller(exchange);
    List<CompiledPipe> endpoints =
        caller.resources().pipes().stream()
            .filter(pipe -> pipe.pipe().endpoint())
            .filter(pipe -> caller.token().mayReadPipe(pipe.name(), pipe.pipe().id()))
            .toList();
    OpenApiDocument document = new OpenApiDocument(caller.resources(), exchange.origin());
    exchange.respondJson(200, document.of(endpoints));
  }

  private void openApi(Exchange exchange, String name) {
    Caller caller = access.caller(exchange);
    CompiledPipe pipe = endpoint(caller, name);
    OpenApiDocument document = new OpenApiDocument(caller.resources(), exchange.origin());
    exchange.respondJson(200, document.of(List.of(pipe)));
  }

  private static CompiledPipe endpoint(Caller caller, String name) {
    CompiledPipe pipe = readable(caller, name);
    if (!pipe.pipe().endpoint()) {
      throw new PlatformException(
          HttpError.UNKNOWN_RESOURCE, "The pipe '" + name + "' is not published as an endpoint");
    }
    return pipe;
  }

  private static CompiledPipe readable(Caller caller, String name) {
    CompiledPipe pipe = caller.resources().pipe(name).orElseThrow(() -> unknown(name));
    caller.require(
        () -> caller.token().mayReadPipe(pipe.name(), pipe.pipe().id()),
        "it may not read the pipe " + name);
    return pipe;
  }

  static PlatformException unknown(String name) {
    return new PlatformException(HttpError.UNKNOWN_RESOURCE, "Pipe '" + name + "' not found");
  }
}
