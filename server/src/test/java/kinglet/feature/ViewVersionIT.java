// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A version of a feature view after the next one has taken its place.
final class ViewVersionIT {
  private static final String VIEW =
      """
      NODE counts
      SQL >
          SELECT user_id, count() OVER ever * %d AS n
          FROM events
          WINDOW ever AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
      TYPE FEATURES
      ENTITY user_id
      EVENT_TIME ts
      """;

  private static final int SWITCHES = 5;
  private static final int READERS = 3;

  @TempDir private Path data;

  private static Map<String, String> project(int factor) {
    Map<String, String> files = new HashMap<>();
    files.put(
        "datasources/events.datasource",
        """
        SCHEMA >
            ts DateTime64(3, 'UTC') `json:$.ts`,
            user_id String `json:$.user_id`
        ENGINE MergeTree
        ENGINE_SORTING_KEY user_id, ts
        """);
    files.put("features/counts.pipe", VIEW.formatted(factor));
    files.put(
        "endpoints/serving.pipe",
        """
        NODE vector
        SQL >
            %
            SELECT user_id, n, {{ Int32(more, 0) }} + n AS total FROM counts WHERE user_id = {{ String(user_id) }}
        TYPE endpoint
        """);
    return files;
  }

  @Test
  void theReplacedVersionIsReadByItsNumberUntilItIsRemoved() {
    try (TestServer server = TestServer.ready(data)) {
      deploy(server, 1);
      send(server);
      assertThat(n(server, "counts")).isEqualTo("1: 1");
      assertThat(n(server, "counts@1")).isEqualTo("1: 1");
      assertThat(refused(server, "DELETE", "/v0/feature_views/counts@1")).isEqualTo(409);
      deploy(server, 10);
      awaitVersion(server, 2);
      send(server);
      assertThat(n(server, "counts")).isEqualTo("2: 20");
      assertThat(n(server, "counts@2")).isEqualTo("2: 20");
      assertThat(n(server, "counts@1")).isEqualTo("1: 2");
      assertThat(sql(server, "SELECT n FROM `counts@1` WHERE user_id = 'u'")).isEqualTo("2");
      assertThat(sql(server, "SELECT n FROM `counts@2` WHERE user_id = 'u'")).isEqualTo("20");
      assertThat(
              sql(
                  server,
                  "SELECT sum(a.n + b.n) FROM `counts@1` AS a JOIN counts AS b USING user_id"))
          .isEqualTo("22");
      assertThat(sql(server, "SELECT n FROM `counts@7`"))
          .contains("There is no feature view 'counts@7'");
      assertThat(status(server, "counts@1")).isEqualTo("replaced");
      assertThat(status(server, "counts")).isEqualTo("live");
      assertThat(
              TestServer.json(server.get("/v0/features/counts@1/explain?user_id=u&feature=n"))
                  .path("value")
                  .asInt())
          .isEqualTo(2);
      HttpResponse<String> feast =
          server.post(
              "/get-online-features",
              "{\"features\":[\"counts:n\",\"counts@1:n\"],\"entities\":{\"user_id\":[\"u\"]}}",
              "application/json");
      assertThat(TestServer.json(feast).at("/results/1/values").toString()).isEqualTo("[20]");
      assertThat(TestServer.json(feast).at("/results/2/values").toString()).isEqualTo("[2]");
      // One earlier version is kept.
      deploy(server, 100);
      awaitVersion(server, 3);
      assertThat(n(server, "counts@2")).isEqualTo("2: 20");
      assertThat(refused(server, "GET", "/v0/feature_views/counts@1")).isEqualTo(404);
      assertThat(
              server
                  .request("DELETE", "/v0/feature_views/counts@2", BodyPublishers.noBody())
                  .statusCode())
          .isEqualTo(204);
      assertThat(refused(server, "GET", "/v0/feature_views/counts@2")).isEqualTo(404);
      assertThat(
              server
                  .post(
                      "/v0/features/counts@2",
                      "{\"keys\":{\"user_id\":[\"u\"]}}",
                      "application/json")
                  .statusCode())
          .isEqualTo(404);
      assertThat(n(server, "counts")).isEqualTo("3: 200");
    }
  }

