// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
  private static final int PARTLY_DONE = 3;
  private static final List<String> FORMATS = List.of("csv", "ndjson", "jsonl", "json", "parquet");

  private final CommandContext context;

  DataSourceCommand(CommandContext context) {
    this.context = context;
  }

  /// Where the rows of a file come from.
  private static final class Source {
    @Option(
        names = "--file",
        required = true,
        paramLabel = "FILE",
        description = "file of .csv, .ndjson or .parquet rows, also packed as .gz or .zst")
    private @Nullable Path file;

    @Option(
        names = "--url",
        required = true,
        paramLabel = "URL",
        description = "the same at an http or https address, fetched by the server")
    private @Nullable String url;

    @Option(
        names = "--events",
        required = true,
        paramLabel = "JSON",
        description = "rows as NDJSON text; - reads them from standard input")
    private @Nullable String events;
  }

  /// From when on imported rows count as known.
  private static final class Known {
    @Option(
        names = "--known-at",
        paramLabel = "now|COLUMN",
        description =
            "when the rows became known: now, or as a column of times says;"
                + " at their event time unless given")
    private @Nullable String at;

    void addTo(Map<String, List<String>> query) {
      if (at != null) {
        query.put("known_at", List.of(at));
      }
    }
  }

  @Command(
      name = "append",
      description = "Append rows to a data source.",
      footer = {"", "Exit status 3: done, but some rows are in quarantine."},
      mixinStandardHelpOptions = true)
  int append(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the data source") String name,
      @ArgGroup(multiplicity = "1") Source rows,
      @Mixin Known known)
      throws Exception {
    try (ApiClient client = server.connect(context.environment())) {
      String events = rows.events;
      if (events != null) {
        if (known.at != null) {
          throw new PlatformException(
              CliError.INVALID_ARGUMENT,
              "events are known from now on; --known-at is for rows from a file or a URL");
        }
        String text = events.equals("-") ? StandardInput.text() : events;
        String path = "/v0/events?wait=true&name=" + ApiClient.encode(name);
        return counted(
            client.postJson(path, BodyPublishers.ofString(text), "application/x-ndjson"));
      }
      Map<String, List<String>> query = new LinkedHashMap<>();
      query.put("mode", List.of("append"));
      query.put("name", List.of(name));
      known.addTo(query);
      return imported(client, rows, ApiClient.encode(query));
    }
  }

  @Command(
      name = "replace",
      description = "Put the rows of a file in the place of all rows, or of those that match.",
      footer = {
        "",
        "What materialized views made of the rows is replaced with them.",
        "Exit status 3: done, but some rows are in quarantine."
      },
      mixinStandardHelpOptions = true)
  int replace(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the data source") String name,
      @ArgGroup(multiplicity = "1") Source rows,
      @Mixin Known known,
      @Option(
              names = "--sql-condition",
              paramLabel = "SQL",
              description = "which rows are replaced, such as \"day = today()\"")
          @Nullable String condition,
      @Option(names = "--truncate-when-empty", description = "replace by nothing, too")
          boolean whenEmpty,
      @Option(
              names = "--skip-incompatible-partition-key",
              description = "leave alone what views cannot recompute")
          boolean skip) {
    if (rows.events != null) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "rows are replaced from a file or a URL, not from events");
    }
    Map<String, List<String>> query = new LinkedHashMap<>();
    query.put("mode", List.of("replace"));
    query.put("name", List.of(name));
    known.addTo(query);
    if (condition != null) {
      query.put("replace_condition", List.of(condition));
    }
    query.put("replace_truncate_when_empty", List.of(Boolean.toString(whenEmpty)));
    query.put("skip_incompatible_partition_key", List.of(Boolean.toString(skip)));
    try (ApiClient client = server.connect(context.environment())) {
      return imported(client, rows, ApiClient.encode(query));
    }
  }

  private int imported(ApiClient client, Source rows, String query) {
    RowImport rowImport = new RowImport(context.console(), client);
    Path file = rows.file;
    String url = rows.url;
    if (url != null) {
      return counted(rowImport.url("/v0/datasources?" + query, url));
    }
    if (file == null) {
      throw new IllegalStateException("neither --file nor --url");
    }
    return counted(rowImport.file("/v0/datasources?" + query + format(file), file));
  }

  /// Rows in quarantine show in the exit status: scripts would not see them otherwise.
  private int counted(JsonNode answer) {
    long quarantined =
        answer.path("quarantine_rows").asLong(answer.path("quarantined_rows").asLong(0));
    long stored =
        answer
            .path("successful_rows")
            .asLong(answer.path("statistics").path("row_count").asLong(0) - quarantined);
    context.console().stored(stored);
    context.console().quarantined(quarantined);
    return quarantined > 0 ? PARTLY_DONE : 0;
  }

  /// What the name of a file says of its rows; otherwise the server looks at them.
  private static String format(Path file) {
    String name =
        String.valueOf(file.getFileName())
            .toLowerCase(Locale.ROOT)
            .replaceFirst("\\.(gz|gzip|zst|zstd)$", "");
    for (String format : FORMATS) {
      if (name.endsWith("." + format)) {
        return "&format=" + format;
      }
    }
    return "";
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
