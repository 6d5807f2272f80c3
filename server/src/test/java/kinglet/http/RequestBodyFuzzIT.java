// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import kinglet.testkit.Seed;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Requests whose JSON is damaged, or says what nobody expects, are answered or refused with a
/// code, and nothing else happens.
final class RequestBodyFuzzIT {
  private static final int TRIES = 400;

  /// Each of these begins work: those that are whole are few, and of no row.
  private static final int JOB_TRIES = 100;

  private static final String FEAST =
      "{\"features\":[\"counts:n\"],\"entities\":{\"user_id\":[\"u\",\"w\"]},\"full_feature_names\":true}";
  private static final String FEAST_SERVICE =
      "{\"feature_service\":\"serving\",\"entities\":{\"user_id\":[\"u\",\"w\"],\"more\":[5,6]}}";
  private static final String BATCH =
      "{\"keys\":{\"user_id\":[\"u\",\"w\"]},\"request\":{\"more\":[1,2]},\"as_of\":null,\"with\":[\"status\",\"interval\"]}";
  private static final String SNAPSHOT =
      "{\"name\":\"january\",\"datasource\":\"events\",\"where\":\"user_id = 'nobody'\",\"at\":\"2026-01-01 00:00:00\"}";
  private static final String TRAINING_SET =
      "{\"name\":\"january\",\"features\":[\"counts:n\"],\"spine\":{\"q\":\"SELECT ts, user_id FROM events WHERE 0\"},"
          + "\"time\":\"ts\",\"mode\":\"as_known\",\"with\":[\"status\"],\"format\":\"csv\",\"history\":{},\"journal_seq\":7}";
  private static final List<String> PIECES =
      List.of(
          "null",
          "true",
          "-1",
          "1e999999999",
          "99999999999999999999999999",
          "0.1",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"'; DROP\"",
          "[]",
          "{}",
          "[[]]",
          "{\"a\":1}",
          "[".repeat(2_000),
          "\"" + "x".repeat(5_000) + "\"",
          ",",
          ":",
          "\"",
          "\\",
          "}",
          "é",
          "\u0000");

  @Test
  void damagedRequestsAreAnsweredOrRefused(@TempDir Path data) {
    try (TestServer server = TestServer.ready(data)) {
      assertThat(server.project("/v1/deploy", PROJECT).body()).contains("\"success\"");
      String event = "{\"ts\":\"%s\",\"user_id\":\"u\"}".formatted(Instant.now());
      assertThat(server.post("/v0/events?name=events", event, "application/json").statusCode())
          .isEqualTo(202);
      send(server, "/get-online-features", FEAST, TRIES);
      send(server, "/get-online-features", FEAST_SERVICE, TRIES);
      send(server, "/v0/features/counts", BATCH.replace("\"more\":[1,2]", ""), TRIES);
      send(server, "/v0/features/serving", BATCH, TRIES);
      send(server, "/v0/snapshots", SNAPSHOT, JOB_TRIES);
      send(server, "/v0/training_sets", TRAINING_SET, JOB_TRIES);
    }
  }

  private static void send(TestServer server, String path, String body, int tries) {
    Seed seed = Seed.next();
    IntStream.range(0, tries)
        .mapToObj(seed::round)
        .forEach(round -> {
          String damaged = damaged(body, round.random());
          HttpResponse<String> answer = server.post(path, damaged, "application/json");
          assertThat(answer.statusCode())
              .as("%s %s\n%s\n%s", round, path, damaged, answer.body())
              .isLessThan(500);
          if (answer.statusCode() >= 400) {
            assertThat(TestServer.json(answer).path("code").asString(""))
                .as("%s %s\n%s\n%s", round, path, damaged, answer.body())
                .isNotEmpty();
          }
        });
  }

  /// One to three changes: a value in the place of another, a piece more, or characters less.
  private static String damaged(String body, RandomGenerator random) {
    StringBuilder damaged = new StringBuilder(body);
    for (int n = 1 + random.nextInt(3); n > 0 && !damaged.isEmpty(); n--) {
      int at = random.nextInt(damaged.length());
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      switch (random.nextInt(4)) {
        case 0 -> damaged.insert(at, piece);
        case 1 -> damaged.delete(at, Math.min(damaged.length(), at + 1 + random.nextInt(8)));
        default -> {
          int from = damaged.indexOf(":", at) + 1;
          damaged.replace(from, endOfValue(damaged, from), piece);
        }
      }
    }
    return damaged.toString();
  }

  private static int endOfValue(CharSequence json, int from) {
    int depth = 0;
    for (int i = from; i < json.length(); i++) {
      char letter = json.charAt(i);
      if (depth == 0 && (letter == ',' || letter == '}' || letter == ']')) {
        return i;
      }
      depth += letter == '[' || letter == '{' ? 1 : letter == ']' || letter == '}' ? -1 : 0;
    }
    return json.length();
  }

  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          """
          SCHEMA >
              ts DateTime64(3, 'UTC') `json:$.ts`,
              user_id String `json:$.user_id`
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, ts
          """,
          "features/counts.pipe",
          """
          NODE counts
          SQL >
              SELECT user_id, count() OVER w AS n FROM events
              WINDOW w AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 7 DAY PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
          """,
          "endpoints/serving.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT user_id, n, {{ Int32(more, 0) }} + n AS total FROM counts WHERE user_id = {{ String(user_id) }}
          TYPE endpoint
          """);
}