  @Test
  void aVersionIsReadByItsNumberWhileTheNextOneTakesItsPlace() throws Exception {
    try (TestServer server = TestServer.ready(data);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      deploy(server, 1);
      awaitVersion(server, 1);
      for (int version = 1; version <= SWITCHES; version++) {
        String number = "counts@" + version;
        AtomicBoolean switched = new AtomicBoolean();
        List<Future<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
          readers.add(
              executor.submit(() -> {
                int reads = 0;
                do {
                  assertThat(n(server, number)).isNotEmpty();
                  reads++;
                } while (!switched.get());
                return reads;
              }));
        }
        deploy(server, version + 1);
        awaitVersion(server, version + 1);
        assertThat(n(server, number)).isEqualTo(version + ": 0");
        switched.set(true);
        for (Future<Integer> reader : readers) {
          assertThat(reader.get()).isPositive();
        }
      }
    }
  }

  @Test
  void anEntityIsDeletedFromTheReplacedVersionToo() {
    try (TestServer server = TestServer.ready(data)) {
      deploy(server, 1);
      send(server, "gone");
      deploy(server, 10);
      awaitVersion(server, 2);
      assertThat(n(server, "counts@1", "gone")).isEqualTo("1: 1");
      HttpResponse<String> deleted =
          server.request("DELETE", "/v0/entities/user_id/gone", BodyPublishers.noBody());
      String job = TestServer.json(deleted).path("job_id").asString();
      String status;
      do {
        status = TestServer.json(server.get("/v0/jobs/" + job)).path("status").asString();
      } while (status.equals("waiting") || status.equals("working"));
      assertThat(status).isEqualTo("done");
      assertThat(n(server, "counts", "gone")).isEqualTo("2: 0");
      assertThat(n(server, "counts@1", "gone")).isEqualTo("1: 0");
    }
  }

  @Test
  void theReplacedVersionOutlivesRestarts() {
    try (TestServer server = TestServer.ready(data)) {
      deploy(server, 1);
      send(server);
      deploy(server, 10);
      awaitVersion(server, 2);
      send(server);
    }
    try (TestServer server = TestServer.ready(data)) {
      assertThat(n(server, "counts@1")).isEqualTo("1: 2");
      send(server);
      assertThat(n(server, "counts@1")).isEqualTo("1: 3");
      assertThat(n(server, "counts")).isEqualTo("2: 30");
      assertThat(status(server, "counts@1")).isEqualTo("replaced");
    }
    try (TestServer server = TestServer.ready(data)) {
      assertThat(n(server, "counts@1")).isEqualTo("1: 3");
      assertThat(
              server
                  .request("DELETE", "/v0/feature_views/counts@1", BodyPublishers.noBody())
                  .statusCode())
          .isEqualTo(204);
    }
    try (TestServer server = TestServer.ready(data)) {
      assertThat(refused(server, "GET", "/v0/feature_views/counts@1")).isEqualTo(404);
      assertThat(n(server, "counts")).isEqualTo("2: 30");
    }
  }

  @Test
  void feastsClientsReadServices() {
    try (TestServer server = TestServer.ready(data)) {
      deploy(server, 1);
      send(server);
      HttpResponse<String> answer =
          server.post(
              "/get-online-features",
              "{\"feature_service\":\"serving\",\"entities\":{\"user_id\":[\"u\",\"nobody\"],\"more\":[5,6]},\"full_feature_names\":true}",
              "application/json");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      JsonNode read = TestServer.json(answer);
      assertThat(read.at("/metadata/feature_names").toString())
          .isEqualTo("[\"user_id\",\"more\",\"serving__n\",\"serving__total\"]");
      assertThat(read.at("/results/2/values").toString()).isEqualTo("[1,0]");
      assertThat(read.at("/results/2/statuses").toString())
          .isEqualTo("[\"PRESENT\",\"NOT_FOUND\"]");
      assertThat(read.at("/results/3/values").toString()).isEqualTo("[6,6]");
      assertThat(read.at("/results/3/event_timestamps/1").asString())
          .isEqualTo("1970-01-01T00:00:00Z");
      HttpResponse<String> wrong =
          server.post(
              "/get-online-features",
              "{\"feature_service\":\"serving\",\"entities\":{\"user_id\":[\"u\"],\"more\":[\"x\"]}}",
              "application/json");
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(wrong.body()).contains("entities.more[0] is not a Int32");
    }
  }

  private static void deploy(TestServer server, int factor) {
    JsonNode deployed = TestServer.json(server.project("/v1/deploy", project(factor)));
    assertThat(deployed.path("result").asString()).as(deployed.toString()).isEqualTo("success");
  }

  /// A read by the number of a version waits for its history.
  private static void awaitVersion(TestServer server, int version) {
    assertThat(n(server, "counts@" + version)).startsWith(version + ": ");
  }

  private static void send(TestServer server) {
    send(server, "u");
  }

  private static void send(TestServer server, String user) {
    HttpResponse<String> answer =
        server.post(
            "/v0/events?name=events",
            "{\"ts\":\"%s\",\"user_id\":\"%s\"}".formatted(Instant.now(), user),
            "application/json");
    assertThat(answer.statusCode()).isEqualTo(202);
  }

  private static String n(TestServer server, String view) {
    return n(server, view, "u");
  }

  private static String n(TestServer server, String view, String user) {
    HttpResponse<String> answer =
        server.post(
            "/v0/features/" + view,
            "{\"keys\":{\"user_id\":[\"" + user + "\"]}}",
            "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode read = TestServer.json(answer);
    return read.path("version").asInt() + ": " + read.at("/values/n/0").asInt();
  }

  private static String sql(TestServer server, String query) {
    return server.post("/v0/sql", query + " FORMAT TSV", "text/plain").body().strip();
  }

  private static String status(TestServer server, String view) {
    return TestServer.json(server.get("/v0/feature_views/" + view)).path("status").asString();
  }

  private static int refused(TestServer server, String method, String path) {
    return server.request(method, path, BodyPublishers.noBody()).statusCode();
  }
}
