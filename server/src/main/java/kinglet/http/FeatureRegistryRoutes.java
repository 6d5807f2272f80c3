// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kinglet.catalog.CompiledPipe;
import kinglet.catalog.PausedCopies;
import kinglet.catalog.deployment.Deployments;
import kinglet.error.PlatformException;
import kinglet.feature.FeatureError;
import kinglet.feature.FeatureReads;
import kinglet.feature.FeatureService;
import kinglet.feature.ServiceReads;
import kinglet.feature.ViewReport;
import org.jspecify.annotations.Nullable;

/// `/v0/entities`, `/v0/feature_views` and `/v0/feature_services`: which features there are.
public final class FeatureRegistryRoutes {
  private static final String LIVE = "live";
  private static final String BUILDING = "building";
  private static final String REPLACED = "replaced";

  private final Access access;
  private final FeatureReads reads;
  private final ServiceReads services;
  private final Deployments deployments;
  private final PausedCopies paused;

  public FeatureRegistryRoutes(
      Access access,
      FeatureReads reads,
      ServiceReads services,
      Deployments deployments,
      PausedCopies paused) {
    this.access = access;
    this.reads = reads;
    this.services = services;
    this.deployments = deployments;
    this.paused = paused;
  }

  public void addTo(Routes routes) {
    routes
        .own("GET", "/v0/entities", this::entities)
        .own("GET", "/v0/feature_views", this::views)
        .own("GET", "/v0/feature_views/{name}", this::view)
        .own("DELETE", "/v0/feature_views/{name}", this::remove)
        .own("GET", "/v0/feature_services", this::services)
        .own("GET", "/v0/feature_services/{name}", this::service);
  }

  private static List<ViewReport> readable(Caller caller, List<ViewReport> reports) {
    return reports.stream()
        .filter(report ->
            caller
                .resources()
                .pipe(report.name())
                .filter(pipe -> readable(caller, pipe))
                .isPresent())
        .toList();
  }

  private static boolean readable(Caller caller, CompiledPipe pipe) {
    return caller.token().mayReadPipe(pipe.name(), pipe.pipe().id());
  }

  private void entities(Exchange exchange) {
    Map<List<String>, List<String>> views = new LinkedHashMap<>();
    Caller caller = access.caller(exchange);
    exchange.query().only();
    readable(caller, reads.reports(caller.workspace()))
        .forEach(report ->
            views.computeIfAbsent(report.entity(), _ -> new ArrayList<>()).add(report.name()));
    List<Map<String, Object>> entities = new ArrayList<>();
    views.forEach((columns, names) -> {
      Map<String, Object> entity = new LinkedHashMap<>();
      entity.put("name", String.join(", ", columns));
      entity.put("columns", columns);
      entity.put("feature_views", names);
      entities.add(entity);
    });
    exchange.respondJson(200, Map.of("entities", entities));
  }

  private void views(Exchange exchange) {
    Caller caller = access.caller(exchange);
    exchange.query().only();
    exchange.respondJson(
        200,
        Map.of(
            "feature_views",
            readable(caller, reads.reports(caller.workspace())).stream()
                .map(report -> shape(caller, report, report.complete() ? LIVE : BUILDING))
                .toList()));
  }

  /// `name` or `name@version`.
  private void view(Exchange exchange) {
    Caller caller = access.caller(exchange);
    exchange.query().only();
    String wanted = exchange.segment("name");
    Map<String, Object> shape =
        readable(caller, reads.reports(caller.workspace())).stream()
            .filter(
                one -> wanted.equals(one.name()) || wanted.equals(one.name() + "@" + one.version()))
            .findFirst()
            .map(report -> shape(caller, report, report.complete() ? LIVE : BUILDING))
            .or(() ->
                readable(caller, reads.replaced(caller.workspace())).stream()
                    .filter(one -> wanted.equals(one.name() + "@" + one.version()))
                    .findFirst()
                    .map(report -> shape(caller, report, REPLACED)))
            .orElseThrow(() ->
                new PlatformException(
                    FeatureError.UNKNOWN_FEATURES, "There is no feature view '" + wanted + "'"));
    exchange.respondJson(200, shape);
  }

  /// Forgets `name@version`, which another version has taken the place of.
  private void remove(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    reads.remove(caller.workspace(), exchange.segment("name"));
    exchange.respondEmpty(204);
  }

  /// Whoever deployed it last.
  private @Nullable String owner(Caller caller, CompiledPipe pipe) {
    return deployments.authors(caller.workspace()).get(pipe.pipe().updatedAt());
  }

