// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Imports a file of this machine or at a URL, and shows how far that is.
final class RowImport {
  private static final Duration TIMEOUT = Duration.ofHours(6);
  private static final long POLL_MILLIS = 300;

  /// Parts of a hundred, as the server says how far a job is.
  private static final long SHARES = 1_000;

  private final Console console;
  private final ApiClient client;

  RowImport(Console console, ApiClient client) {
    this.console = console;
    this.client = client;
  }

  /// Sends a file; answers what the server says of its rows.
  JsonNode file(String path, Path file) {
    try {
      long bytes = Files.size(file);
      Progress progress =
          new Progress(
              console, String.valueOf(file.getFileName()), bytes, "bytes", System::nanoTime);
      BodyPublisher counted =
          BodyPublishers.fromPublisher(
              BodyPublishers.ofInputStream(() -> counted(file, progress)), Math.max(1, bytes));
      BodyPublisher body = bytes == 0 ? BodyPublishers.noBody() : counted;
      JsonNode answer = client.postJson(path, body, "application/octet-stream", TIMEOUT);
      progress.finish();
      return answer;
    } catch (IOException e) {
      throw new PlatformException(CliError.INVALID_ARGUMENT, "there is no file " + file, e);
    }
  }

  private static InputStream counted(Path file, Progress progress) {
    InputStream bytes;
    try {
      bytes = Files.newInputStream(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new FilterInputStream(bytes) {
      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        progress.add(Math.max(0, read));
        return read;
      }
    };
  }

  /// Has the server fetch a file, and waits for the end of that job.
  JsonNode url(String path, String url) {
    JsonNode job =
        client.postJson(
            path,
            BodyPublishers.ofString(ApiClient.encode(Map.of("url", List.of(url)))),
            "application/x-www-form-urlencoded");
    String id = job.path("id").asString("");
    console.note("job " + id);
    Progress progress = new Progress(console, "import", SHARES, "", System::nanoTime);
    while (true) {
      job = client.getJson("/v0/jobs/" + ApiClient.encode(id));
      long share = Math.round(job.path("progress_percentage").asDouble(0) * SHARES / 100);
      progress.say(detail(job));
      progress.add(share - progress.done());
      switch (job.path("status").asString("")) {
        case "done" -> {
          progress.finish();
          return job;
        }
        case "error", "cancelled" ->
            throw new PlatformException(
                CliError.SERVER_REFUSED,
                "the job is "
                    + job.path("status").asString("")
                    + ": "
                    + job.path("error").asString("no reason given"));
        default -> pause();
      }
    }
  }

  private static String detail(JsonNode job) {
    return String.format(
        Locale.ROOT,
        "%,d bytes, %,d rows",
        job.path("statistics").path("bytes").asLong(0),
        job.path("statistics").path("row_count").asLong(0));
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
