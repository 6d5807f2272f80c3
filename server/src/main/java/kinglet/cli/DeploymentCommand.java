// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.List;
import kinglet.error.PlatformException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about deployments.
@Command(
    name = "deployment",
    description = "List deployments, prepare one as staging, promote, discard, roll back.",
    mixinStandardHelpOptions = true)
final class DeploymentCommand {
  private static final String DEPLOYMENTS = "/v1/deployments";

  private final CommandContext context;

  DeploymentCommand(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "ls",
      description = "List the deployments, the newest first.",
      mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table = new Table(List.of("id", "status", "created", "changed"));
      JsonNode all = client.getJson(DEPLOYMENTS + "?history=true");
      for (JsonNode deployment : all.path("deployments")) {
        table.add(
            List.of(
                deployment.path("id").asString(""),
                status(deployment),
                deployment.path("created_at").asString(""),
                deployment.path("updated_at").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  private static String status(JsonNode deployment) {
    String status = deployment.path("status").asString("");
    if (deployment.path("live").asBoolean(false)) {
      return "live";
    }
    return status.equals("data_ready") ? "staging" : status;
  }

  @Command(
      name = "create",
      description = "Deploy a data project to staging.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ServerOptions server,
      @Option(
              names = "--allow-destructive-operations",
              description = "also drop what the project no longer has")
          boolean destructive,
      @Parameters(
              paramLabel = "DIR",
              arity = "0..1",
              defaultValue = ".",
              description = "the project's directory (default .)")
          Path directory) {
    String query = destructive ? "?allow_destructive_operations=true" : "";
    try (ApiClient client = server.connect(context.environment())) {
      return Deployment.send(
          context.console(), client, "/v1/deploy" + query, "deployment", directory);
    }
  }

  @Command(
      name = "promote",
      description = "Set the staging deployment live.",
      mixinStandardHelpOptions = true)
  int promote(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      String id = staging(client);
      JsonNode unused =
          client.postJson(DEPLOYMENTS + "/" + id + "/set-live", BodyPublishers.noBody(), "");
      context.console().print("deployment " + id + " is live");
    }
    return 0;
  }

  @Command(
      name = "discard",
      description = "Drop the staging deployment.",
      mixinStandardHelpOptions = true)
  int discard(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      String id = staging(client);
      JsonNode unused = client.delete(DEPLOYMENTS + "/" + id);
      context.console().print("deployment " + id + " is discarded");
    }
    return 0;
  }

  @Command(
      name = "rollback",
      description = "Deploy the files of an earlier deployment again and set them live.",
      mixinStandardHelpOptions = true)
  int rollback(
      @Mixin ServerOptions server,
      @Option(names = "--check", description = "only say what would change") boolean check,
      @Option(
              names = "--allow-destructive-operations",
              description = "also drop what that deployment did not have")
          boolean destructive,
      @Parameters(paramLabel = "ID", description = "the deployment's number") long id) {
    String query = "?check=" + check + "&allow_destructive_operations=" + destructive;
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode answer =
          client.postJson(
              DEPLOYMENTS + "/" + id + "/rollback" + query, BodyPublishers.noBody(), "");
      return Deployment.print(context.console(), client, answer, "deployment");
    }
  }

  private static String staging(ApiClient client) {
    for (JsonNode deployment : client.getJson(DEPLOYMENTS).path("deployments")) {
      if (status(deployment).equals("staging")) {
        return deployment.path("id").asString("");
      }
    }
    throw new PlatformException(CliError.INVALID_ARGUMENT, "no deployment waits as staging");
  }
}
