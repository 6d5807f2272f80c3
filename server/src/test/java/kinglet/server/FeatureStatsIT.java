// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What was served of features, by the hour.
final class FeatureStatsIT {
  private static final int KEYS = 100;

  @TempDir static Path data;
  private static TestServer server;
  private static Instant begun;

  @BeforeAll
  static void start() {
    begun = Instant.now();
    server = TestServer.start(data, Map.of("features.serving-log-share", "1"));
    server.awaitReady();
    JsonNode deployed =
        done(
            server.project(
                "/v1/deploy",
                Map.of(
                    "datasources/orders.datasource",
                    """
                    SCHEMA >
                        at DateTime64(6, 'UTC') `json:$.at`,
                        customer UInt32 `json:$.customer`,
                        amount Float64 `json:$.amount`,
                        country String `json:$.country`
                    ENGINE MergeTree
                    ENGINE_SORTING_KEY customer
                    """,
                    "features/buyer.pipe",
                    """
                    NODE buyer
                    SQL >
                        SELECT customer, sum(amount) OVER ever AS spent,
                               anyLast(country) OVER ever AS country,
                               avgIf(amount, amount < 0) OVER ever AS refunds
                        FROM orders
                        WINDOW ever AS (PARTITION BY customer ORDER BY at RANGE UNBOUNDED PRECEDING)
                    TYPE FEATURES
                    ENTITY customer
                    EVENT_TIME at
                    """)));
    assertThat(deployed.path("result").asString("")).as("%s", deployed).isEqualTo("success");
    String rows =
        IntStream.range(0, KEYS)
            .mapToObj(i ->
                "{\"at\":\"2026-01-01 00:00:00\",\"customer\":"
                    + i
                    + ",\"amount\":"
                    + (i + 1)
                    + ",\"country\":\""
                    + (i % 4 == 0 ? "es" : "de")
                    + "\"}")
            .collect(Collectors.joining("\n"));
    JsonNode _ =
        done(server.post("/v0/events?name=orders&wait=true", rows, "application/x-ndjson"));
    String keys =
        IntStream.range(0, 2 * KEYS).mapToObj(Integer::toString).collect(Collectors.joining(","));
    JsonNode _ =
        done(
            server.post(
                "/v0/features/buyer",
                "{\"keys\": {\"customer\": [" + keys + "]}}",
                "application/json"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void eachFeatureHasItsStatistics() {
    server.await(
        "SELECT feature, sum(reads), sum(reads * null_rate), sum(reads * not_found_rate),"
            + " sum(reads * expired_rate) FROM kinglet.feature_stats WHERE source = 'served' AND"
            + " feature_view = 'buyer' AND version = 1 GROUP BY feature ORDER BY feature",
        """
        country\t200\t100\t100\t0
        refunds\t200\t200\t100\t0
        spent\t200\t100\t100\t0\
        """);
    assertThat(
            server.tsv(
                "SELECT avgMerge(mean_state), round(stddevSampMerge(stddev_state), 6), min(min),"
                    + " max(max), uniqCombined64Merge(distinct_state) FROM kinglet.feature_stats"
                    + " WHERE source = 'served' AND feature_view = 'buyer' AND feature = 'spent'"))
        .isEqualTo("50.5\t29.011492\t1\t100\t100");
    assertThat(
            server.tsv(
                "SELECT arrayMap(top -> (top.1, top.2), topKMerge(20, 3, 'counts')(top_state))"
                    + " FROM kinglet.feature_stats WHERE source = 'served' AND feature_view = 'buyer' AND feature = 'country'"))
        .isEqualTo("[('de',75),('es',25)]");
  }

  @Test
  void whatCameInHasStatisticsToo() {
    String counted =
        "SELECT feature, reads, null_rate, min, max, distinct_values, freshness_mean > 0 FROM"
            + " kinglet.feature_stats WHERE source = 'ingested' AND feature_view = 'buyer' ORDER BY"
            + " feature";
    // The rows came in during one of two hours; each is added once.
    for (Instant hour : List.of(begun, Instant.now(), begun)) {
      Instant over = hour.truncatedTo(ChronoUnit.HOURS).plus(1, ChronoUnit.HOURS);
      server.server().monitorSchedule().run(over.plus(1, ChronoUnit.MINUTES));
      server.server().monitorSchedule().run(over.plus(2, ChronoUnit.MINUTES));
    }
    assertThat(server.tsv(counted))
        .isEqualTo(
            """
            amount\t100\t0\t1\t100\t100\t1
            country\t100\t0\t\\N\t\\N\t2\t1
            customer\t100\t0\t0\t99\t100\t1\
            """);
  }

  @Test
  void whatNoHourOfTheDayBeforeHadIsNew() throws Exception {
    server.await(
        "SELECT sum(reads) FROM kinglet.feature_stats WHERE feature_view = 'buyer' AND source = 'served'",
        "600");
    try (InputStream done =
        server
            .server()
            .read(
                "INSERT INTO kinglet_service.feature_reads SELECT * EXCEPT (hours, value) REPLACE(read_at - INTERVAL hours"
                    + " HOUR AS read_at, 'other' AS feature_view, [value] AS values, ['country'] AS"
                    + " features) FROM (SELECT * FROM"
                    + " kinglet_service.feature_reads LIMIT 1) ARRAY JOIN [30, 20, 1] AS hours,"
                    + " ['\"fr\"', '\"es\"', '\"fr\"'] AS value")) {
      assertThat(done.readAllBytes()).isEmpty();
    }
    server.await(
        "SELECT groupArray(new_values) FROM (SELECT new_values FROM kinglet.feature_stats WHERE"
            + " feature_view = 'other' ORDER BY hour)",
        "[[],['es'],['fr']]");
  }
}
