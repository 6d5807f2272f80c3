// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import kinglet.catalog.CompiledPipe;
import kinglet.error.PlatformException;
import kinglet.feature.BatchAnswer;
import kinglet.feature.BatchFormat;
import kinglet.feature.FeatureError;
import kinglet.feature.FeatureReads;
import kinglet.feature.HandedTable;
import kinglet.feature.OnlineFeatures;
import kinglet.feature.ServicePlans;
import kinglet.feature.ServiceReads;
import kinglet.feature.ValueExplanation;
import kinglet.query.AnswerFormat;
import kinglet.query.Endpoints;
import kinglet.query.QueryAnswer;

/// `/v0/features`: values of features by key.
public final class FeatureRoutes {
  private static final List<String> MEDIA_TYPES =
      Stream.of(BatchFormat.values()).map(BatchFormat::mediaType).toList();

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
    exchange.query().only();
    String name = exchange.segment("name");
    CompiledPipe pipe =
        caller.resources().pipe(withoutVersion(name)).orElseThrow(() -> unknown(name));
    readable(caller, pipe);
    BatchFormat format = format(exchange);
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
                    : reads.batch(caller.workspace(), name, body, format));
    exchange.answerHeader("vary", "Accept");
    exchange.answerHeader("kinglet-version", Integer.toString(answer.version()));
    exchange.answerHeader("kinglet-as-of", answer.asOf());
    exchange.answerHeader("kinglet-journal-seq", Long.toString(answer.journalSeq()));
    switch (answer.body()) {
      case BatchAnswer.Body.Written(byte[] bytes) ->
          exchange.respond(200, format == BatchFormat.JSON ? Json.TYPE : format.mediaType(), bytes);
      case BatchAnswer.Body.Table(HandedTable rows) -> {
        try (QueryAnswer written =
            endpoints.written(caller.workspace(), rows, AnswerFormat.ARROW_STREAM)) {
          exchange.stream(200, format.mediaType(), written.body());
        }
      }
    }
  }

  /// JSON, unless the caller accepts something else before.
  private static BatchFormat format(Exchange exchange) {
    Optional<String> accept = exchange.header("accept").filter(text -> !text.isBlank());
    if (accept.isEmpty()) {
      return BatchFormat.JSON;
    }
    return AcceptHeader.of(accept.get())
        .choose(MEDIA_TYPES)
        .map(type -> BatchFormat.values()[MEDIA_TYPES.indexOf(type)])
        .orElseThrow(() ->
            new PlatformException(
                FeatureError.INVALID_READ,
                "Accept names none of the formats of a read: " + String.join(", ", MEDIA_TYPES)));
  }

  /// What a value is computed of: `feature=` and the key in the query string.
  private void explain(Exchange exchange) {
    Caller caller = access.rowCaller(exchange, Parameters.NONE);
    String name = exchange.segment("name");
    CompiledPipe pipe =
        caller.resources().pipe(withoutVersion(name)).orElseThrow(() -> unknown(name));
    readable(caller, pipe);
    List<String> known = new ArrayList<>(reads.history(caller.workspace(), name).keys());
    known.add("feature");
    exchange.query().only(known);
    Map<String, String> key = new LinkedHashMap<>();
    exchange.query().values().forEach((column, texts) -> key.put(column, texts.getFirst()));
    ValueExplanation explanation =
        reads.explain(caller.workspace(), name, exchange.query().first("feature").orElse(""), key);
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
    exchange.query().only();
    Predicate<String> readable =
        name -> {
          Optional<CompiledPipe> pipe = caller.resources().pipe(withoutVersion(name));
          pipe.ifPresent(found -> readable(caller, found));
          return pipe.isPresent();
        };
    byte[] answer =
        bodies.with(
            exchange,
            body -> online.answer(caller.workspace(), body, readable, name -> plans(caller, name)));
    exchange.respond(200, Json.TYPE, answer);
  }

  /// The plans of an endpoint; empty for a feature view.
  private Optional<ServicePlans> plans(Caller caller, String name) {
    Optional<CompiledPipe> service =
        caller.resources().pipe(name).filter(pipe -> pipe.pipe().endpoint());
    service.ifPresent(pipe -> readable(caller, pipe));
    return service.map(pipe -> endpoints.service(caller.workspace(), caller.token(), pipe));
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

  private static String withoutVersion(String name) {
    int at = name.indexOf('@');
    return at < 0 ? name : name.substring(0, at);
  }

  private static PlatformException unknown(String name) {
    return new PlatformException(
        FeatureError.UNKNOWN_FEATURES,
        "There is no feature view or feature service '" + name + "' in the workspace");
  }
}
