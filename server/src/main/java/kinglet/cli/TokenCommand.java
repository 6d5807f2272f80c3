// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.time.DateTimeException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.config.TimeSpan;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

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
      name = "jwt",
      description = "Sign a token that says itself what it allows, and print it.",
      mixinStandardHelpOptions = true)
  int jwt(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the name its requests are counted by")
          String name,
      @Option(
              names = "--scope",
              required = true,
              paramLabel = "SCOPE",
              description =
                  "PIPES:READ:name, DATASOURCES:READ:name[:condition] or"
                      + " DATASOURCES:APPEND:name; may be repeated")
          List<String> scopes,
      @Option(
              names = "--expires-in",
              paramLabel = "TIME",
              description = "how long it is good for, such as 30m or 7d (default 1h)",
              defaultValue = "1h")
          String lifetime,
      @Option(
              names = "--fixed-param",
              paramLabel = "KEY=VALUE",
              description = "a value its holder cannot change; may be repeated")
          @Nullable Map<String, String> fixed,
      @Option(
              names = "--rps",
              paramLabel = "N",
              description = "the most requests a second (default the server's limit)")
          int requestsPerSecond) {
    ObjectNode body = ApiClient.MAPPER.createObjectNode();
    ArrayNode list = body.putArray("scopes");
    for (String scope : scopes) {
      ObjectNode shape = list.addObject();
      String[] parts = scope.split(":", 4);
      shape.put("type", String.join(":", List.of(parts).subList(0, Math.min(2, parts.length))));
      if (parts.length > 2) {
        shape.put("resource", parts[2]);
      }
      if (parts.length > 3) {
        shape.put("filter", parts[3]);
      }
      if (fixed != null && scope.startsWith("PIPES:READ")) {
        ObjectNode params = shape.putObject("fixed_params");
        fixed.forEach(params::put);
      }
    }
    if (requestsPerSecond > 0) {
      body.putObject("limits").put("rps", requestsPerSecond);
    }
    Map<String, List<String>> query = new LinkedHashMap<>();
    query.put("name", List.of(name));
    query.put("expiration_time", List.of(Long.toString(end(lifetime))));
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode token =
          client.postJson(
              "/v0/tokens?" + ApiClient.encode(query),
              BodyPublishers.ofString(body.toString()),
              "application/json");
      context.console().print(token.path("token").asString(""));
    }
    return 0;
  }

  private static long end(String lifetime) {
    try {
      return InstantSource.system()
          .instant()
          .plus(TimeSpan.parse(lifetime).duration())
          .getEpochSecond();
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "--expires-in: " + e.getMessage(), e);
    }
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
