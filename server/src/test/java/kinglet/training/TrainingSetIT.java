// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Training sets from a request to their bytes.
final class TrainingSetIT {
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/shop_events.datasource",
          """
          SCHEMA >
              ts DateTime64(3, 'UTC') `json:$.ts`,
              user_id String `json:$.user_id`,
              price Float64 `json:$.price`
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, ts
          """,
          "datasources/labels.datasource",
          """
          SCHEMA >
              label_ts DateTime64(6, 'UTC') `json:$.label_ts`,
              user_id String `json:$.user_id`,
              bought UInt8 `json:$.bought`
          ENGINE MergeTree
          ENGINE_SORTING_KEY bought
          """,
          "features/shopper.pipe",
          """
          NODE shopper
          SQL >
              SELECT
                  user_id,
                  count() OVER last_1h AS views_1h,
                  sum(price) OVER last_1h AS spend_1h,
                  groupArrayLast(3)(price) OVER last_1h AS prices
              FROM shop_events
              WINDOW last_1h AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
          """);

  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");

  @TempDir static Path directory;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory.resolve("data"));
    HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT);
    assertThat(json(deployed).path("result").asString("")).as(deployed.body()).isEqualTo("success");
    append(
        "shop_events",
        """
        {"ts":"2026-01-01 10:00:00.000","user_id":"a","price":1.5}
        {"ts":"2026-01-01 10:30:00.000","user_id":"a","price":2}
        {"ts":"2026-01-01 11:00:00.001","user_id":"a","price":4}
        {"ts":"2026-01-01 10:30:00.000","user_id":"b","price":8}
        """);
    append(
        "labels",
        """
        {"label_ts":"2026-01-01 10:30:00","user_id":"b","bought":9}
        {"label_ts":"2026-01-01 11:00:00.001","user_id":"a","bought":1}
        {"label_ts":"2026-01-01 10:00:00","user_id":"a","bought":0}
        {"label_ts":"2026-01-01 11:00:00","user_id":"nobody","bought":0}
        {"label_ts":"2026-01-01 10:00:00","user_id":"a","bought":0}
        {"label_ts":"2026-01-01 09:59:59.999999","user_id":"a","bought":1}
        """);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// History that nobody served from, as files are.
  private static void append(String source, String rows) {
    HttpResponse<String> answer =
        server.send(
            server
                .authorized("/v0/datasources?mode=append&format=ndjson&name=" + source)
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(rows)));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private static JsonNode build(String request) {
    HttpResponse<String> made = server.post("/v0/training_sets", request, "application/json");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
    String name = json(made).path("name").asString();
    JsonNode set = json(made);
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!ENDS.contains(set.path("status").asString("")) && System.nanoTime() < endNanos) {
      set = json(server.get("/v0/training_sets/" + name));
    }
    return set;
  }

  private static String written(String file) {
    HttpResponse<String> answer = server.get("/v0/training_sets/" + file);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void keepsTheRowsOfTheSpineInOrder() {
    JsonNode set =
        build(
            """
            {"name": "first", "features": ["shopper"], "spine": {"datasource": "labels"},
             "time": "label_ts", "with": ["status"]}
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    assertThat(written("first.csv"))
        .isEqualTo(
            """
            "label_ts","user_id","bought","views_1h","views_1h__status","spend_1h","spend_1h__status","prices","prices__status"
            "2026-01-01 10:30:00.000000","b",9,1,"PRESENT",8,"PRESENT","[8]","PRESENT"
            "2026-01-01 11:00:00.001000","a",1,2,"PRESENT",6,"PRESENT","[2,4]","PRESENT"
            "2026-01-01 10:00:00.000000","a",0,1,"PRESENT",1.5,"PRESENT","[1.5]","PRESENT"
            "2026-01-01 11:00:00.000000","nobody",0,0,"NOT_FOUND",\\N,"NOT_FOUND","[]","NOT_FOUND"
            "2026-01-01 10:00:00.000000","a",0,1,"PRESENT",1.5,"PRESENT","[1.5]","PRESENT"
            "2026-01-01 09:59:59.999999","a",1,0,"NOT_FOUND",\\N,"NOT_FOUND","[]","NOT_FOUND"
            """);
  }

  @Test
  void takesWhatAQueryGives() {
    JsonNode set =
        build(
            """
            {"name": "queried", "features": ["shopper:spend_1h"],
             "spine": {"q": "SELECT bought AS y, user_id, label_ts AS at FROM labels ORDER BY label_ts, bought"},
             "time": "at"}
            """);

    assertThat(set.path("status").asString("")).as(set.toString()).isEqualTo("done");
    assertThat(written("queried.ndjson").lines().findFirst().orElseThrow())
        .isEqualTo(
            "{\"y\":1,\"user_id\":\"a\",\"at\":\"2026-01-01 09:59:59.999999\",\"spend_1h\":null}");
  }
}
