// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Follows a job of the server to its end.
record JobWait(ApiClient client) {
  private static final long POLL_MILLIS = 200;

  /// Parts of the whole, as the server says how far a job is.
  private static final long SHARES = 1_000;

  /// The job when it is done; fails when it failed or was cancelled.
  ///
  /// @param seen told how it stands, every now and then
  JsonNode done(String id, Consumer<JsonNode> seen) {
    while (true) {
      JsonNode job = client.getJson("/v0/jobs/" + ApiClient.encode(id));
      seen.accept(job);
      switch (job.path("status").asString("")) {
        case "done" -> {
          return job;
        }
        case "cancelled" ->
            throw new PlatformException(CliError.SERVER_REFUSED, "the job was cancelled");
        case "error" ->
            throw new PlatformException(
                CliError.SERVER_REFUSED,
                "the job failed: " + job.path("error").asString("no reason given"));
        default -> pause();
      }
    }
  }

  /// The same, with a bar of how far it is.
  void shown(String id, String what, Console console) {
    console.note("job " + id);
    Progress progress = new Progress(console, what, SHARES, "", System::nanoTime);
    JsonNode _ =
        done(
            id,
            now -> {
              long rows = now.path("statistics").path("row_count").asLong(0);
              progress.say(String.format(Locale.ROOT, "%,d rows", rows));
              long share = Math.round(now.path("progress_percentage").asDouble(0) * SHARES / 100);
              progress.add(share - progress.done());
            });
    progress.finish();
  }

  private static void pause() {
    try {
      boolean _ = new CountDownLatch(1).await(POLL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(CliError.SERVER_UNREACHABLE, "interrupted; the job goes on", e);
    }
  }
}
