// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import kinglet.auth.Token;
import kinglet.auth.Tokens;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;

/// Which workspaces there are, and the tokens a developer on this machine starts with.
public final class WorkspaceRoutes {
  private static final String LOCAL_USER = "local_testing@tinybird.co";

  private static final Pattern LOCAL_HOST =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1\\])(:\\d+)?", Pattern.CASE_INSENSITIVE);

  private final Access access;
  private final Tokens tokens;
  private final Workspace local;

  /// `local` is the workspace that `/tokens` gives the keys of.
  public WorkspaceRoutes(Access access, Tokens tokens, Workspace local) {
    this.access = access;
    this.tokens = tokens;
    this.local = local;
  }

  public void addTo(Routes routes) {
    routes
        .compatible("GET", "/tokens", this::localTokens)
        .compatible("GET", "/v0/workspace", this::workspace)
        .compatible("GET", "/v1/workspace", this::workspace)
        .compatible("GET", "/v0/user/workspaces", this::workspaces)
        .compatible("GET", "/v1/user/workspaces", this::workspaces);
  }

  private void localTokens(Exchange exchange) {
    if (!isLocal(exchange)) {
      throw new PlatformException(
          HttpError.LOOPBACK_ONLY, "/tokens is answered to callers on the same machine only");
    }
    String admin =
        tokens
            .find(local.id(), Tokens.LOCAL_ADMIN)
            .map(token -> token.secret().reveal())
            .orElseThrow(() -> new IllegalStateException("the local admin token is missing"));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("user_token", admin);
    body.put("admin_token", admin);
    body.put("workspace_admin_token", tokens.workspaceAdmin(local.id()).secret().reveal());
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

  private void workspace(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", caller.workspace().id());
    shape.put("name", caller.workspace().name());
    shape.put("user_id", caller.workspace().id());
    shape.put("user_email", LOCAL_USER);
    shape.put("scope", caller.token().admin() ? "admin" : "user");
    shape.put("main", null);
    shape.put("created_at", Times.text(caller.workspace().createdAt()));
    exchange.respondJson(200, shape);
  }

  private void workspaces(Exchange exchange) {
    Caller caller = access.caller(exchange);
    Token admin = tokens.workspaceAdmin(caller.workspace().id());
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("id", caller.workspace().id());
    shape.put("name", caller.workspace().name());
    shape.put(
        "token",
        caller.token().admin() ? admin.secret().reveal() : caller.token().secret().reveal());
    shape.put("role", caller.token().admin() ? "admin" : "guest");
    shape.put("owner", caller.workspace().id());
    shape.put("is_branch", false);
    shape.put("main", null);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("organization_id", null);
    body.put("organization_name", null);
    body.put("workspaces", List.of(shape));
    exchange.respondJson(200, body);
  }
}
