// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// Prints who changed what.
@Command(
    name = "changes",
    description = "List who changed what of the workspace, and when, the newest first.",
    mixinStandardHelpOptions = true)
final class ChangesCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(names = "--limit", paramLabel = "N", description = "how many (default 20)")
  private int limit = 20;

  ChangesCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (ApiClient client = server.connect(context.environment())) {
      Table table = new Table(List.of("at", "author", "change", "detail"));
      for (JsonNode change : client.getJson("/v1/changes?limit=" + limit).path("changes")) {
        table.add(
            List.of(
                change.path("at").asString(""),
                change.path("author").asString(""),
                change.path("change").asString(""),
                change.path("detail").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }
}
