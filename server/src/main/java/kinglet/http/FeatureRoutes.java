// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import kinglet.catalog.CompiledPipe;
import kinglet.error.PlatformException;
import kinglet.feature.BatchAnswer;
import kinglet.feature.BatchFormat;
import kinglet.feature.FeatureError;
import kinglet.feature.FeatureReads;
import kinglet.feature.OnlineFeatures;
import kinglet.feature.ServiceReads;
import kinglet.feature.ValueExplanation;
import kinglet.query.Endpoints;

/// `/v0/features`: values of features by key.
public final class FeatureRoutes {
  private final Access access;
  private final RequestBodies bodies;
  private final FeatureReads reads;
  private final OnlineFeatures online;
  private final ServiceReads services;
  private final Endpoints endpoints;

  public FeatureRoutes(
      Access access,
      RequestBodies bodies,
      FeatureReads reads,
      OnlineFeatures online,
      ServiceReads services,
      Endpoints endpoints) {
    this.access = access;
    this.bodies = bodies;
    this.reads = reads;
    this.online = online;
    this.services = services;
    this.endpoints = endpoints;
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
    BatchFormat format = BatchFormat.JSON;
    BatchAnswer answer =
        bodies.with(
            exchange,
            body ->
                pipe.pipe().endpoint()
                    ? services.batch(
                        caller.workspace(),
                        pipe.name(),
                        endpoints.service(caller.workspace(), caller.token(), pipe),
                        body,
                        format)
                    : reads.batch(caller.workspace(), pipe.name(), body, format));
    exchange.respond(200, Json.TYPE, answer.body());
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
