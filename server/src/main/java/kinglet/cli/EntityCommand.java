// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kinglet.error.PlatformException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about the entities that features describe.
@Command(
    name = "entity",
    description = "List entities, and delete one from features and their rows.",
    mixinStandardHelpOptions = true)
final class EntityCommand {
  private final CommandContext context;

  EntityCommand(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "ls",
      description = "List the entities and the feature views that describe them.",
      mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table = new Table(List.of("entity", "feature views"));
      for (JsonNode entity : client.getJson("/v0/entities").path("entities")) {
        List<String> views = new ArrayList<>();
        entity.path("feature_views").forEach(view -> views.add(view.asString("")));
        table.add(List.of(entity.path("name").asString(""), String.join(" ", views)));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "rm",
      description = "Delete an entity from features and from the rows they are made of.",
      mixinStandardHelpOptions = true)
  int remove(
      @Mixin ServerOptions server,
      @Parameters(
              index = "0",
              paramLabel = "ENTITY",
              description = "its key columns, separated by commas")
          String entity,
      @Parameters(
              index = "1..*",
              arity = "1..*",
              paramLabel = "VALUE",
              description = "the value of each key column")
          List<String> values,
      @Option(names = "--dry-run", description = "say what would be deleted") boolean dryRun,
      @Option(names = "--yes", description = "do not ask") boolean yes) {
    List<String> columns = List.of(entity.split("\\s*,\\s*"));
    if (columns.size() != values.size()) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT,
          entity + " has " + columns.size() + " key columns; say as many values");
    }
    if (!dryRun && !yes) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT,
          "rm deletes all rows of " + String.join(" ", values) + "; say --dry-run or --yes");
    }
    StringBuilder path = new StringBuilder("/v0/entities/" + String.join(",", columns) + "?");
    for (int i = 0; i < columns.size(); i++) {
      path.append(ApiClient.encode(Map.of(columns.get(i), List.of(values.get(i))))).append('&');
    }
    try (ApiClient client = server.connect(context.environment())) {
      if (dryRun) {
        Table table = new Table(List.of("data source", "rows to be deleted"));
        for (JsonNode rows : client.delete(path + "dry_run=true").path("data_sources")) {
          table.add(
              List.of(
                  rows.path("name").asString(""), rows.path("rows_to_be_deleted").asString("")));
        }
        table.print(context.console(), "");
        return 0;
      }
      String id = client.delete(path.toString()).path("job_id").asString("");
      JsonNode job = new JobWait(client).done(id, _ -> {});
      context.console().print("deleted, with " + job.path("rows_affected").asString("0") + " rows");
    }
    return 0;
  }
}
