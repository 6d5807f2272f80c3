// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about workspaces. Making and removing them needs the user's token, which a server tells
/// to commands on its own machine.
@Command(
    name = "workspace",
    description = "List, create and remove workspaces.",
    mixinStandardHelpOptions = true)
final class WorkspaceCommand {
  private static final String FORM = "application/x-www-form-urlencoded";

  private final CommandContext context;

  WorkspaceCommand(CommandContext context) {
    this.context = context;
  }

  @Command(name = "ls", description = "List the workspaces.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connectAsUser(context.environment())) {
      Table table = new Table(List.of("name", "id", "token"));
      JsonNode all = client.getJson("/v1/user/workspaces?with_environments=true");
      for (JsonNode workspace : all.path("workspaces")) {
        boolean branch = workspace.path("is_branch").asBoolean(false);
        table.add(
            List.of(
                (branch ? "branch " : "") + workspace.path("name").asString(""),
                workspace.path("id").asString(""),
                workspace.path("token").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "current",
      description = "Print the name of the token's workspace.",
      mixinStandardHelpOptions = true)
  int current(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      context.console().print(client.getJson("/v1/workspace").path("name").asString(""));
    }
    return 0;
  }

  @Command(
      name = "create",
      description = "Create a workspace and print its admin token.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the workspace's name") String name) {
    try (ApiClient client = server.connectAsUser(context.environment())) {
      String form = ApiClient.encode(Map.of("name", List.of(name)));
      JsonNode made = client.postJson("/v1/workspaces", BodyPublishers.ofString(form), FORM);
      context.console().print(made.path("token").asString(""));
    }
    return 0;
  }

  @Command(
      name = "rm",
      description = "Remove a workspace with all its rows.",
      mixinStandardHelpOptions = true)
  int remove(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the workspace's name or id") String name,
      @Option(names = "--yes", description = "do it") boolean yes) {
    if (!yes) {
      context.console().note("all rows of " + name + " would be gone; say --yes to do it");
      return 1;
    }
    try (ApiClient client = server.connectAsUser(context.environment())) {
      String path = ApiClient.encode(name).replace("+", "%20");
      JsonNode unused = client.delete("/v1/workspaces/" + path + "?hard_delete_confirmation=yes");
    }
    context.console().print(name + " is removed");
    return 0;
  }
}
