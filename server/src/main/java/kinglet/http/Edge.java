// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import kinglet.error.ErrorKind;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.metrics.Timer;
import kinglet.template.TemplateError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The request edge: every request passes [#handle], and every failure is rendered here.
final class Edge {
  private static final Logger LOG = LoggerFactory.getLogger(Edge.class);
  private static final ErrorRendering UNROUTED = new ErrorRendering.Compatible();

  private final Routes routes;
  private final Metrics metrics;
  private final Timer duration;

  Edge(Routes routes, Metrics metrics) {
    this.routes = routes;
    this.metrics = metrics;
    this.duration = metrics.timer("http.request.duration");
  }

  /// Answers one request: preflight, route, handler; what fails is rendered.
  void handle(HelidonExchange exchange) {
    long startNanos = System.nanoTime();
    exchange.answerHeader("x-request-id", exchange.requestId());
    exchange.answerHeader("access-control-allow-origin", "*");
    ErrorRendering rendering = UNROUTED;
    try {
      if (exchange.method().equals("OPTIONS")) {
        preflight(exchange);
        return;
      }
      Routes.Match match = routes.find(exchange.method(), exchange.path());
      rendering = match.route().rendering();
      exchange.matched(match.segments());
      match.route().handler().handle(exchange);
    } catch (PlatformException failure) {
      fail(exchange, rendering, failure);
    } catch (ClientGone e) {
      metrics.counter("http.client.gone").increment();
      exchange.cut();
    } catch (Exception e) {
      LOG.atError().setCause(e).addKeyValue("request", exchange.requestId()).log("request failed");
      fail(
          exchange,
          rendering,
          new PlatformException(HttpError.INTERNAL_ERROR, "internal error", e));
    } finally {
      duration.recordNanos(System.nanoTime() - startNanos);
    }
  }

  private static void preflight(Exchange exchange) {
    exchange.answerHeader("access-control-allow-methods", "GET, POST, PUT, DELETE, HEAD, OPTIONS");
    exchange.answerHeader(
        "access-control-allow-headers",
        exchange
            .header("access-control-request-headers")
            .orElse("authorization, content-type, content-encoding"));
    exchange.answerHeader("access-control-max-age", "86400");
    exchange.respondEmpty(204);
  }

  private void fail(HelidonExchange exchange, ErrorRendering rendering, PlatformException failure) {
    int status = Statuses.of(failure, rendering);
    metrics.counter("http.errors", "code", failure.code().code()).increment();
    if (exchange.responded()) {
      LOG.atWarn()
          .addKeyValue("request", exchange.requestId())
          .addKeyValue("code", failure.code().code())
          .log("answer cut");
      exchange.cut();
      return;
    }
    if (failure.kind() == ErrorKind.INTERNAL && failure.code() != HttpError.INTERNAL_ERROR) {
      LOG.atError()
          .setCause(failure)
          .addKeyValue("request", exchange.requestId())
          .log("request failed");
    }
    String message =
        failure.kind() == ErrorKind.INTERNAL
            ? "internal error; the log has it under request " + exchange.requestId()
            : failure.text();
    headersOf(failure).forEach(exchange::answerHeader);
    if (failure.code() == TemplateError.TEMPLATE_RAISED
        && failure.details().containsKey("status")) {
      raised(exchange, status, failure.details());
      return;
    }
    exchange.respond(
        status,
        rendering.contentType(),
        Json.bytes(rendering.body(failure, status, message, exchange.requestId())));
  }

  /// Answers with the status and body a template asked for.
  private static void raised(Exchange exchange, int status, Map<String, String> details) {
    String json = details.get("json_body");
    exchange.respond(
        status,
        json == null ? "text/plain; charset=utf-8" : Json.TYPE,
        (json == null ? details.getOrDefault("text_body", "") : json)
            .getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> headersOf(PlatformException failure) {
    return switch (failure.kind()) {
      case RATE_LIMITED, OVERLOADED ->
          Map.of("retry-after", failure.details().getOrDefault("retry_after", "1"));
      default ->
          failure.code() == HttpError.METHOD_NOT_ALLOWED
              ? Map.of("allow", failure.details().getOrDefault("allow", ""))
              : Map.of();
    };
  }
}
