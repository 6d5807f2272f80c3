// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Follows a job of the server to its end, over a restart of the server too.
record JobWait(ApiClient client) {
  private static final long POLL_MILLIS = 200;

  /// What a server that stopped has not answered, it will not.
  private static final Duration POLL_TIMEOUT = Duration.ofSeconds(20);

  /// So long a server may be away that starts again.
  private static final long AWAY_NANOS_MAX = 60_000_000_000L;

  /// Parts of the whole, as the server says how far a job is.
  private static final long SHARES = 1_000;

  /// The job when it is done; fails when it failed or was cancelled.
  ///
  /// @param seen told how it stands, every now and then
  JsonNode done(String id, Consumer<JsonNode> seen) {
    while (true) {
      JsonNode job = look(id);
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

  private JsonNode look(String id) {
    long lost = System.nanoTime();
    while (true) {
      try {
        return client.getJson("/v0/jobs/" + ApiClient.encode(id), POLL_TIMEOUT);
      } catch (PlatformException e) {
        if (e.code() != CliError.SERVER_UNREACHABLE || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        if (System.nanoTime() - lost > AWAY_NANOS_MAX) {
          throw new PlatformException(
              CliError.SERVER_UNREACHABLE,
              e.text()
                  + ". The job goes on when the server is there again: ./kinglet job details "
                  + id,
              e);
        }
        pause();
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
