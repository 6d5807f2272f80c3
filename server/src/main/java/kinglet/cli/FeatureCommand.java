// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Commands about feature views.
@Command(
    name = "feature",
    description = "List and show feature views, and read features by key.",
    mixinStandardHelpOptions = true)
final class FeatureCommand {
  private final CommandContext context;

  FeatureCommand(CommandContext context) {
    this.context = context;
  }

  @Command(name = "ls", description = "List the feature views.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table =
          new Table(
              List.of(
                  "name",
                  "version",
                  "status",
                  "entity",
                  "data source",
                  "entities",
                  "memory bytes",
                  "events/s",
                  "reads/s"));
      for (JsonNode view : client.getJson("/v0/feature_views").path("feature_views")) {
        List<String> entity = new ArrayList<>();
        view.path("entity").forEach(column -> entity.add(column.asString("")));
        table.add(
            List.of(
                view.path("name").asString(""),
                view.path("version").asString(""),
                view.path("status").asString(""),
                String.join(",", entity),
                view.path("data_source").asString(""),
                view.path("entities").asString(""),
                view.path("memory_bytes").asString(""),
                view.path("events_per_second").asString(""),
                view.path("reads_per_second").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "details",
      description = "Show all there is to know of a feature view, as JSON.",
      mixinStandardHelpOptions = true)
  int details(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the view, or NAME@VERSION") String name) {
    try (ApiClient client = server.connect(context.environment())) {
      context
          .console()
          .print(client.getJson("/v0/feature_views/" + ApiClient.encode(name)).toPrettyString());
    }
    return 0;
  }

  @Command(
      name = "get",
      description = "Read the features of a key.",
      mixinStandardHelpOptions = true)
  int get(
      @Mixin ServerOptions server,
      @Parameters(index = "0", paramLabel = "NAME", description = "the feature view") String name,
      @Parameters(
              index = "1..*",
              arity = "1..*",
              paramLabel = "COLUMN=VALUE",
              description = "each key column and its value")
          Map<String, String> key) {
    ObjectNode body = ApiClient.MAPPER.createObjectNode();
    ObjectNode keys = body.putObject("keys");
    key.forEach((column, value) -> keys.putArray(column).add(value));
    body.putArray("with").add("status");
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode read =
          client.postJson(
              "/v0/features/" + ApiClient.encode(name),
              BodyPublishers.ofString(body.toString()),
              "application/json");
      Table table = new Table(List.of("feature", "value", "status"));
      for (Map.Entry<String, JsonNode> feature : read.path("values").properties()) {
        JsonNode value = feature.getValue().path(0);
        table.add(
            List.of(
                feature.getKey(),
                value.isValueNode() ? value.asString("NULL") : value.toString(),
                read.path("status").path(feature.getKey()).path(0).asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }
}
