// SPDX-License-Identifier: Apache-2.0
package kinglet.verification;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import kinglet.testkit.KilledServer;
import kinglet.testkit.Seed;
import kinglet.testkit.TestClient;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is served while rows come in, shuffled, twice, late ones and those of the future too, over
/// a kill and a restart, is to the bit what a replay of the history gives.
final class ServedFeaturesIT {
  private static final Seed SEED = Seed.next();
  private static final int USERS = 400;
  private static final int INGESTED = 150;
  private static final long WAITING_MAX = 15_000;
  private static final long COMPARED_MIN = Long.getLong("verify.values", 1_000_000);
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/shop_events.datasource",
          """
          SCHEMA >
              ts DateTime64(6, 'UTC') `json:$.ts`,
              user_id String `json:$.user_id`,
              item UInt32 `json:$.item`,
              price Nullable(Float64) `json:$.price`,
              kind String `json:$.kind`
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, ts
          """,
          "datasources/rates.datasource",
          """
          SCHEMA >
              at DateTime64(6, 'UTC') `json:$.at`,
              item UInt32 `json:$.item`,
              rate Float64 `json:$.rate`
          ENGINE MergeTree
          ENGINE_SORTING_KEY item
          """,
          "features/current_rate.pipe",
          """
          NODE current_rate
          SQL >
              SELECT item, rate FROM rates
          TYPE FEATURES
          ENTITY item
          EVENT_TIME at
          """,
          "features/shopper.pipe",
          """
          NODE shopper
          SQL >
              SELECT
                  e.user_id AS user_id,
                  count() OVER minute AS events,
                  sum(e.price) OVER minute AS spent,
                  sumIf(e.price * ifNull(r.rate, 1), e.kind = 'buy') OVER minute AS bought,
                  avg(e.price) OVER ever AS average,
                  stddevPop(e.price) OVER hour AS deviation,
                  quantile(0.9)(e.price) OVER hour AS high,
                  uniq(e.item) OVER hour AS items,
                  groupArrayLast(5)(e.item) OVER ever AS recent,
                  argMax(e.kind, e.price) OVER last_20 AS dearest,
                  exponentialTimeDecayedSum(60)(e.price, e.ts) OVER hour AS decayed,
                  sum(e.price) OVER hour / nullIf(count() OVER hour, 0) AS mean
              FROM shop_events AS e
              LEFT JOIN current_rate AS r ON r.item = e.item
              WINDOW
                  minute AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 MINUTE PRECEDING AND CURRENT ROW),
                  hour AS (PARTITION BY user_id ORDER BY ts RANGE BETWEEN INTERVAL 1 HOUR PRECEDING AND CURRENT ROW),
                  last_20 AS (PARTITION BY user_id ORDER BY ts ROWS BETWEEN 19 PRECEDING AND CURRENT ROW),
                  ever AS (PARTITION BY user_id ORDER BY ts RANGE UNBOUNDED PRECEDING)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
          TTL 2 hours
          TILE hour 5 minutes
          """,
          "endpoints/offer.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT user_id, spent, items, bought / {{ Float64(cart, 1) }} AS share
              FROM shopper WHERE user_id = {{ String(user_id) }}
          TYPE ENDPOINT
          """);

  private static final Map<String, String> SETTINGS = Map.of("features.serving-log-share", "1");

  @TempDir Path data;
  private TestClient server;
  private final AtomicLong served = new AtomicLong();

  /// Those of batch calls of the service.
  private final AtomicLong composed = new AtomicLong();

  private long written;

  @Test
  void whatWasServedIsWhatHistoryGives() throws Exception {
    try (KilledServer killed = KilledServer.start(data, SETTINGS)) {
      server = killed;
      JsonNode deployed = done(server.project("/v1/deploy", PROJECT));
      assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
      loadUntilKilled(killed);
    }
    server = start();
    try {
      // What was not yet written down of the reads is gone with the server.
      written = Long.parseLong(server.tsv("SELECT count() FROM kinglet.feature_reads"));
      served.set(written);
      composed.set(Long.parseLong(server.tsv("SELECT count() FROM kinglet.service_reads")));
      load(1);
      server.close();
      server = start();
      load(2);

      JsonNode job = verified("offer");
      assertThat(job.path("error").asString("")).isEmpty();
      assertThat(job.path("different").asLong(-1)).isZero();
      assertThat(job.path("skipped").asLong(-1)).isZero();
      assertThat(job.path("reads").asLong()).isEqualTo(served.get() + composed.get());
      assertThat(composed).hasPositiveValue();
      assertThat(job.path("compared").asLong()).isGreaterThanOrEqualTo(COMPARED_MIN);
      server.await(
          "SELECT sum(compared) - sum(equal) FROM kinglet.consistency WHERE feature = 'spent' AND"
              + " service = 'offer' HAVING count() > 0",
          "0");
      server.await(
          "SELECT sum(compared), sum(compared) - sum(equal) FROM kinglet.consistency WHERE feature ="
              + " 'share' AND service = 'offer' AND feature_view = ''",
          composed + "\t0");

      everyKeyIsWhatHistoryGives();
      JsonNode explained =
          json(server.get("/v0/features/shopper/explain?user_id=u1&feature=average"));
      assertThat(explained.at("/windows/0/tiles/0/start").isNull()).as("%s", explained).isTrue();
      differencesAreFound();
      refused(
          server.form("POST", "/v0/verifications", "service=nothing"), 404, "nothing-to-verify");
      refused(
          server.form("POST", "/v0/verifications", "service=offer&from=yesterday"),
          400,
          "invalid-verification");
    } finally {
      server.close();
    }
  }

  private TestServer start() {
    TestServer started = TestServer.start(data, SETTINGS);
    started.awaitReady();
    return started;
  }

  /// Whoever read them: all that are served now.
  private void everyKeyIsWhatHistoryGives() {
    JsonNode job = verified("shopper&all_keys=true");
    assertThat(job.path("error").asString("")).isEmpty();
    assertThat(job.path("different").asLong(-1)).isZero();
    assertThat(job.path("missing_keys").asLong(-1)).isZero();
    assertThat(job.path("extra_keys").asLong(-1)).isZero();
    assertThat(job.path("reads").asLong())
        .isPositive()
        .isEqualTo(Long.parseLong(server.tsv("SELECT count() FROM shopper")));
    assertThat(job.path("compared").asLong()).isEqualTo(11 * job.path("reads").asLong());
    refused(
        server.form("POST", "/v0/verifications", "service=offer&all_keys=1&from=2026-01-01T00:00Z"),
        400,
        "invalid-verification");
  }

  /// Rows that are gone from the history were still served.
  private void differencesAreFound() throws InterruptedException {
    // One read of a key with many rows, so that the first differences are its.
    String from = Instant.now().toString();
    JsonNode _ =
        done(
            server.post(
                "/v0/features/shopper", "{\"keys\":{\"user_id\":[\"u1\"]}}", "application/json"));
    server.await(
        "SELECT count() > 0 FROM kinglet.feature_reads WHERE read_at >="
            + " parseDateTime64BestEffort('"
            + from
            + "', 6, 'UTC')",
        "1");
    done(
        server.form(
            "POST",
            "/v0/datasources/shop_events/delete",
            "delete_condition=user_id = 'u1' AND kind = 'buy'"));
    awaitEnd(
        json(server.get("/v0/jobs?kind=delete_data")).path("jobs").get(0).path("id").asString(""));
    JsonNode job = verified("shopper&from=" + from);
    assertThat(job.path("different").asLong()).isPositive();
    assertThat(job.path("error").asString(""))
        .contains("values are not what history says", "of \"u1\" at", "served", "replayed")
        .containsPattern("average of \"u1\" at .*\n  ever, until .*Z.*:")
        .containsPattern("\n    \\{\"__seq\":\"?\\d+\"?,.*\"user_id\":\"u1\",.*\"kind\":\"view\"")
        .doesNotContain("\"kind\":\"buy\"");
    server.await(
        "SELECT arrayExists(one -> one LIKE 'average of \"u1\" at %', any(differences)) FROM"
            + " kinglet.consistency WHERE feature = 'average' AND compared > equal",
        "1");
    keysAreFound();
  }

  /// Keys whose whole history is gone, and those whose history nobody took in.
  private void keysAreFound() {
    done(
        server.form(
            "POST",
            "/v0/datasources/shop_events/delete",
            "delete_condition=user_id IN ('u1', 'u2')"));
    JsonNode deletion = json(server.get("/v0/jobs?kind=delete_data")).path("jobs").get(0);
    awaitEnd(deletion.path("id").asString(""));
    JsonNode job = verified("shopper&all_keys=true");
    assertThat(job.path("missing_keys").asLong()).isEqualTo(2);
    assertThat(job.path("extra_keys").asLong(-1)).isZero();
    assertThat(job.path("error").asString(""))
        .contains("__status of \"u", "served PRESENT, replayed NOT_FOUND");
  }

  /// Reads and writes at the same time, until enough was read.
  private void load(int round) throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<?>> work = new ArrayList<>();
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 2; writer++) {
        RandomGenerator random = SEED.random();
        writers.add(
            threads.submit(() -> {
              for (int request = 0; request < INGESTED; request++) {
                write(random);
              }
            }));
      }
      long wanted = COMPARED_MIN / 11 * round / 2;
      for (int reader = 0; reader < 2; reader++) {
        RandomGenerator random = SEED.random();
        work.add(
            threads.submit(() -> {
              while (!ended.get() || served.get() < wanted) {
                read(random);
                pace();
              }
            }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
      ended.set(true);
      for (Future<?> each : work) {
        each.get();
      }
    }
    server.await("SELECT count() FROM kinglet.feature_reads", served.toString());
    server.await("SELECT count() FROM kinglet.service_reads", composed.toString());
  }

  /// Reads and writes at the same time; in the middle of it the server is killed.
  private void loadUntilKilled(KilledServer killed) throws Exception {
    AtomicInteger acknowledged = new AtomicInteger();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<?>> work = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        RandomGenerator writes = SEED.random();
        RandomGenerator reads = SEED.random();
        work.add(
            threads.submit(() ->
                untilKilled(() -> {
                  write(writes);
                  if (acknowledged.incrementAndGet() == INGESTED) {
                    killed.kill();
                  }
                })));
        work.add(
            threads.submit(() ->
                untilKilled(() -> {
                  read(reads);
                  pace();
                })));
      }
      for (Future<?> each : work) {
        each.get();
      }
    }
  }

  private static void untilKilled(Runnable work) {
    try {
      while (true) {
        work.run();
      }
    } catch (UncheckedIOException _) {
      // The server is gone.
      return;
    }
  }

  private void write(RandomGenerator random) {
    StringBuilder rows = new StringBuilder();
    Instant now = Instant.now();
    for (int row = 0; row < 40; row++) {
      // Mostly now; some late, by up to beyond every window, some of the future, some equal.
      long late =
          switch (random.nextInt(10)) {
            case 0 -> random.nextLong(120_000_000);
            case 1 -> random.nextLong(9_000_000_000L);
            case 2 -> -random.nextLong(5_000_000);
            default -> 0;
          };
      rows.append("{\"ts\":\"")
          .append(now.truncatedTo(ChronoUnit.MICROS).minus(late, ChronoUnit.MICROS))
          .append("\",\"user_id\":\"u")
          .append(Math.min(random.nextInt(USERS), random.nextInt(USERS)))
          .append("\",\"item\":")
          .append(random.nextInt(30))
          .append(",\"price\":")
          .append(random.nextInt(8) == 0 ? "null" : random.nextDouble() * 100)
          .append(",\"kind\":\"")
          .append(random.nextInt(3) == 0 ? "buy" : "view")
          .append("\"}\n");
    }
    // Some come twice, as from a client that did not hear that they had arrived.
    for (int sent = random.nextInt(10) == 0 ? 0 : 1; sent < 2; sent++) {
      done202(server.post("/v0/events?name=shop_events", rows.toString(), "application/x-ndjson"));
    }
    done202(
        server.post(
            "/v0/events?name=rates",
            "{\"at\":\""
                + now
                + "\",\"item\":"
                + random.nextInt(30)
                + ",\"rate\":"
                + random.nextDouble()
                + "}",
            "application/x-ndjson"));
  }

  private static void done202(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private void read(RandomGenerator random) {
    switch (random.nextInt(3)) {
      case 0 -> {
        StringBuilder keys = new StringBuilder();
        int count = 1 + random.nextInt(400);
        for (int i = 0; i < count; i++) {
          keys.append(i == 0 ? "" : ",").append("\"u").append(random.nextInt(USERS)).append('"');
        }
        String body = "{\"keys\":{\"user_id\":[" + keys + "]}}";
        JsonNode _ = done(server.post("/v0/features/shopper", body, "application/json"));
        served.addAndGet(count);
      }
      case 1 -> {
        String body =
            "{\"keys\":{\"user_id\":[\"u"
                + random.nextInt(USERS)
                + "\"]},\"request\":{\"cart\":["
                + (1 + random.nextInt(90))
                + "]}}";
        JsonNode _ = done(server.post("/v0/features/offer", body, "application/json"));
        served.incrementAndGet();
        composed.incrementAndGet();
      }
      default -> {
        JsonNode _ = done(server.get("/v0/pipes/offer.json?user_id=u" + random.nextInt(USERS)));
        served.incrementAndGet();
      }
    }
  }

  /// Lets what was read be written down: more than so much would not wait, but be dropped.
  private synchronized void pace() {
    while (served.get() - written > WAITING_MAX) {
      written = Long.parseLong(server.tsv("SELECT count() FROM kinglet.feature_reads"));
    }
  }

  private JsonNode verified(String service) {
    HttpResponse<String> made = server.form("POST", "/v0/verifications", "service=" + service);
    assertThat(made.statusCode()).as(made.body()).isEqualTo(202);
    return awaitEnd(json(made).path("job_id").asString(""));
  }

  private JsonNode awaitEnd(String id) {
    JsonNode job = json(server.get("/v0/jobs/" + id));
    while (!Set.of("done", "error", "cancelled").contains(job.path("status").asString(""))) {
      job = json(server.get("/v0/jobs/" + id));
    }
    assertThat(job.path("status").asString("")).as("%s", job).isEqualTo("done");
    return job;
  }
}
