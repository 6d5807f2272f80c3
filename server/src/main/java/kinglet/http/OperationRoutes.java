// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.metrics.Metrics;

/// What operators ask: `/health`, `/ready`, `/metrics`, `/ping`.
public final class OperationRoutes {
  private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final ServerState state;
  private final Metrics metrics;
  private final String version;

  public OperationRoutes(ServerState state, Metrics metrics, String version) {
    this.state = state;
    this.metrics = metrics;
    this.version = version;
  }

  public void addTo(Routes routes) {
    routes
        .own("GET", "/ping", exchange -> exchange.respond(200, "text/plain", utf8("Ok.\n")))
        .own("GET", "/health", exchange -> answer(exchange, state.healthy()))
        .own("GET", "/ready", exchange -> answer(exchange, state.ready()))
        .own(
            "GET",
            "/metrics",
            exchange -> exchange.respond(200, METRICS_TYPE, utf8(metrics.scrape())));
  }

  private void answer(Exchange exchange, boolean good) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", good ? "ok" : "unavailable");
    body.put("version", version);
    body.putAll(state.details());
    if (!good) {
      exchange.answerHeader("retry-after", "1");
    }
    exchange.respondJson(good ? 200 : 503, body);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
