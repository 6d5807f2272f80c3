// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.Optional;
import kinglet.auth.AuthError;
import kinglet.auth.Jwts;
import kinglet.auth.Token;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;

/// Turns the token of a request into a [Caller], and counts the request against its rate.
///
/// The token stands in `Authorization: Bearer`, in the parameter `token`, or in a form's field.
public final class Access {
  private static final String BEARER = "bearer ";

  private final Tokens tokens;
  private final Jwts jwts;
  private final Catalog catalog;
  private final RateLimits limits;

  public Access(Tokens tokens, Jwts jwts, Catalog catalog, RateLimits limits) {
    this.tokens = tokens;
    this.jwts = jwts;
    this.catalog = catalog;
    this.limits = limits;
  }

  Caller caller(Exchange exchange) {
    return caller(exchange, Parameters.NONE);
  }

  /// The caller of a request whose form says `form`; JWTs are for rows alone.
  Caller caller(Exchange exchange, Parameters form) {
    Caller caller = rowCaller(exchange, form);
    caller.require(
        () -> caller.token().origin() != Token.Origin.JWT,
        "a JWT is for endpoints, SQL and events; use a static token");
    return caller;
  }

  /// The caller of a request that reads or appends rows, which may present a JWT.
  Caller rowCaller(Exchange exchange, Parameters form) {
    String text =
        header(exchange)
            .or(() -> exchange.query().first("token"))
            .or(() -> form.first("token"))
            .orElseThrow(() ->
                new PlatformException(
                    AuthError.INVALID_TOKEN,
                    "there is no token; send it as 'Authorization: Bearer' or as token="));
    Token token =
        tokens
            .authenticate(text)
            .or(() -> jwts.authenticate(text))
            .orElseThrow(() ->
                new PlatformException(AuthError.INVALID_TOKEN, "invalid authentication token"));
    Resources resources =
        catalog
            .current(token.workspaceId())
            .orElseThrow(() ->
                new PlatformException(
                    AuthError.INVALID_TOKEN, "the token's workspace does not exist any more"));
    limits.request(exchange, token.id(), token.requestsPerSecond().orElse(0));
    boolean reads = exchange.method().equals("GET") || exchange.method().equals("HEAD");
    return reads && QueryParameters.wantsStaging(exchange.query())
        ? new Caller(token, catalog.staging(resources.workspace()))
        : new Caller(token, resources);
  }

  /// The data source rows of this request are for: the live one, or one that is in staging alone.
  DataSource dataSource(Exchange exchange, Caller caller, String name) {
    return caller
        .resources()
        .dataSource(name)
        .or(() ->
            QueryParameters.wantsStaging(exchange.query())
                ? catalog.staging(caller.workspace()).dataSource(name)
                : Optional.empty())
        .orElseThrow(() -> DataSourceRoutes.missing(caller.resources(), name));
  }

  /// What the caller's workspace holds by now, after a change.
  Resources current(Caller caller) {
    return catalog.current(caller.workspace());
  }

  /// The administrator of a workspace, for work that an administrator began before a restart.
  Caller administrator(String workspaceId) {
    Resources resources =
        catalog
            .current(workspaceId)
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.UNKNOWN_RESOURCE, "the workspace does not exist any more"));
    return new Caller(tokens.workspaceAdmin(workspaceId), resources);
  }

  /// What a workspace holds now.
  Resources current(Workspace workspace) {
    return catalog.current(workspace);
  }

  /// Counts bytes of ingestion against the token's rate.
  void countBytes(Exchange exchange, Caller caller, long bytes) {
    limits.bytes(exchange, caller.token().id(), bytes);
  }

  private static Optional<String> header(Exchange exchange) {
    return exchange
        .header("authorization")
        .map(String::strip)
        .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(value -> value.substring(BEARER.length()).strip())
        .filter(value -> !value.isEmpty());
  }
}
