// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.Callable;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Makes a data source on a running server.
@Command(
    name = "create",
    description = "Make a data source from a schema, or from a file and its rows.",
    mixinStandardHelpOptions = true)
final class CreateCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "NAME", description = "the data source")
  private String name = "";

  @Option(
      names = "--file",
      paramLabel = "FILE|URL",
      description = "CSV, NDJSON or Parquet whose rows it gets; gives its columns too")
  private @Nullable String file;

  @Option(
      names = "--schema",
      paramLabel = "COLUMNS",
      description = "columns as a SCHEMA block has them")
  private @Nullable String schema;

  @Option(names = "--engine", paramLabel = "ENGINE", description = "such as ReplacingMergeTree")
  private @Nullable String engine;

  @Option(
      names = "--sorting-key",
      paramLabel = "COLUMNS",
      description = "what its rows are sorted by")
  private @Nullable String sortingKey;

  CreateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (file == null && schema == null) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "say --schema COLUMNS, or --file FILE to take them from");
    }
    String path =
        "/v0/datasources?mode=create&name="
            + ApiClient.encode(name)
            + parameter("schema", schema)
            + parameter("engine", engine)
            + parameter("engine_sorting_key", sortingKey);
    try (ApiClient client = server.connect(context.environment())) {
      if (file == null) {
        JsonNode unused = client.postJson(path, BodyPublishers.noBody(), "");
        context.console().print(name + " is made");
        return 0;
      }
      RowFile rows = new RowFile(file);
      JsonNode answer =
          client.postJson(path + rows.parameters(), rows.body(), "application/octet-stream");
      context.console().print(name + " is made");
      if (rows.isUrl()) {
        context.console().print("job " + answer.path("id").asString("") + " imports its rows");
      } else {
        context.console().stored(answer.path("successful_rows").asLong(0));
      }
      context.console().quarantined(answer.path("quarantine_rows").asLong(0));
    }
    return 0;
  }

  private static String parameter(String name, @Nullable String value) {
    return value == null ? "" : "&" + name + "=" + ApiClient.encode(value);
  }
}
