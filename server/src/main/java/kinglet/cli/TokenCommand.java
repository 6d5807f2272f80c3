// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about tokens.
@Command(
    name = "token",
    description = "List, create, refresh and remove tokens.",
    mixinStandardHelpOptions = true)
final class TokenCommand {
  private final CommandContext context;

  TokenCommand(CommandContext context) {
    this.context = context;
  }

  @Command(name = "ls", description = "List the tokens.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table = new Table(List.of("name", "scopes", "token"));
      for (JsonNode token : client.getJson("/v0/tokens").path("tokens")) {
        List<String> scopes = new ArrayList<>();
        for (JsonNode scope : token.path("scopes")) {
          String resource = scope.path("resource").asString("");
          scopes.add(scope.path("type").asString("") + (resource.isEmpty() ? "" : ":" + resource));
        }
        table.add(
            List.of(
                token.path("name").asString(""),
                String.join(" ", scopes),
                token.path("token").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "create",
      description = "Create a token and print it.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the token's name") String name,
      @Option(
              names = "--scope",
              required = true,
              paramLabel = "SCOPE",
              description = "such as ADMIN or PIPES:READ:name; may be repeated")
          List<String> scopes) {
    Map<String, List<String>> form = new LinkedHashMap<>();
    form.put("name", List.of(name));
    form.put("scope", scopes);
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode token =
          client.postJson(
              "/v0/tokens",
              BodyPublishers.ofString(ApiClient.encode(form)),
              "application/x-www-form-urlencoded");
      context.console().print(token.path("token").asString(""));
    }
    return 0;
  }

  @Command(
      name = "refresh",
      description = "Give a token a new secret and print it; the old one ends.",
      mixinStandardHelpOptions = true)
  int refresh(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the token's name or id") String name) {
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode token =
          client.postJson("/v0/tokens/" + path(name) + "/refresh", BodyPublishers.noBody(), "");
      context.console().print(token.path("token").asString(""));
    }
    return 0;
  }

  @Command(name = "rm", description = "Remove a token.", mixinStandardHelpOptions = true)
  int remove(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the token's name or id") String name) {
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode unused = client.delete("/v0/tokens/" + path(name));
    }
    context.console().print(name + " is removed");
    return 0;
  }

  private static String path(String name) {
    return ApiClient.encode(name).replace("+", "%20");
  }
}
