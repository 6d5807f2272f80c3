// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about background work.
@Command(name = "job", description = "List, show and cancel jobs.", mixinStandardHelpOptions = true)
final class JobCommand {
  private final CommandContext context;

  JobCommand(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "ls",
      description = "List the jobs of the last two days, newest first.",
      mixinStandardHelpOptions = true)
  int list(
      @Mixin ServerOptions server,
      @Option(names = "--kind", paramLabel = "KIND", description = "such as import")
          @Nullable String kind,
      @Option(
              names = "--status",
              paramLabel = "STATUS",
              description = "waiting, working, done, error, cancelling or cancelled")
          @Nullable String status) {
    Map<String, List<String>> query = new LinkedHashMap<>();
    if (kind != null) {
      query.put("kind", List.of(kind));
    }
    if (status != null) {
      query.put("status", List.of(status));
    }
    try (ApiClient client = server.connect(context.environment())) {
      Table table =
          new Table(List.of("id", "kind", "status", "done", "data source", "created at", "error"));
      for (JsonNode job : client.getJson("/v0/jobs?" + ApiClient.encode(query)).path("jobs")) {
        table.add(
            List.of(
                job.path("id").asString(""),
                job.path("kind").asString(""),
                job.path("status").asString(""),
                job.path("progress_percentage").asString("") + " %",
                job.path("datasource").path("name").asString(""),
                job.path("created_at").asString(""),
                job.path("error").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "details",
      description = "Show all there is to know of a job, as JSON.",
      mixinStandardHelpOptions = true)
  int details(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "ID", description = "the job's id") String id) {
    try (ApiClient client = server.connect(context.environment())) {
      context.console().print(client.getJson(path(id)).toPrettyString());
    }
    return 0;
  }

  @Command(
      name = "cancel",
      description = "End a job that waits, or ask one that works to end.",
      mixinStandardHelpOptions = true)
  int cancel(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "ID", description = "the job's id") String id) {
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode job = client.postJson(path(id) + "/cancel", BodyPublishers.noBody(), "");
      context.console().print(id + " is " + job.path("status").asString(""));
    }
    return 0;
  }

  private static String path(String id) {
    return "/v0/jobs/" + ApiClient.encode(id);
  }
}
