// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.error.PlatformException;
import kinglet.job.Job;
import kinglet.verification.VerificationError;
import kinglet.verification.Verifications;

/// `/v0/verifications`: compares what was read of features with their history, by jobs.
public final class VerificationRoutes {
  private final Access access;
  private final RequestBodies bodies;
  private final Verifications verifications;
  private final Verifications.Queries queries;

  public VerificationRoutes(
      Access access,
      RequestBodies bodies,
      Verifications verifications,
      Verifications.Queries queries) {
    this.access = access;
    this.bodies = bodies;
    this.verifications = verifications;
    this.queries = queries;
  }

  public void addTo(Routes routes) {
    routes
        .own("POST", "/v0/verifications", this::create)
        .own("GET", "/v0/verifications", this::list)
        .own("GET", "/v0/verifications/{name}", this::get);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    exchange.respondJson(
        200,
        Map.of(
            "verifications",
            verifications.list(caller.workspace()).stream()
                .map(found -> shape(exchange, found))
                .toList()));
  }

  private void get(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    exchange.query().only();
    exchange.respondJson(
        200, shape(exchange, verifications.find(caller.workspace(), exchange.segment("name"))));
  }

  private static Map<String, Object> shape(Exchange exchange, Verifications.Found found) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", found.name());
    shape.put("kind", found.isService() ? "feature_service" : "feature_view");
    shape.put("url", exchange.origin() + "/v0/verifications/" + found.name());
    shape.put("result", result(found.done()));
    shape.put("verified_at", found.done().map(job -> Times.text(job.updatedAt())).orElse(null));
    found.done().ifPresent(job -> shape.put("verified", JobShape.of(job, exchange.origin())));
    found
        .newest()
        .filter(job -> !found.done().equals(Optional.of(job)))
        .ifPresent(job -> shape.put("run", JobShape.of(job, exchange.origin())));
    return shape;
  }

  private static String result(Optional<Job> done) {
    Map<String, Long> counts = done.map(job -> job.progress().counts()).orElse(Map.of());
    if (counts.getOrDefault("reads", 0L) == 0) {
      return "nothing_compared";
    }
    return counts.getOrDefault("different", 0L) + counts.getOrDefault("different_statuses", 0L) == 0
        ? "equal"
        : "different";
  }

  private void create(Exchange exchange) {
    Parameters form = bodies.with(exchange, body -> Forms.read(exchange, body));
    Caller caller = access.caller(exchange, form);
    caller.requireAdmin();
    Parameters given = exchange.query().with(form);
    given.only("all_keys", "from", "service", "to");
    check(given);
    exchange.respondJson(
        202,
        JobShape.submitted(
            verifications.submit(
                caller.workspace(),
                given
                    .first("service")
                    .orElseThrow(() ->
                        invalid(
                            "service is missing: it names a feature service or a feature view")),
                given.first("from"),
                given.first("to"),
                given.isSet("all_keys"),
                queries),
            exchange.origin()));
  }

  private static void check(Parameters given) {
    given
        .first("all_keys")
        .filter(text -> !Set.of("true", "false", "1", "0").contains(text))
        .ifPresent(text -> {
          throw invalid("all_keys is true or false, not '" + text + "'");
        });
  }

  private static PlatformException invalid(String message) {
    return new PlatformException(VerificationError.INVALID_VERIFICATION, message);
  }
}
