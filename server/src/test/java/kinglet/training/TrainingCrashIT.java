// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import kinglet.testkit.KilledServer;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Halts the server at named points while it builds a training set, and kills its engine. The job
/// goes on, after the restart or with the next engine, and the set has the bytes of one that was
/// built undisturbed.
final class TrainingCrashIT {
  private static final Map<String, String> SETTINGS = Map.of("training.events-per-share", "60");
  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");
  private static final List<String> POINTS =
      List.of("training.staged", "training.batch:3", "training.service:2", "training.assembled");

  /// Several shares, one with several batches.
  private static final String REQUEST =
      "{\"name\":\"%s\",\"service\":\"offer\",\"time\":\"at\",\"with\":[\"status\"],\"spine\":{\"q\":\"SELECT"
          + " number AS n, toUInt32(if(number < 300000, 1, modulo(number, 40))) AS user_id,"
          + " toDateTime('2026-01-01 00:00:00') + intDiv(number, 13) AS at FROM numbers(320000) ORDER BY"
          + " n\"}%s}";

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

  @TempDir Path directory;
  private KilledServer server;

  @Test
  void anInterruptedJobGoesOn() throws Exception {
    for (String point : POINTS) {
      try (KilledServer halting = KilledServer.halting(directory, SETTINGS, point)) {
        server = halting;
        if (point.equals(POINTS.getFirst())) {
          JsonNode deployed = done(server.project("/v1/deploy", PROJECT));
          assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
          fill(Seed.next().random());
          begin(REQUEST.formatted("halted", ""));
        }
        halting.awaitHalt();
      }
    }
    try (KilledServer next = KilledServer.start(directory, SETTINGS)) {
      server = next;
      JsonNode halted = ended("halted");
      assertThat(halted.path("status").asString("")).as(halted.toString()).isEqualTo("done");
      long seq = halted.at("/manifest/journal_seq").asLong();
      begin(REQUEST.formatted("whole", ",\"journal_seq\":" + seq));
      JsonNode whole = ended("whole");
      assertThat(whole.at("/manifest/rows").asLong()).as(whole.toString()).isEqualTo(320_000);
      assertThat(bytes("halted")).isEqualTo(bytes("whole"));

      begin(REQUEST.formatted("bereft", ",\"journal_seq\":" + seq));
      awaitMiddle("bereft");
      next.killEngine();
      JsonNode bereft = ended("bereft");
      assertThat(bereft.path("status").asString("")).as(bereft.toString()).isEqualTo("done");
      assertThat(next.log()).anyMatch(line -> line.contains("the engine went away"));
      assertThat(bytes("bereft")).isEqualTo(bytes("whole"));
    }
  }

  /// History as a file has it.
  private void fill(RandomGenerator random) {
    StringBuilder rows = new StringBuilder();
    for (int n = 0; n < 2_000; n++) {
      rows.append(
          "{\"at\":\"2026-01-01 %02d:%02d:00\",\"user_id\":%d,\"price\":%s}\n"
              .formatted(
                  random.nextInt(8), random.nextInt(60), random.nextInt(40), random.nextDouble()));
    }
    JsonNode _ =
        done(
            server.post(
                "/v0/datasources?mode=append&format=ndjson&name=events",
                rows.toString(),
                "application/x-ndjson"));
  }

  private void begin(String json) {
    HttpResponse<String> made = server.post("/v0/training_sets", json, "application/json");
    assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
  }

  private JsonNode ended(String name) {
    return await(name, set -> ENDS.contains(set.path("status").asString("")));
  }

  /// Some rows are there, and more are to come.
  private void awaitMiddle(String name) {
    JsonNode set = await(name, one -> one.path("rows_done").asLong() > 0);
    assertThat(set.path("status").asString("")).as(set.toString()).isNotIn(ENDS);
  }

  private JsonNode await(String name, Predicate<JsonNode> condition) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    JsonNode set;
    do {
      set = json(server.get("/v0/training_sets/" + name));
    } while (!condition.test(set) && System.nanoTime() < endNanos);
    return set;
  }

  private byte[] bytes(String name) {
    return server.bytes("/v0/training_sets/" + name + ".parquet");
  }
}
