// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Guesses the columns of a file.
@Command(
    name = "analyze",
    description = "Say what columns a data source for a file should have.",
    mixinStandardHelpOptions = true)
final class AnalyzeCommand implements Callable<Integer> {
  private static final String CONTENT_TYPE = "application/octet-stream";

  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "FILE|URL", description = "rows as CSV, NDJSON or Parquet")
  private String place = "";

  AnalyzeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    RowFile file = new RowFile(place);
    try (ApiClient client = server.connect(context.environment())) {
      String path = "/v0/analyze?from=cli" + file.parameters();
      JsonNode answer = client.postJson(path, file.sample(), CONTENT_TYPE);
      Table table = new Table(List.of("column", "type", "path", "present"));
      JsonNode types = answer.path("preview").path("meta");
      int at = 0;
      for (JsonNode column : answer.path("analysis").path("columns")) {
        table.add(
            List.of(
                column.path("name").asString(""),
                types.path(at++).path("type").asString(""),
                column.path("path").asString(""),
                Math.round(column.path("present_pct").asDouble(0) * 100) + " %"));
      }
      table.print(context.console(), "");
      context
          .console()
          .print("\nSCHEMA >\n    " + answer.path("analysis").path("schema").asString(""));
    }
    return 0;
  }
}
