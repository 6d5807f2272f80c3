// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;
import tools.jackson.databind.JsonNode;

/// Sends lines of NDJSON to the Events API in large requests, several in flight.
final class Feeder {
  private static final int ROWS_PER_REQUEST = 10_000;
  private static final int IN_FLIGHT_MAX = 4;
  private static final int READ_BYTES = 256 * 1024;

  private final ApiClient client;
  private final String path;
  private final Progress progress;
  private final AtomicLong quarantined = new AtomicLong();

  Feeder(ApiClient client, String dataSource, Console console, long rows) {
    this.client = client;
    this.path = "/v0/events?name=" + ApiClient.encode(dataSource);
    this.progress = new Progress(console, "flights", rows, System::nanoTime);
  }

  long quarantined() {
    return quarantined.get();
  }

  double seconds() {
    return progress.seconds();
  }

  /// Sends every line; returns when all rows are stored and visible to SQL.
  void send(InputStream lines) throws IOException {
    ArrayDeque<Future<?>> inFlight = new ArrayDeque<>();
    try (ExecutorService senders = Threads.virtual("feeder");
        InputStream in = new BufferedInputStream(lines, READ_BYTES)) {
      byte[] request = nextRequest(in);
      while (request.length > 0) {
        byte[] following = nextRequest(in);
        boolean last = following.length == 0;
        byte[] body = request;
        if (last || inFlight.size() == IN_FLIGHT_MAX) {
          await(inFlight, last ? 0 : IN_FLIGHT_MAX - 1);
        }
        inFlight.add(senders.submit(() -> post(body, last)));
        request = following;
      }
      await(inFlight, 0);
    }
    progress.finish();
  }

  /// The last request waits: rows are stored in the order of their acknowledgement.
  private void post(byte[] body, boolean wait) {
    JsonNode answer =
        client.postJson(
            wait ? path + "&wait=true" : path,
            BodyPublishers.ofByteArray(body),
            "application/x-ndjson");
    quarantined.addAndGet(answer.path("quarantined_rows").asLong(0));
    progress.add(
        answer.path("successful_rows").asLong(0) + answer.path("quarantined_rows").asLong(0));
  }

  private static void await(ArrayDeque<Future<?>> inFlight, int leave) {
    while (inFlight.size() > leave) {
      try {
        Object unused = inFlight.remove().get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof PlatformException known) {
          throw known;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new PlatformException(CliError.SERVER_UNREACHABLE, "interrupted", e);
      }
    }
  }

  /// The next lines, as many as one request carries; empty at the end.
  private static byte[] nextRequest(InputStream in) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream(READ_BYTES);
    int rows = 0;
    int next = in.read();
    while (next >= 0) {
      request.write(next);
      if (next == '\n' && ++rows == ROWS_PER_REQUEST) {
        break;
      }
      next = in.read();
    }
    return request.toByteArray();
  }
}
