// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.catalog.Monitor;
import kinglet.catalog.Monitor.Reference;
import kinglet.monitor.Alert;
import kinglet.monitor.Monitors;

/// `/v0/monitors`: whether features still have the values of a reference.
public final class MonitorRoutes {
  private final Access access;
  private final Monitors monitors;

  public MonitorRoutes(Access access, Monitors monitors) {
    this.access = access;
    this.monitors = monitors;
  }

  public void addTo(Routes routes) {
    routes
        .own("GET", "/v0/monitors", this::list)
        .own("GET", "/v0/monitors/{name}", this::get)
        .own("POST", "/v0/monitors/{name}/runs", this::run);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    exchange.respondJson(
        200,
        Map.of(
            "monitors",
            monitors.list(caller.workspace()).stream()
                .map(found -> shape(exchange, found))
                .toList()));
  }

  private void get(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    exchange.respondJson(
        200, shape(exchange, monitors.find(caller.workspace(), exchange.segment("name"))));
  }

  private void run(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    exchange.respondJson(
        202,
        JobShape.submitted(
            monitors.submit(caller.workspace(), exchange.segment("name")), exchange.origin()));
  }

  private static Map<String, Object> shape(Exchange exchange, Monitors.Found found) {
    Monitor monitor = found.monitor();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", monitor.name());
    shape.put("description", monitor.description());
    shape.put("features", monitor.features());
    shape.put("reference", reference(monitor.reference()));
    shape.put("window_seconds", monitor.window().toSeconds());
    shape.put("values_min", monitor.valuesMin());
    shape.put("schedule", monitor.schedule().orElse("@on-demand"));
    shape.put("webhook", monitor.webhook().isPresent());
    shape.put(
        "distances",
        monitor.watches().stream()
            .map(watch ->
                Map.of(
                    "feature", watch.feature(),
                    "distance", watch.measure(),
                    "threshold", watch.threshold()))
            .toList());
    shape.put("alerts", alerts(found.alerts()));
    found.run().ifPresent(job -> shape.put("run", JobShape.of(job, exchange.origin())));
    return shape;
  }

  private static Map<String, Object> reference(Reference reference) {
    return switch (reference) {
      case Reference.TrainingSet(String name) -> Map.of("training_set", name);
      case Reference.Range(var from, var to) ->
          Map.of("from", from.toString(), "to", to.toString());
      case Reference.Preceding(var length) -> Map.of("preceding_seconds", length.toSeconds());
    };
  }

  private static List<Map<String, Object>> alerts(List<Alert> alerts) {
    return alerts.stream()
        .map(alert -> {
          Map<String, Object> shape = new LinkedHashMap<>();
          shape.put("feature_view", alert.subject().view());
          shape.put("feature", alert.subject().name());
          shape.put("distance", alert.subject().measure());
          shape.put("value", alert.value());
          shape.put("threshold", alert.threshold());
          shape.put("opened_at", alert.openedAt().toString());
          return shape;
        })
        .toList();
  }
}
