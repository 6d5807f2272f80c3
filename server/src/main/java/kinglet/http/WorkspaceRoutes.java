// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;

/// Which workspaces there are, making and removing them, and the tokens a developer on this machine
/// starts with.
public final class WorkspaceRoutes {
  private static final Pattern LOCAL_HOST =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d+)?", Pattern.CASE_INSENSITIVE);

  private final Access access;
  private final Tokens tokens;
  private final Catalog catalog;
  private final WorkspaceLifecycle lifecycle;
  private final RequestBodies bodies;

  public WorkspaceRoutes(
      Access access,
      Tokens tokens,
      Catalog catalog,
      WorkspaceLifecycle lifecycle,
      RequestBodies bodies) {
    this.access = access;
    this.tokens = tokens;
    this.catalog = catalog;
    this.lifecycle = lifecycle;
    this.bodies = bodies;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/tokens", this::localTokens)
        .compatible("GET", "/v0/auth", this::auth)
        .compatible("GET", "/v0/regions", this::regions);
    for (String version : List.of("/v0", "/v1")) {
      routes
          .compatible("GET", version + "/workspace", this::own)
          .compatible("GET", version + "/user/workspaces", this::list)
          .compatible("POST", version + "/workspaces", this::create)
          .compatible("GET", version + "/workspaces/{id}", this::one)
          .compatible("PUT", version + "/workspaces/{id}", this::rename)
          .compatible("DELETE", version + "/workspaces/{id}", this::remove)
          .compatible("PUT", version + "/workspaces/{id}/users", this::users)
          .compatible("GET", version + "/workspaces/{id}/releases", this::releases);
    }
  }

  private void localTokens(Exchange exchange) {
    if (!isLocal(exchange)) {
      throw new PlatformException(
          HttpError.LOOPBACK_ONLY, "/tokens is answered to callers on the same machine only");
    }
    String user = tokens.user().secret().reveal();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("user_token", user);
    // Clients list the workspaces of the machine with this one.
    body.put("admin_token", user);
    body.put(
        "workspace_admin_token", tokens.workspaceAdmin(lifecycle.local().id()).secret().reveal());
    exchange.respondJson(200, body);
  }

  /// Whether a program on this machine asks: not a proxy for someone else, not a web page that a
  /// browser on this machine shows, not a name that only resolves to this machine.
  private static boolean isLocal(Exchange exchange) {
    return exchange.fromLoopback()
        && exchange.header("x-forwarded-for").isEmpty()
        && exchange.header("forwarded").isEmpty()
        && exchange.header("origin").isEmpty()
        && LOCAL_HOST.matcher(exchange.header("host").orElse("")).matches();
  }

  private void auth(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("is_valid", true);
    body.put("is_user", caller.isUser());
    exchange.respondJson(200, body);
  }

  private void regions(Exchange exchange) {
    Map<String, Object> region = new LinkedHashMap<>();
    region.put("key", "local");
    region.put("name", "local");
    region.put("provider", "local");
    region.put("api_host", exchange.origin());
    region.put("host", exchange.origin());
    region.put("default_password", "");
    exchange.respondJson(200, Map.of("regions", List.of(region)));
  }

  private void own(Exchange exchange) {
    Caller caller = access.caller(exchange);
    exchange.respondJson(200, WorkspaceShape.of(caller.workspace(), caller));
  }

  private void list(Exchange exchange) {
    Caller caller = access.caller(exchange);
    boolean only = exchange.query().isSet("only_environments");
    boolean branches = only || exchange.query().isSet("with_environments");
    boolean members = exchange.query().isSet("with_members_and_owner");
    List<Map<String, Object>> shown =
        seen(caller)
            .flatMap(workspace ->
                Stream.concat(
                    Stream.of(workspace).filter(_ -> !only || workspace.isBranch()),
                    branches && caller.token().admin()
                        ? catalog.branches(workspace).stream()
                        : Stream.empty()))
            .map(workspace -> WorkspaceShape.withToken(workspace, caller, tokens))
            .peek(shape -> {
              if (members) {
                shape.put("members", WorkspaceShape.members(shape));
              }
            })
            .toList();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("organization_id", null);
    body.put("organization_name", null);
    body.put("workspaces", shown);
    exchange.respondJson(200, body);
  }

  /// The user sees every workspace of the server, a token its own.
  private Stream<Workspace> seen(Caller caller) {
    return caller.isUser()
        ? catalog.workspaces().stream().filter(workspace -> !workspace.isBranch())
        : Stream.of(caller.workspace());
  }

  private void create(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = access.caller(exchange, given);
    caller.requireUser();
    String name = given.required("name");
    Workspace workspace = lifecycle.create(name, caller.token().name());
    exchange.respondJson(200, WorkspaceShape.withToken(workspace, caller, tokens));
  }

  private void one(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Workspace workspace = find(exchange, caller);
    exchange.respondJson(
        200,
        exchange.query().isSet("with_token")
            ? WorkspaceShape.withToken(workspace, caller, tokens)
            : WorkspaceShape.of(workspace, caller));
  }

  private void rename(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = access.caller(exchange, given);
    caller.requireAdmin();
    Workspace workspace = find(exchange, caller);
    String name = given.required("name");
    exchange.respondJson(
        200, WorkspaceShape.of(lifecycle.rename(workspace, name, caller.token().name()), caller));
  }

  private void remove(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = access.caller(exchange, given);
    caller.requireUser();
    Workspace workspace = find(exchange, caller);
    boolean confirmed =
        given.first("hard_delete_confirmation").filter("yes"::equals).isPresent()
            || given.first("confirmation").filter(workspace.name()::equals).isPresent();
    if (!confirmed) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST,
          "removing the workspace '"
              + workspace.name()
              + "' removes all its rows; confirm it with confirmation="
              + workspace.name()
              + " or hard_delete_confirmation=yes");
    }
    lifecycle.remove(workspace, caller.token().name());
    exchange.respondJson(200, Map.of("ok", true));
  }

  /// Nobody can be added or removed: who has a token has what it allows.
  private void users(Exchange exchange) {
    Parameters given = given(exchange);
    Caller caller = access.caller(exchange, given);
    caller.requireAdmin();
    Workspace workspace = find(exchange, caller);
    throw new PlatformException(
        HttpError.INVALID_REQUEST,
        "the workspace '"
            + workspace.name()
            + "' has one member, "
            + WorkspaceShape.USER_EMAIL
            + ", and no roles; give others access with tokens");
  }

  /// What is live is a deployment; releases beside it there are none.
  private void releases(Exchange exchange) {
    Workspace _ = find(exchange, access.caller(exchange));
    exchange.respondJson(200, Map.of("releases", List.of()));
  }

  /// A workspace by name or id that the caller may know of.
  private Workspace find(Exchange exchange, Caller caller) {
    String nameOrId = exchange.segment("id");
    return catalog
        .workspace(nameOrId)
        .filter(workspace ->
            caller.isUser()
                || workspace.id().equals(caller.workspace().id())
                || workspace.parentId().filter(caller.workspace().id()::equals).isPresent())
        .orElseThrow(() -> Catalog.unknown(nameOrId));
  }

  private Parameters given(Exchange exchange) {
    return bodies.with(exchange, body -> exchange.query().with(Forms.read(exchange, body)));
  }
}
