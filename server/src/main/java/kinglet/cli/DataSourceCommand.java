// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about data sources.
@Command(
    name = "datasource",
    description = "List, fill and empty data sources.",
    mixinStandardHelpOptions = true)
final class DataSourceCommand {
  private final CommandContext context;

  DataSourceCommand(CommandContext context) {
    this.context = context;
  }

  /// Where the rows come from.
  private static final class Rows {
    @Option(
        names = "--file",
        required = true,
        paramLabel = "FILE",
        description = "file of .ndjson, .json or .csv rows")
    private @Nullable Path file;

    @Option(
        names = "--events",
        required = true,
        paramLabel = "JSON",
        description = "rows as NDJSON text; - reads them from standard input")
    private @Nullable String events;
  }

  @Command(
      name = "append",
      description = "Append rows to a data source.",
      mixinStandardHelpOptions = true)
  int append(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the data source") String name,
      @ArgGroup(multiplicity = "1") Rows rows)
      throws Exception {
    try (ApiClient client = server.connect(context.environment())) {
      String events = rows.events;
      if (events != null) {
        String text = events.equals("-") ? StandardInput.text() : events;
        String path = "/v0/events?wait=true&name=" + ApiClient.encode(name);
        return counted(
            client.postJson(path, BodyPublishers.ofString(text), "application/x-ndjson"));
      }
      Path file = rows.file;
      if (file == null) {
        throw new IllegalStateException("neither --file nor --events");
      }
      String path =
          "/v0/datasources?mode=append&format=" + format(file) + "&name=" + ApiClient.encode(name);
      return counted(client.postJson(path, body(file), "application/octet-stream"));
    }
  }

  private int counted(JsonNode answer) {
    long quarantined =
        answer.path("quarantined_rows").asLong(0) + answer.path("quarantine_rows").asLong(0);
    context.console().print(answer.path("successful_rows").asLong(0) + " rows appended");
    if (quarantined > 0) {
      context.console().note(quarantined + " rows in quarantine, with the reasons");
    }
    return 0;
  }

  private static BodyPublisher body(Path file) {
    try {
      return BodyPublishers.ofFile(file);
    } catch (FileNotFoundException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "there is no file " + file, e);
    }
  }

  private static String format(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return "csv";
    }
    if (name.endsWith(".ndjson") || name.endsWith(".jsonl") || name.endsWith(".json")) {
      return "ndjson";
    }
    throw new PlatformException(
        CliError.INVALID_ARGUMENT, file + " is neither .ndjson, .jsonl, .json nor .csv");
  }

  @Command(name = "ls", description = "List the data sources.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table = new Table(List.of("name", "engine", "rows", "bytes"));
      for (JsonNode source : client.getJson("/v0/datasources").path("datasources")) {
        table.add(
            List.of(
                source.path("name").asString(""),
                source.path("engine").path("engine").asString(""),
                source.path("statistics").path("row_count").asString("0"),
                source.path("statistics").path("bytes").asString("0")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "truncate",
      description = "Remove all rows of a data source.",
      mixinStandardHelpOptions = true)
  int truncate(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the data source") String name,
      @Option(names = "--cascade", description = "empty also what materialized views fill from it")
          boolean cascade,
      @Option(names = "--yes", description = "do not ask") boolean yes) {
    if (!yes) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "truncate removes all rows of " + name + "; say --yes");
    }
    try (ApiClient client = server.connect(context.environment())) {
      List<String> names = new ArrayList<>(List.of(name));
      if (cascade) {
        String path = "/v0/dependencies?datasource=" + ApiClient.encode(name);
        names.addAll(client.getJson(path).path("dependencies").propertyNames());
      }
      for (String each : names) {
        String path = "/v0/datasources/" + ApiClient.encode(each) + "/truncate";
        JsonNode unused = client.postJson(path, BodyPublishers.noBody(), "");
        context.console().print(each + " is empty");
      }
    }
    return 0;
  }
}
