// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Commands about monitors.
@Command(
    name = "monitor",
    description = "List and run monitors, which compare served features with a reference.",
    mixinStandardHelpOptions = true)
final class MonitorCommand {
  private final CommandContext context;

  MonitorCommand(CommandContext context) {
    this.context = context;
  }

  @Command(name = "ls", description = "List the monitors.", mixinStandardHelpOptions = true)
  int list(@Mixin ServerOptions server) {
    try (ApiClient client = server.connect(context.environment())) {
      Table table =
          new Table(List.of("name", "features", "schedule", "distances", "alerts", "last run"));
      for (JsonNode monitor : client.getJson("/v0/monitors").path("monitors")) {
        table.add(
            List.of(
                monitor.path("name").asString(""),
                monitor.path("features").asString(""),
                monitor.path("schedule").asString(""),
                Integer.toString(monitor.path("distances").size()),
                Integer.toString(monitor.path("alerts").size()),
                monitor.path("run").path("updated_at").asString("")));
      }
      table.print(context.console(), "");
    }
    return 0;
  }

  @Command(
      name = "run",
      description = "Run a monitor now, and wait for it; ends with 1 if a feature alerts.",
      mixinStandardHelpOptions = true)
  int run(
      @Mixin ServerOptions server,
      @Parameters(paramLabel = "NAME", description = "the monitor") String name) {
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode made =
          client.postJson(
              "/v0/monitors/" + ApiClient.encode(name) + "/runs",
              BodyPublishers.noBody(),
              "application/json");
      JsonNode job = new JobWait(client).done(made.path("job_id").asString(""), _ -> {});
      long alerting = job.path("alerting").asLong();
      long silent = job.path("too_few_values").asLong();
      context
          .console()
          .print(
              name
                  + ": "
                  + job.path("measured").asLong()
                  + " distances measured, "
                  + alerting
                  + " over their thresholds"
                  + (silent == 0 ? "" : "; " + silent + " with too few values to say"));
      if (alerting > 0) {
        context.console().print(job.path("error").asString(""));
      }
      return alerting == 0 ? 0 : 1;
    }
  }
}
