// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import kinglet.catalog.CompiledPipe;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureError;
import kinglet.feature.FeatureReads;
import kinglet.feature.KeyedQuery;
import kinglet.feature.OnlineFeatures;
import kinglet.feature.ServiceReads;
import kinglet.feature.ValueExplanation;
import kinglet.query.Endpoints;
import tools.jackson.databind.JsonNode;

/// `/v0/features`: values of features by key.
public final class FeatureRoutes {
  private final Access access;
  private final RequestBodies bodies;
  private final FeatureReads reads;
  private final OnlineFeatures online;
  private final ServiceReads services;
  private final Endpoints endpoints;
  private final int keysMax;

  public FeatureRoutes(
      Access access,
      RequestBodies bodies,
      FeatureReads reads,
      OnlineFeatures online,
      ServiceReads services,
      Endpoints endpoints,
      int keysMax) {
    this.access = access;
    this.bodies = bodies;
    this.reads = reads;
    this.online = online;
    this.services = services;
    this.endpoints = endpoints;
    this.keysMax = keysMax;
  }

  public void addTo(Routes routes) {
    routes
        .own("POST", "/v0/features/{name}", this::batch)
        .own("GET", "/v0/features/{name}/explain", this::explain)
        .own("POST", "/get-online-features", this::online);
  }

  private void batch(Exchange exchange) {
    Caller caller = access.rowCaller(exchange, Parameters.NONE);
    String name = exchange.segment("name");
    CompiledPipe pipe = caller.resources().pipe(name).orElseThrow(() -> unknown(name));
    readable(caller, pipe);
    byte[] answer =
        bodies.with(
            exchange,
            body ->
                pipe.pipe().endpoint()
                    ? service(caller, pipe, body)
                    : reads.batch(caller.workspace(), pipe.name(), body));
    exchange.respond(200, Json.TYPE, answer);
  }

  /// What a value is computed of: `feature=` and the key in the query string.
  private void explain(Exchange exchange) {
    Caller caller = access.rowCaller(exchange, Parameters.NONE);
    String name = exchange.segment("name");
    CompiledPipe pipe = caller.resources().pipe(name).orElseThrow(() -> unknown(name));
    readable(caller, pipe);
    Map<String, String> key = new LinkedHashMap<>();
    exchange.query().values().forEach((column, texts) -> key.put(column, texts.getFirst()));
    ValueExplanation explanation =
        reads.explain(
            caller.workspace(), pipe.name(), exchange.query().first("feature").orElse(""), key);
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("feature_view", explanation.view());
    shape.put("version", explanation.version());
    shape.put("feature", explanation.feature());
    shape.put("as_of", explanation.asOf());
    shape.put("status", explanation.status());
    shape.put("value", Json.parse(explanation.value().getBytes(StandardCharsets.UTF_8)));
    shape.put("windows", explanation.parts().stream().map(FeatureRoutes::part).toList());
    exchange.respondJson(200, shape);
  }

  private static Map<String, Object> part(ValueExplanation.Part part) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("window", part.window());
    shape.put("start", part.start().orElse(null));
    shape.put("end", part.end());
    shape.put("tiles", part.tiles());
    shape.put("events", part.events());
    shape.put("complete", part.complete());
    return shape;
  }

  /// Calls the service once for each key, with its values as arguments.
  private byte[] service(Caller caller, CompiledPipe pipe, byte[] body) {
    JsonNode request = Json.parse(body);
    if (!request.path("keys").isObject() || request.path("keys").isEmpty()) {
      throw new PlatformException(
          FeatureError.MISSING_KEY,
          "keys is missing: an object with an array of values for each parameter of the key");
    }
    Map<String, JsonNode> columns = new LinkedHashMap<>();
    request.path("keys").properties().forEach(one -> columns.put(one.getKey(), one.getValue()));
    request.path("request").properties().forEach(one -> columns.put(one.getKey(), one.getValue()));
    int rows = columns.values().iterator().next().size();
    columns.forEach((name, values) -> {
      if (!values.isArray() || values.size() != rows) {
        throw new PlatformException(
            FeatureError.MISSING_KEY, name + " must be an array of " + rows + " values");
      }
    });
    if (rows > keysMax) {
      throw new PlatformException(
          FeatureError.TOO_MANY_KEYS, "a read answers at most " + keysMax + " keys");
    }
    List<KeyedQuery> queries = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      Map<String, List<String>> arguments = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> column : columns.entrySet()) {
        JsonNode value = column.getValue().get(row);
        if (!value.isNull()) {
          arguments.put(column.getKey(), List.of(value.asString()));
        }
      }
      queries.add(endpoints.keyed(caller.workspace(), caller.token(), pipe.name(), arguments));
    }
    boolean statuses = request.path("with").toString().contains("\"status\"");
    return services.answer(pipe.name(), request.path("keys").toString(), queries, statuses);
  }

  /// As Feast's feature servers answer.
  private void online(Exchange exchange) {
    Caller caller = access.rowCaller(exchange, Parameters.NONE);
    Predicate<String> readable =
        name -> {
          Optional<CompiledPipe> pipe = caller.resources().pipe(name);
          pipe.ifPresent(found -> readable(caller, found));
          return pipe.isPresent();
        };
    byte[] answer =
        bodies.with(exchange, body -> online.answer(caller.workspace(), body, readable));
    exchange.respond(200, Json.TYPE, answer);
  }

  /// A scope with a filter or fixed values is for endpoints, which know how to apply them.
  private static void readable(Caller caller, CompiledPipe pipe) {
    caller.require(
        () -> caller.token().mayReadPipe(pipe.name(), pipe.pipe().id()),
        "it may not read the pipe " + pipe.name());
    caller.require(
        () ->
            caller
                .token()
                .pipeScope(pipe.name(), pipe.pipe().id())
                .filter(scope -> scope.filter().isPresent() || !scope.fixedParams().isEmpty())
                .isEmpty(),
        "it reads " + pipe.name() + " with a filter, which holds for endpoints alone");
  }

  private static PlatformException unknown(String name) {
    return new PlatformException(
        FeatureError.UNKNOWN_FEATURES,
        "There is no feature view or feature service '" + name + "' in the workspace");
  }
}
