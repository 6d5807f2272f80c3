// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

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

/// A whole server with a feature view that is going to be killed; prints `serves port token`.
final class FeatureLifeChild {
  static final String VIEW =
      """
      NODE n
      SQL >
          SELECT k, count() OVER ever AS rows
          FROM events WINDOW ever AS (PARTITION BY k ORDER BY ts)
      TYPE FEATURES
      ENTITY k
      EVENT_TIME ts
      """;

  static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          "SCHEMA >\n    `ts` DateTime64(6) `json:$.ts`,\n    `k` UInt32 `json:$.k`\n"
              + "ENGINE MergeTree\nENGINE_SORTING_KEY k\n",
          "features/counts.pipe",
          VIEW);

  static final String FILE = "rows.parquet";

  private FeatureLifeChild() {}

  /// @param arguments the data directory, the keys, and the rows of each in the file
  public static void main(String[] arguments) throws InterruptedException, IOException {
    Path directory = Path.of(arguments[0]);
    TestServer server =
        TestServer.start(directory.resolve("data"), Map.of("flush.interval", "20ms"));
    server.awaitReady();
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      HttpResponse<String> answer = server.project("/v1/deploy", PROJECT);
      if (!answer.body().contains("\"success\"")) {
        throw new IllegalStateException(answer.body());
      }
      try (InputStream rows =
          server
              .server()
              .read(
                  "SELECT toDateTime64('2026-01-01 00:00:00', 6, 'UTC') AS ts, toUInt32(number %% %s)"
                          .formatted(arguments[1])
                      + " AS k FROM numbers(%s * %s) FORMAT Parquet"
                          .formatted(arguments[1], arguments[2]))) {
        long _ = Files.copy(rows, file);
      }
    }
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      out.write(
          ("serves " + server.server().port() + " " + server.adminToken() + "\n")
              .getBytes(StandardCharsets.UTF_8));
      new CountDownLatch(1).await();
    }
  }
}
