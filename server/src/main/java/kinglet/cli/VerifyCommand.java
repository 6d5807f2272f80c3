// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Compares what was read of features with their history.
@Command(
    name = "verify",
    description = {
      "Compute the features that were read again, by replaying the rows they saw, and compare every"
          + " bit.",
      "Looks at the reads in kinglet.feature_reads, or with --all-keys at what every key gives now;"
          + " ends with 1 if anything differs."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  private static final int SHARES = 1_000;

  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Parameters(paramLabel = "SERVICE", description = "a feature service or a feature view")
  private String service = "";

  @Option(names = "--from", paramLabel = "TIME", description = "the first time of a read")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "only reads before this time")
  private @Nullable String to;

  @Option(names = "--all-keys", description = "read every key now, and look at these reads")
  private boolean allKeys;

  VerifyCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Map<String, List<String>> form = new LinkedHashMap<>();
    form.put("service", List.of(service));
    if (from != null) {
      form.put("from", List.of(from));
    }
    if (to != null) {
      form.put("to", List.of(to));
    }
    if (allKeys) {
      form.put("all_keys", List.of("true"));
    }
    try (ApiClient client = server.connect(context.environment())) {
      JsonNode made =
          client.postJson(
              "/v0/verifications",
              BodyPublishers.ofString(ApiClient.encode(form)),
              "application/x-www-form-urlencoded");
      Progress progress = new Progress(context.console(), "verify", SHARES, "", System::nanoTime);
      JsonNode job =
          new JobWait(client)
              .done(
                  made.path("job_id").asString(""),
                  now -> {
                    double percent = now.path("progress_percentage").asDouble(0);
                    progress.say(now.path("statistics").path("row_count").asLong(0) + " reads");
                    progress.add(Math.round(percent * SHARES / 100) - progress.done());
                  });
      progress.finish();
      return report(job);
    }
  }

  private int report(JsonNode job) {
    long compared = job.path("compared").asLong();
    long different = job.path("different").asLong();
    long skipped = job.path("skipped").asLong();
    long missing = job.path("missing_keys").asLong();
    long extra = job.path("extra_keys").asLong();
    long statuses = job.path("different_statuses").asLong();
    boolean differs = different + statuses > 0;
    context
        .console()
        .print(
            service
                + ": "
                + job.path("reads").asLong()
                + " reads, "
                + compared
                + " values compared, "
                + different
                + " different"
                + (missing == 0 ? "" : "; " + missing + " reads of keys that history does not have")
                + (extra == 0 ? "" : "; " + extra + " reads missed keys that history has")
                + (skipped == 0
                    ? ""
                    : "; " + skipped + " reads left out that can't be computed again"));
    if (differs) {
      context.console().print(job.path("error").asString(""));
    }
    if (job.path("reads").asLong() == 0) {
      context
          .console()
          .print(
              allKeys
                  ? "There are no keys."
                  : "No read was written down: see features.serving-log-share, and read some.");
    }
    return differs ? 1 : 0;
  }
}
