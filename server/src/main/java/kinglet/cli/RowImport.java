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
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// Imports a file of this machine or at a URL, and shows how far that is.
final class RowImport {
  private static final Duration TIMEOUT = Duration.ofHours(6);

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
    JsonNode done =
        new JobWait(client)
            .done(
                id,
                now -> {
                  long share =
                      Math.round(now.path("progress_percentage").asDouble(0) * SHARES / 100);
                  progress.say(detail(now));
                  progress.add(share - progress.done());
                });
    progress.finish();
    return done;
  }

  private static String detail(JsonNode job) {
    return String.format(
        Locale.ROOT,
        "%,d bytes, %,d rows",
        job.path("statistics").path("bytes").asLong(0),
        job.path("statistics").path("row_count").asLong(0));
  }
}
