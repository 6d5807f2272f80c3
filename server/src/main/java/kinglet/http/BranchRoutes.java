// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.auth.AuthError;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.Workspace;
import kinglet.error.PlatformException;

/// `/v0/environments`: branches of a workspace.
public final class BranchRoutes {
  private final Access access;
  private final Tokens tokens;
  private final Catalog catalog;
  private final WorkspaceLifecycle lifecycle;

  public BranchRoutes(Access access, Tokens tokens, Catalog catalog, WorkspaceLifecycle lifecycle) {
    this.access = access;
    this.tokens = tokens;
    this.catalog = catalog;
    this.lifecycle = lifecycle;
  }

  public void addTo(Routes routes) {
    for (String path : List.of("/v0/environments", "/v1/environments")) {
      routes
          .compatible("GET", path, this::list)
          .compatible("POST", path, this::create)
          .compatible("GET", path + "/{id}", this::one)
          .compatible("DELETE", path + "/{id}", this::remove)
          .compatible("POST", path + "/{id}/data", this::data);
    }
  }

  private void list(Exchange exchange) {
    Caller caller = administrator(exchange);
    List<Map<String, Object>> shown =
        catalog.branches(caller.workspace()).stream()
            .map(branch -> WorkspaceShape.withToken(branch, caller, tokens))
            .toList();
    exchange.respondJson(200, Map.of("environments", shown));
  }

  private void create(Exchange exchange) {
    Caller caller = administrator(exchange);
    if (caller.workspace().isBranch()) {
      throw new PlatformException(
          AuthError.FORBIDDEN,
          "a branch has no branches; use a token of the workspace it is a branch of");
    }
    Parameters given = exchange.query();
    boolean rows =
        given.first("data").filter(mode -> !mode.isEmpty()).isPresent()
            || given.isSet("last_partition");
    if (rows) {
      throw noRows();
    }
    String name = given.required("name");
    WorkspaceLifecycle.Branching made =
        lifecycle.createBranch(caller.workspace(), name, caller.token().name());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("job", JobShape.of(made.job(), exchange.origin()));
    body.put("workspace", WorkspaceShape.of(made.branch(), caller));
    exchange.respondJson(200, body);
  }

  private void one(Exchange exchange) {
    Caller caller = administrator(exchange);
    Workspace branch = find(exchange, caller);
    exchange.respondJson(
        200,
        exchange.query().isSet("with_token")
            ? WorkspaceShape.withToken(branch, caller, tokens)
            : WorkspaceShape.of(branch, caller));
  }

  private void remove(Exchange exchange) {
    Caller caller = administrator(exchange);
    Workspace branch = find(exchange, caller);
    lifecycle.remove(branch, caller.token().name());
    exchange.respondJson(200, Map.of("ok", true, "id", branch.id()));
  }

  private void data(Exchange exchange) {
    Caller caller = administrator(exchange);
    Workspace unused = find(exchange, caller);
    throw noRows();
  }

  private static PlatformException noRows() {
    return new PlatformException(
        HttpError.INVALID_REQUEST,
        "a branch starts without rows, and none are copied into it; append some, or leave data= and"
            + " last_partition= out");
  }

  private Workspace find(Exchange exchange, Caller caller) {
    String nameOrId = exchange.segment("id");
    return catalog.branches(caller.workspace()).stream()
        .filter(branch -> branch.id().equals(nameOrId) || branch.name().equals(nameOrId))
        .findFirst()
        .orElseThrow(() ->
            new PlatformException(
                HttpError.UNKNOWN_RESOURCE, "the branch '" + nameOrId + "' does not exist"));
  }

  private Caller administrator(Exchange exchange) {
    Caller caller = access.caller(exchange);
    caller.requireAdmin();
    return caller;
  }
}
