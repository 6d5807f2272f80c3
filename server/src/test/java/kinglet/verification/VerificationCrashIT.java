// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.KilledServer;
import kinglet.testkit.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Halts the server between shares of a verification, and kills its engine in another one: both go
/// on, and count every read once.
final class VerificationCrashIT {
  private static final int USERS = 3_000;
  private static final int EVENTS = 12_000;
  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");

  private static final Map<String, String> SETTINGS =
      Map.of("training.events-per-share", "500", "features.serving-log-share", "1");
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
              SELECT user_id, sum(price) OVER ever AS spend, count() OVER ever AS events
              FROM events
              WINDOW ever AS (PARTITION BY user_id ORDER BY at RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME at
          """,
          "endpoints/offer.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT spend / nullIf(events, 0) AS share
              FROM buyer
              WHERE user_id = {{ UInt32(user_id) }}
          TYPE ENDPOINT
          """);

  @TempDir Path directory;
  private KilledServer server;

  @Test
  void anInterruptedVerificationGoesOn() throws Exception {
    String job;
    try (KilledServer halting = KilledServer.halting(directory, SETTINGS, "verification.share:5")) {
      server = halting;
      JsonNode deployed = done(server.project("/v1/deploy", PROJECT));
      assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
      fill(Seed.next().random());
      read("buyer");
      read("offer");
      await("SELECT count() FROM kinglet.feature_reads", 2 * USERS);
      await("SELECT count() FROM kinglet.service_reads", USERS);
      job = begin("service=offer");
      halting.awaitHalt();
    }
    try (KilledServer next = KilledServer.start(directory, SETTINGS)) {
      server = next;
      JsonNode halted = await(job, one -> ENDS.contains(one.path("status").asString("")));
      equal(halted, 3 * USERS, 2 * 2 * USERS + USERS);

      String every = begin("service=buyer&all_keys=true");
      JsonNode begun = await(every, one -> one.path("progress_percentage").asDouble() > 0);
      assertThat(begun.path("status").asString("")).as("%s", begun).isEqualTo("working");
      next.killEngine();
      JsonNode bereft = await(every, one -> ENDS.contains(one.path("status").asString("")));
      long keys = bereft.path("reads").asLong();
      assertThat(keys).as("%s", bereft).isBetween(USERS / 2L, (long) USERS);
      equal(bereft, keys, 2 * keys);
    }
  }

  private static void equal(JsonNode job, long reads, long compared) {
    assertThat(job.path("status").asString("")).as("%s", job).isEqualTo("done");
    assertThat(job.path("reads").asLong()).as("%s", job).isEqualTo(reads);
    assertThat(job.path("compared").asLong()).as("%s", job).isEqualTo(compared);
    for (String count :
        List.of("different", "different_statuses", "skipped", "missing_keys", "extra_keys")) {
      assertThat(job.path(count).asLong(-1)).as("%s of %s", count, job).isZero();
    }
  }

  private void fill(RandomGenerator random) {
    StringBuilder rows = new StringBuilder();
    for (int n = 0; n < EVENTS; n++) {
      rows.append(
          "{\"at\":\"2026-01-01 %02d:%02d:00\",\"user_id\":%d,\"price\":%s}\n"
              .formatted(
                  random.nextInt(8),
                  random.nextInt(60),
                  random.nextInt(USERS),
                  random.nextDouble()));
    }
    JsonNode _ =
        done(
            server.post(
                "/v0/events?name=events&wait=true", rows.toString(), "application/x-ndjson"));
  }

  private void read(String service) {
    String keys =
        IntStream.range(0, USERS).mapToObj(Integer::toString).collect(Collectors.joining(","));
    JsonNode _ =
        done(
            server.post(
                "/v0/features/" + service,
                "{\"keys\":{\"user_id\":[" + keys + "]}}",
                "application/json"));
  }

  private String begin(String form) {
    HttpResponse<String> made = server.form("POST", "/v0/verifications", form);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
    return json(made).path("job_id").asString("");
  }

  private JsonNode await(String job, Predicate<JsonNode> condition) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    JsonNode now = json(server.get("/v0/jobs/" + job));
    while (!condition.test(now) && System.nanoTime() < end) {
      now = json(server.get("/v0/jobs/" + job));
    }
    return now;
  }

  private void await(String sql, long expected) {
    String path = "/v0/sql?q=" + URLEncoder.encode(sql + " FORMAT TSV", StandardCharsets.UTF_8);
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String answer = server.get(path).body().strip();
    while (!answer.equals(Long.toString(expected)) && System.nanoTime() < end) {
      answer = server.get(path).body().strip();
    }
    assertThat(answer).as(sql).isEqualTo(Long.toString(expected));
  }
}
