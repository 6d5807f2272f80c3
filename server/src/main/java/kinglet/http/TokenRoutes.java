// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kinglet.auth.AuthError;
import kinglet.auth.JwtClaims;
import kinglet.auth.Jwts;
import kinglet.auth.Scope;
import kinglet.auth.Token;
import kinglet.auth.Tokens;
import kinglet.catalog.ChangeLog;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;

/// `/v0/tokens`: static tokens, and JWTs signed for the caller.
public final class TokenRoutes {
  private final Access access;
  private final Tokens tokens;
  private final Jwts jwts;
  private final RequestBodies bodies;
  private final ChangeLog changes;

  public TokenRoutes(
      Access access, Tokens tokens, Jwts jwts, RequestBodies bodies, ChangeLog changes) {
    this.changes = changes;
    this.access = access;
    this.tokens = tokens;
    this.jwts = jwts;
    this.bodies = bodies;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/v0/tokens", this::list)
        .compatible("POST", "/v0/tokens", this::create)
        .compatible("GET", "/v0/tokens/{token}", this::one)
        .compatible("PUT", "/v0/tokens/{token}", this::update)
        .compatible("DELETE", "/v0/tokens/{token}", this::remove)
        .compatible("POST", "/v0/tokens/{token}/refresh", this::refresh);
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireTokens();
    List<Map<String, Object>> shown =
        tokens.list(caller.workspace().id()).stream()
            .map(token -> shape(token, exchange.origin()))
            .toList();
    exchange.respondJson(200, Map.of("tokens", shown));
  }

  private void one(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Token token =
        tokens
            .find(caller.workspace().id(), exchange.segment("token"))
            .filter(
                found -> caller.token().mayManageTokens() || found.id().equals(caller.token().id()))
            .orElseThrow(() ->
                new PlatformException(
                    AuthError.FORBIDDEN,
                    "Token has not enough permissions to get information about this token"));
    exchange.respondJson(200, shape(token, exchange.origin()));
  }

  private void create(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = access.caller(exchange, given);
    caller.requireTokens();
    String name = given.required("name");
    if (!given.all("expiration_time").isEmpty() || !given.all("scopes").isEmpty()) {
      JwtClaims claims = claims(caller, name, given);
      exchange.respondJson(200, Map.of("token", jwts.sign(claims).reveal()));
      return;
    }
    Token token =
        tokens.create(
            caller.workspace().id(),
            name,
            given.first("description").orElse(""),
            grantable(caller, scopes(given)));
    changed(caller, "create token", token.name());
    exchange.respondJson(200, shape(token, exchange.origin()));
  }

  /// What a JWT shall say: `scopes` and `limits` of the body, and until when.
  private static JwtClaims claims(Caller caller, String name, Parameters given) {
    long expiresAt =
        given
            .first("expiration_time")
            .flatMap(TokenRoutes::seconds)
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.INVALID_REQUEST,
                    "a JWT needs expiration_time=, its end in seconds since 1970"));
    ArrayNode scopes = Json.MAPPER.createArrayNode();
    given.all("scopes").forEach(scope -> scopes.add(json(scope)));
    JsonNode limits =
        given.first("limits").map(TokenRoutes::json).orElseGet(MissingNode::getInstance);
    return new JwtClaims(
        caller.workspace().id(),
        name,
        Double.NEGATIVE_INFINITY,
        expiresAt,
        JwtClaims.scopes(scopes),
        JwtClaims.requestsPerSecond(limits));
  }

  private static Optional<Long> seconds(String text) {
    try {
      return Optional.of(Long.parseLong(text)).filter(seconds -> seconds > 0);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static JsonNode json(String text) {
    return Json.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private void update(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = access.caller(exchange, given);
    caller.requireTokens();
    String workspace = caller.workspace().id();
    Token token =
        tokens.rename(
            workspace, exchange.segment("token"), given.first("name"), given.first("description"));
    if (!given.all("scope").isEmpty()) {
      token = tokens.replaceScopes(workspace, token.id(), grantable(caller, scopes(given)));
    }
    changed(caller, "change token", token.name());
    exchange.respondJson(200, shape(token, exchange.origin()));
  }

  private void refresh(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireTokens();
    String name = exchange.segment("token");
    Token token =
        caller.isUser() && name.equals(caller.token().name())
            ? tokens.refreshUser()
            : tokens.refresh(caller.workspace().id(), name);
    changed(caller, "refresh token", token.name());
    exchange.respondJson(200, shape(token, exchange.origin()));
  }

  private void remove(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireTokens();
    tokens.remove(caller.workspace().id(), exchange.segment("token"));
    changed(caller, "remove token", exchange.segment("token"));
    exchange.respondJson(200, Map.of("ok", true));
  }

  private void changed(Caller caller, String change, String token) {
    changes.add(caller.workspace().id(), caller.token().name(), change, token);
  }

  private Parameters given(Exchange exchange) {
    return bodies.with(exchange, body -> exchange.query().with(Forms.read(exchange, body)));
  }

  private static Set<Scope> scopes(Parameters given) {
    Set<Scope> scopes = new LinkedHashSet<>();
    for (String text : given.all("scope")) {
      scopes.add(Scope.parse(text));
    }
    return scopes;
  }

  /// A token without ADMIN cannot make one with it.
  private static Set<Scope> grantable(Caller caller, Set<Scope> scopes) {
    caller.require(
        () -> caller.token().admin() || !scopes.contains(Scope.of(Scope.WideScope.ADMIN)),
        "only a token with the scope ADMIN may grant ADMIN");
    return scopes;
  }

  private static Map<String, Object> shape(Token token, String origin) {
    List<Map<String, Object>> scopes = new ArrayList<>();
    for (Scope scope : token.scopes()) {
      Map<String, Object> shown = new LinkedHashMap<>();
      shown.put("type", scope.type());
      scope.resource().ifPresent(resource -> shown.put("resource", resource));
      scope.filter().ifPresent(filter -> shown.put("filter", filter));
      scopes.add(shown);
    }
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", token.id());
    shape.put("name", token.name());
    shape.put("description", token.description());
    shape.put("scopes", scopes);
    shape.put("token", token.secret().reveal());
    shape.put("origin", Map.of("type", token.origin().letter()));
    shape.put("host", origin);
    shape.put("is_internal", false);
    return shape;
  }
}
