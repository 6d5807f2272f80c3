// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import static kinglet.testkit.TestServer.json;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import kinglet.testkit.TestServer;

/// A whole server that is killed while it builds a training set. It prints `serves port token`.
final class TrainingCrashChild {
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          """
          SCHEMA >
              at DateTime64(3, 'UTC') `json:$.at`,
              user_id UInt32 `json:$.user_id`,
              price Float64 `json:$.price`
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, at
          """,
          "features/buyer.pipe",
          """
          NODE buyer
          SQL >
              SELECT user_id, sum(price) OVER last_1h AS spend_1h, count() OVER ever AS events
              FROM events
              WINDOW
                  last_1h AS (PARTITION BY user_id ORDER BY at RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
                  ever AS (PARTITION BY user_id ORDER BY at RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME at
          """,
          "endpoints/offer.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT spend_1h, events, spend_1h / nullIf(events, 0) AS share
              FROM buyer
              WHERE user_id = {{ UInt32(user_id) }}
          TYPE ENDPOINT
          """);

  private TrainingCrashChild() {}

  public static void main(String[] arguments) throws InterruptedException, IOException {
    TestServer server =
        TestServer.start(Path.of(arguments[0]), Map.of("training.events-per-share", "60"));
    server.awaitReady();
    HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT);
    if (!json(deployed).path("result").asString("").matches("success|no_changes")) {
      throw new IllegalStateException(deployed.body());
    }
    new FileOutputStream(FileDescriptor.out)
        .write(
            ("serves " + server.server().port() + " " + server.adminToken() + "\n")
                .getBytes(StandardCharsets.UTF_8));
    new CountDownLatch(1).await();
  }
}
