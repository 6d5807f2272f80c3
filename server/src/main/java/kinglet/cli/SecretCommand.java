// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about secrets.
@Command(
    name = "secret",
    description = "List, set and remove the secrets that tb_secret() reads.",
    mixinStandardHelpOptions = true)
final class SecretCommand {
  private static final String FORM = "application/x-www-form-urlencoded";

  private final CommandContext context;

  SecretCommand(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "ls",
      description = "List the secrets, without values.",
      mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table = new Table(List.of("name", "updated", "by"));
      for (JsonNode secret : client.getJson("/v0/variables").path("variables")) {
        table.add(
            List.of(
                secret.path("name").asString(""),
                secret.path("updated_at").asString(""),
                secret.path("edited_by").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "set",
      description = "Give a secret a value, making it if it is new.",
      mixinStandardHelpOptions = true)
  int set(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the secret's name") String name,
      @Parameters(paramLabel = "VALUE", description = "its value; - reads standard input")
          String value)
      throws IOException {
    Map<String, List<String>> form = new LinkedHashMap<>();
    form.put("name", List.of(name));
    form.put("value", List.of(value.equals("-") ? StandardInput.text().strip() : value));
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode all = client.getJson("/v0/variables").path("variables");
      boolean known =
          StreamSupport.stream(all.spliterator(), false)
              .anyMatch(secret -> secret.path("name").asString("").equals(name));
      BodyPublisher body = BodyPublishers.ofString(ApiClient.encode(form));
      JsonNode unused =
          known
              ? client.putJson("/v0/variables/" + ApiClient.encode(name), body, FORM)
              : client.postJson("/v0/variables", body, FORM);
    }
    context.console().print(name + " is set");
    return 0;
  }

  @Command(name = "rm", description = "Remove a secret.", mixinStandardHelpOptions = true)
  int remove(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the secret's name") String name) {
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode unused = client.delete("/v0/variables/" + ApiClient.encode(name));
    }
    context.console().print(name + " is removed");
    return 0;
  }
}
