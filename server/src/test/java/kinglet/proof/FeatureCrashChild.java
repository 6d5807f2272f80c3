// SPDX-License-Identifier: Apache-2.0
package kinglet.proof;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import kinglet.testkit.TestServer;

/// A whole server with a feature view that is going to be killed. Prints `row` and its values for
/// each row that is stored when nothing waits any more, then `serves port token`.
final class FeatureCrashChild {
  private FeatureCrashChild() {}

  /// @param arguments the data directory, and a directory with the files of a project
  public static void main(String[] arguments) throws InterruptedException, IOException {
    Path data = Path.of(arguments[0]);
    boolean isNew = !Files.exists(data);
    TestServer server =
        TestServer.start(
            data,
            Map.of(
                "flush.interval",
                "20ms",
                "features.checkpoint-interval",
                "100ms",
                "limits.requests-per-second",
                "1000000",
                "limits.bytes-per-second",
                "1GiB"));
    server.awaitReady();
    if (isNew) {
      Path project = Path.of(arguments[1]);
      HttpResponse<String> answer =
          server.project(
              "/v1/deploy",
              Map.of(
                  "events.datasource", Files.readString(project.resolve("events.datasource")),
                  "proof.pipe", Files.readString(project.resolve("proof.pipe"))));
      if (!answer.body().contains("\"success\"")) {
        throw new IllegalStateException(answer.body());
      }
    }
    long waiting;
    do {
      waiting =
          TestServer.json(server.anonymous("GET", "/health", ""))
              .path("flush")
              .path("waiting_rows")
              .asLong();
    } while (waiting > 0);
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      out.write(rows(server));
      out.write(
          ("serves " + server.server().port() + " " + server.adminToken() + "\n")
              .getBytes(StandardCharsets.UTF_8));
      new CountDownLatch(1).await();
    }
  }

  private static byte[] rows(TestServer server) throws IOException {
    String database =
        ask(server, "SELECT database FROM system.tables WHERE name = 'events_quarantine' LIMIT 1");
    String sql =
        "SELECT 'row', __seq, toUnixTimestamp64Micro(__ingested_at), toUnixTimestamp64Micro(ts), k,"
            + " i, n, s, f, id FROM `"
            + database.strip()
            + "`.events ORDER BY __seq";
    return ask(server, sql).getBytes(StandardCharsets.UTF_8);
  }

  private static String ask(TestServer server, String sql) throws IOException {
    try (InputStream answer = server.server().read(sql + " FORMAT TabSeparated")) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
