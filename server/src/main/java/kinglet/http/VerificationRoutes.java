// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import kinglet.verification.Verifications;

/// `POST /v0/verifications`: compares what was read of features with their history, by a job.
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
    routes.own("POST", "/v0/verifications", this::create);
  }

  private void create(Exchange exchange) {
    Parameters form = bodies.with(exchange, body -> Forms.read(exchange, body));
    Caller caller = access.caller(exchange, form);
    caller.requireAdmin();
    Parameters given = exchange.query().with(form);
    exchange.respondJson(
        202,
        JobShape.submitted(
            verifications.submit(
                caller.workspace(),
                given.required("service"),
                given.first("from"),
                given.first("to"),
                given.isSet("all_keys"),
                queries),
            exchange.origin()));
  }
}
