// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kinglet.auth.AuthError;
import kinglet.auth.Tokens;
import kinglet.catalog.Catalog;
import kinglet.catalog.Workspace;
import kinglet.catalog.replacement.BranchRows;
import kinglet.error.PlatformException;
import kinglet.job.Job;

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
    String name = given.required("name");
    WorkspaceLifecycle.Branching made =
        lifecycle.createBranch(
            caller.workspace(), name, data(given, "data"), caller.token().name());
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
    Workspace branch = find(exchange, caller);
    WorkspaceLifecycle.BranchData data =
        data(exchange.query(), "mode")
            .orElseThrow(() ->
                new PlatformException(
                    HttpError.INVALID_REQUEST,
                    "mode= is missing: last_partition or all_partitions"));
    Job job = lifecycle.copyRows(caller.workspace(), branch, data);
    exchange.respondJson(200, JobShape.submitted(job, exchange.origin()));
  }

  /// The rows a call asks for; none when it says nothing of them.
  private static Optional<WorkspaceLifecycle.BranchData> data(Parameters given, String parameter) {
    Set<String> ignored =
        given.all("ignore_datasources").stream()
            .flatMap(names -> Stream.of(names.split(",")))
            .map(String::strip)
            .collect(Collectors.toSet());
    return given
        .first(parameter)
        .filter(mode -> !mode.isBlank())
        .or(() -> given.isSet("last_partition") ? Optional.of("last_partition") : Optional.empty())
        .map(mode -> new WorkspaceLifecycle.BranchData(wanted(parameter, mode), ignored));
  }

  private static BranchRows.Wanted wanted(String parameter, String mode) {
    return switch (mode.toLowerCase(Locale.ROOT)) {
      case "last_partition" -> BranchRows.Wanted.LAST_PARTITION;
      case "all_partitions" -> BranchRows.Wanted.ALL_PARTITIONS;
      default ->
          throw new PlatformException(
              HttpError.INVALID_REQUEST,
              parameter + "='" + mode + "' is neither last_partition nor all_partitions");
    };
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
