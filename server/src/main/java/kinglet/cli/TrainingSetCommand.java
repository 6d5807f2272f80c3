// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about training sets.
@Command(
    name = "training-set",
    description = "Build, list, fetch and remove training sets.",
    mixinStandardHelpOptions = true)
final class TrainingSetCommand {
  private static final String BOUNDARY = "kinglet-training-set-boundary-51b0";
  private static final Duration UPLOAD_TIMEOUT = Duration.ofHours(6);

  private final CommandContext context;

  TrainingSetCommand(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "create",
      description = "Build a training set, and wait for it.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "what it is called") String name,
      @Option(
              names = "--features",
              paramLabel = "VIEW[:FEATURE]",
              split = ",",
              description = "features of feature views; a view stands for all of its features")
          @Nullable List<String> features,
      @Option(names = "--service", paramLabel = "NAME", description = "a feature service")
          @Nullable String service,
      @Option(
              names = "--datasource",
              paramLabel = "NAME",
              description = "a data source with keys and times")
          @Nullable String source,
      @Option(names = "--sql", paramLabel = "SELECT", description = "a query for keys and times")
          @Nullable String sql,
      @Option(
              names = "--file",
              paramLabel = "FILE",
              description = "a file of CSV, NDJSON or Parquet with keys and times")
          @Nullable Path file,
      @Option(
              names = "--history",
              paramLabel = "DATASOURCE=snapshots.NAME",
              description = "a snapshot to replay in the place of a data source")
          @Nullable Map<String, String> history,
      @Option(
              names = "--time",
              required = true,
              paramLabel = "COLUMN",
              description = "the column with the times")
          String time,
      @Option(
              names = "--mode",
              paramLabel = "MODE",
              description = "as_known (without it) or corrected")
          @Nullable String mode,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              description = "how it is fetched: parquet (without it), arrow, csv or ndjson")
          @Nullable String format,
      @Option(names = "--status", description = "add the status of each feature") boolean status,
      @Option(
              names = "--since",
              paramLabel = "NAME",
              description = "begin with the rows of this training set")
          @Nullable String since) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("name", name);
    put(request, "features", features);
    put(request, "service", service);
    put(request, "spine", spine(source, sql, file));
    put(request, "history", history);
    request.put("time", time);
    put(request, "mode", mode);
    put(request, "format", format);
    put(request, "since", since);
    put(request, "with", status ? List.of("status") : null);
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode made = submit(client, ApiClient.MAPPER.writeValueAsString(request), file);
      new JobWait(client)
          .shown(made.path("job_id").asString(""), "training set", context.console());
      JsonNode manifest = client.getJson(path(name)).path("manifest");
      context
          .console()
          .print(
              String.format(
                  Locale.ROOT,
                  "%s: %,d rows, %d features",
                  name,
                  manifest.path("rows").asLong(0),
                  manifest.path("features").size()));
      hint(manifest);
    }
    return 0;
  }

  /// Says why features may have no value at all, which is hard to see in many rows.
  private void hint(JsonNode manifest) {
    List<String> empty =
        manifest
            .path("null_rates")
            .propertyStream()
            .filter(rate -> rate.getValue().asDouble(0) == 1)
            .map(Map.Entry::getKey)
            .toList();
    if (!empty.isEmpty() && manifest.path("mode").asString("").equals("as_known")) {
      context
          .console()
          .note(
              "note: every value of "
                  + String.join(", ", empty)
                  + " is NULL. Rows sent as events are known from their ingestion on; --mode"
                  + " corrected takes them at their event time");
    }
  }

  private static void put(Map<String, Object> request, String field, @Nullable Object value) {
    if (value != null) {
      request.put(field, value);
    }
  }

  private static @Nullable Object spine(
      @Nullable String source, @Nullable String sql, @Nullable Path file) {
    long given = (source == null ? 0 : 1) + (sql == null ? 0 : 1) + (file == null ? 0 : 1);
    if (given != 1) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "give one of --datasource, --sql and --file");
    }
    if (source != null) {
      return Map.of("datasource", source);
    }
    return sql == null ? null : Map.of("q", sql);
  }

  private static JsonNode submit(ApiClient client, String request, @Nullable Path file) {
    if (file == null) {
      return client.postJson(
          "/v0/training_sets", BodyPublishers.ofString(request), "application/json");
    }
    String head =
        "--"
            + BOUNDARY
            + "\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n"
            + request
            + "\r\n--"
            + BOUNDARY
            + "\r\nContent-Disposition: form-data; name=\"spine\"; filename=\""
            + String.valueOf(file.getFileName()).replace('"', '_')
            + "\"\r\n\r\n";
    try {
      BodyPublisher body =
          BodyPublishers.concat(
              BodyPublishers.ofByteArray(head.getBytes(StandardCharsets.UTF_8)),
              BodyPublishers.ofFile(file),
              BodyPublishers.ofString("\r\n--" + BOUNDARY + "--\r\n"));
      return client.postJson(
          "/v0/training_sets", body, "multipart/form-data; boundary=" + BOUNDARY, UPLOAD_TIMEOUT);
    } catch (IOException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "there is no file " + file, e);
    }
  }

  @Command(name = "ls", description = "List training sets.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table = new Table(List.of("name", "status", "rows", "mode", "created at"));
      for (JsonNode set : client.getJson("/v0/training_sets").path("training_sets")) {
        table.add(
            List.of(
                set.path("name").asString(""),
                set.path("status").asString(""),
                set.path("manifest").path("rows").asString(""),
                set.path("manifest").path("mode").asString(""),
                set.path("created_at").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "get",
      description = "Write a training set into a file.",
      mixinStandardHelpOptions = true)
  int get(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the training set") String name,
      @Option(
              names = {"-o", "--output"},
              paramLabel = "FILE",
              description =
                  "where to; NAME and the set's format without it. Its end says the format:"
                      + " .parquet, .arrow, .csv or .ndjson")
          @Nullable Path output) {
    try (ApiClient client = server.connect(context.environment())) {
      String format =
          output == null
              ? end(client.getJson(path(name)).path("url").asString(""))
              : end(output.toString());
      write(client, name, format, output == null ? Path.of(name + "." + format) : output);
    }
    return 0;
  }

  private static String end(String file) {
    return file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  private void write(ApiClient client, String name, String format, Path file) {
    try (InputStream rows =
            client.call("GET", path(name) + "." + format, BodyPublishers.noBody(), "");
        OutputStream out = Files.newOutputStream(file)) {
      long bytes = rows.transferTo(out);
      context.console().print(String.format(Locale.ROOT, "%s: %,d bytes", file, bytes));
    } catch (NoSuchFileException e) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "there is no directory " + file.getParent(), e);
    } catch (IOException e) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "can't write " + file + ": " + e.getMessage(), e);
    }
  }

  @Command(
      name = "copy",
      description = "Write a training set into a data source.",
      mixinStandardHelpOptions = true)
  int copy(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the training set") String name,
      @Option(
              names = "--datasource",
              paramLabel = "NAME",
              description = "the data source; one of the set's name without it")
          @Nullable String target,
      @Option(names = "--replace", description = "in the place of its rows") boolean replace) {
    String to = target == null ? name : target;
    String query =
        "?datasource=" + ApiClient.encode(to) + "&mode=" + (replace ? "replace" : "append");
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode made =
          client.postJson(
              path(name) + "/copy" + query,
              BodyPublishers.noBody(),
              "application/x-www-form-urlencoded");
      new JobWait(client).shown(made.path("job_id").asString(""), "copy", context.console());
      context.console().print(name + " is in the data source " + to);
    }
    return 0;
  }

  @Command(name = "rm", description = "Remove a training set.", mixinStandardHelpOptions = true)
  int remove(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the training set") String name) {
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode _ = client.delete(path(name));
      context.console().print(name + " is removed");
    }
    return 0;
  }

  private static String path(String name) {
    return "/v0/training_sets/" + ApiClient.encode(name);
  }
}
