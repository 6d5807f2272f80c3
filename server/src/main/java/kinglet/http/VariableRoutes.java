// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import kinglet.auth.Secret;
import kinglet.auth.Secrets;
import kinglet.auth.StoredSecret;
import kinglet.catalog.ChangeLog;
import kinglet.error.PlatformException;

/// `/v0/variables`: secrets, whose values go in and never come out.
public final class VariableRoutes {
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Access access;
  private final Secrets secrets;
  private final RequestBodies bodies;
  private final ChangeLog changes;

  public VariableRoutes(Access access, Secrets secrets, RequestBodies bodies, ChangeLog changes) {
    this.changes = changes;
    this.access = access;
    this.secrets = secrets;
    this.bodies = bodies;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/variables", this::list)
        .compatible("POST", "/v0/variables", this::create)
        .compatible("GET", "/v0/variables/{name}", this::one)
        .compatible("PUT", "/v0/variables/{name}", this::change)
        .compatible("DELETE", "/v0/variables/{name}", this::remove);
  }

  private void list(Exchange exchange) {
    Caller caller = administrator(exchange, Parameters.NONE);
    exchange.respondJson(
        200,
        Map.of(
            "variables",
            secrets.list(caller.workspace().id()).stream().map(VariableRoutes::shape).toList()));
  }

  private void one(Exchange exchange) {
    Caller caller = administrator(exchange, Parameters.NONE);
    StoredSecret secret =
        secrets
            .find(caller.workspace().id(), exchange.segment("name"))
            .orElseThrow(() -> Secrets.unknown("Not found"));
    exchange.respondJson(200, shape(secret));
  }

  private void create(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = administrator(exchange, given);
    if (!given.first("type").orElse("secret").equals("secret")) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "the only type= of variables is 'secret'");
    }
    StoredSecret secret =
        secrets.create(
            caller.workspace().id(),
            given.required("name"),
            new Secret(given.required("value")),
            caller.token().name());
    changed(caller, "create secret", given.required("name"));
    exchange.respondJson(200, shape(secret));
  }

  private void change(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = administrator(exchange, given);
    StoredSecret secret =
        secrets.change(
            caller.workspace().id(),
            exchange.segment("name"),
            new Secret(given.required("value")),
            caller.token().name());
    changed(caller, "change secret", exchange.segment("name"));
    exchange.respondJson(200, shape(secret));
  }

  private void remove(Exchange exchange) {
    Caller caller = administrator(exchange, Parameters.NONE);
    secrets.remove(caller.workspace().id(), exchange.segment("name"));
    changed(caller, "remove secret", exchange.segment("name"));
    exchange.respondJson(200, Map.of("ok", true));
  }

  private void changed(Caller caller, String change, String secret) {
    changes.add(caller.workspace().id(), caller.token().name(), change, secret);
  }

  private Caller administrator(Exchange exchange, Parameters form) {
    Caller caller = access.caller(exchange, form);
    caller.requireAdmin();
    return caller;
  }

  private Parameters given(Exchange exchange) {
    return bodies.with(exchange, body -> exchange.query().with(Forms.read(exchange, body)));
  }

  private static Map<String, Object> shape(StoredSecret secret) {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("name", secret.name());
    shape.put("type", "secret");
    shape.put("created_at", time(secret.createdAt()));
    shape.put("updated_at", time(secret.updatedAt()));
    shape.put("edited_by", secret.editedBy());
    return shape;
  }

  private static String time(Instant instant) {
    return ISO.format(instant);
  }
}