  private Map<String, Object> shape(Caller caller, ViewReport report, String status) {
    CompiledPipe pipe = caller.resources().pipe(report.name()).orElseThrow();
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", report.name());
    shape.put("version", report.version());
    shape.put("status", status);
    shape.put("owner", owner(caller, pipe));
    shape.put("description", pipe.pipe().description());
    shape.put("tags", pipe.pipe().tags());
    shape.put("entity", report.entity());
    shape.put("event_time", report.eventTime());
    shape.put("ttl_seconds", report.ttl().map(Duration::toSeconds).orElse(null));
    shape.put("data_source", report.dataSource());
    shape.put("columns", report.columns().stream().map(FeatureRegistryRoutes::column).toList());
    shape.put("windows", report.windows().stream().map(FeatureRegistryRoutes::window).toList());
    shape.put("feature_services", services(caller, report.name()));
    shape.put("failure", report.failure().orElse(null));
    shape.put("behind", report.behind());
    ViewReport.Use use = report.use();
    shape.put("entities", use.entities());
    shape.put("memory_bytes", use.bytes());
    shape.put("bytes_per_entity", use.entities() == 0 ? null : use.bytes() / use.entities());
    shape.put(
        "estimated_bytes_per_entity",
        report.estimates().stream().map(FeatureRegistryRoutes::estimate).toList());
    shape.put("newest_event", use.newestEvent().map(Times::text).orElse(null));
    shape.put("events_per_second", rounded(use.eventsPerSecond()));
    shape.put("reads_per_second", rounded(use.readsPerSecond()));
    shape.put("late_events", use.lateEvents());
    shape.put("future_events", use.futureEvents());
    shape.put("unordered_events", use.unorderedEvents());
    shape.put("history_rows", report.rows());
    shape.put("created_at", Times.text(pipe.pipe().createdAt()));
    shape.put("updated_at", Times.text(pipe.pipe().updatedAt()));
    return shape;
  }

  private static Map<String, Object> estimate(ViewReport.Estimate estimate) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("events", estimate.events());
    shape.put("bytes", estimate.bytes());
    return shape;
  }

  private static double rounded(double rate) {
    return Math.round(rate * 100) / 100.0;
  }

  private static Map<String, Object> column(ViewReport.Feature column) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", column.name());
    shape.put("type", column.type());
    shape.put("key", column.key());
    shape.put("windows", column.windows());
    shape.put("sources", column.sources());
    return shape;
  }

  private static Map<String, Object> window(ViewReport.WindowReport window) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", window.name());
    shape.put("frame", window.frame());
    shape.put("range_seconds", window.range().map(FeatureRegistryRoutes::seconds).orElse(null));
    shape.put("rows", window.rows().orElse(null));
    shape.put("tile_seconds", window.tile().map(FeatureRegistryRoutes::seconds).orElse(null));
    shape.put("excludes_read_time", window.excludesReadTime());
    return shape;
  }

  private static Number seconds(Duration span) {
    return span.getNano() == 0 ? (Number) span.toSeconds() : (Number) (span.toNanos() / 1e9);
  }

  private List<String> services(Caller caller, String view) {
    return services.services(caller.workspace()).values().stream()
        .filter(service -> service.views().contains(view))
        .map(FeatureService::name)
        .toList();
  }

  private void services(Exchange exchange) {
    Caller caller = access.caller(exchange);
    exchange.query().only();
    PipeShape shapes = shapes(exchange, caller);
    List<Map<String, Object>> shown = new ArrayList<>();
    for (FeatureService service : services.services(caller.workspace()).values()) {
      caller
          .resources()
          .pipe(service.name())
          .filter(pipe -> readable(caller, pipe))
          .ifPresent(pipe -> shown.add(service(service, pipe, shapes)));
    }
    exchange.respondJson(200, Map.of("feature_services", shown));
  }

  private void service(Exchange exchange) {
    Caller caller = access.caller(exchange);
    exchange.query().only();
    String name = exchange.segment("name");
    CompiledPipe pipe =
        caller
            .resources()
            .pipe(name)
            .filter(found -> readable(caller, found))
            .orElseThrow(() -> unknown(name));
    FeatureService service =
        Optional.ofNullable(services.services(caller.workspace()).get(name))
            .orElseThrow(() -> unknown(name));
    exchange.respondJson(200, service(service, pipe, shapes(exchange, caller)));
  }

  private static PlatformException unknown(String name) {
    return new PlatformException(
        FeatureError.UNKNOWN_FEATURES, "There is no feature service '" + name + "'");
  }

  private PipeShape shapes(Exchange exchange, Caller caller) {
    return PipeShape.of(deployments, paused, caller.resources(), exchange.origin());
  }

  private static Map<String, Object> service(
      FeatureService service, CompiledPipe pipe, PipeShape shapes) {
    Map<String, Object> shape = new LinkedHashMap<>(shapes.pipe(pipe));
    shape.put("version", service.version());
    shape.put("owner", shape.get("edited_by"));
    shape.put("feature_views", service.views().stream().sorted().toList());
    return shape;
  }
}
