// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about snapshots.
@Command(
    name = "snapshot",
    description = "Make, list, show and remove snapshots of data sources.",
    mixinStandardHelpOptions = true)
final class SnapshotCommand {
  private static final String ROUTE = "/v0/snapshots";

  private final CommandContext context;

  SnapshotCommand(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "create",
      description = "Copy a data source as it is, and wait for it.",
      mixinStandardHelpOptions = true)
  int create(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "what it is called") String name,
      @Option(
              names = "--datasource",
              required = true,
              paramLabel = "NAME",
              description = "the data source")
          String source,
      @Option(
              names = "--where",
              paramLabel = "CONDITION",
              description = "which rows it has; all without it")
          @Nullable String where,
      @Option(
              names = "--at",
              paramLabel = "TIME",
              description = "only rows known at that time, such as 2026-01-31T12:00:00Z")
          @Nullable String at) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("name", name);
    request.put("datasource", source);
    request.put("where", where);
    request.put("at", at);
    try (ApiClient client = server.connect(context.environment())) {
      String body = ApiClient.MAPPER.writeValueAsString(request);
      JsonNode made = client.postJson(ROUTE, BodyPublishers.ofString(body), "application/json");
      new JobWait(client).shown(made.path("job_id").asString(""), "snapshot", context.console());
      JsonNode snapshot = client.getJson(path(name));
      context
          .console()
          .print(
              String.format(
                  Locale.ROOT,
                  "%s: %,d rows, %,d bytes",
                  name,
                  snapshot.path("rows").asLong(0),
                  snapshot.path("bytes").asLong(0)));
    }
    return 0;
  }

  @Command(name = "ls", description = "List snapshots.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table =
          new Table(
              List.of("name", "status", "data source", "rows", "bytes", "position", "created at"));
      for (JsonNode snapshot : client.getJson(ROUTE).path("snapshots")) {
        table.add(
            List.of(
                snapshot.path("name").asString(""),
                snapshot.path("status").asString(""),
                snapshot.path("datasource").asString(""),
                snapshot.path("rows").asString(""),
                snapshot.path("bytes").asString(""),
                snapshot.path("journal_seq").asString(""),
                snapshot.path("created_at").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(name = "get", description = "Show a snapshot.", mixinStandardHelpOptions = true)
  int get(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the snapshot") String name) {
    try (ApiClient client = server.connect(context.environment())) {
      client
          .getJson(path(name))
          .propertyStream()
          .filter(field -> !field.getValue().isNull() && !field.getKey().startsWith("job_"))
          .forEach(field ->
              context.console().print(field.getKey() + ": " + field.getValue().asString("")));
    }
    return 0;
  }

  @Command(name = "rm", description = "Remove a snapshot.", mixinStandardHelpOptions = true)
  int remove(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the snapshot") String name) {
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode _ = client.delete(path(name));
      context.console().print(name + " is removed");
    }
    return 0;
  }

  private static String path(String name) {
    return ROUTE + "/" + ApiClient.encode(name);
  }
}
