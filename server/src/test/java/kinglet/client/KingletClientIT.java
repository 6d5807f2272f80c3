// SPDX-License-Identifier: Apache-2.0
package kinglet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import kinglet.client.FeatureCall.Detail;
import kinglet.client.FeatureVectors.Status;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client for Java, against a server.
final class KingletClientIT {
  private static final Instant START = Instant.parse("2026-01-01T10:00:00Z");
  private static final Map<String, String> PROJECT =
      Map.of(
          "shop.datasource",
          """
          SCHEMA >
              ts DateTime64(6, 'UTC') `json:$.ts`,
              user_id String `json:$.user_id`,
              price Nullable(Float64) `json:$.price`,
              count UInt64 `json:$.count`,
              day Date `json:$.day`,
              tags Array(String) `json:$.tags[:]`
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id
          """,
          "shopper.pipe",
          """
          NODE shopper
          SQL >
              SELECT user_id, count() OVER ever AS events, sum(price) OVER day AS spent,
                  max(ts) OVER ever AS last, groupArray(3)(price) OVER ever AS prices
              FROM shop
              WINDOW ever AS (PARTITION BY user_id ORDER BY ts),
                  day AS (PARTITION BY user_id ORDER BY ts RANGE INTERVAL 1 DAY PRECEDING)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME ts
          """,
          "offer.pipe",
          """
          NODE vector
          SQL >
              %
              SELECT user_id, events, spent + {{ Float64(cart) }} AS total
              FROM shopper WHERE user_id = {{ String(user_id) }}
          TYPE ENDPOINT
          """,
          "visits.pipe",
          """
          NODE rows
          SQL >
              %
              SELECT * FROM shop WHERE user_id IN {{ Array(users) }} ORDER BY ts
          TYPE ENDPOINT
          """);

  @TempDir private static Path data;
  private static TestServer server;
  private static KingletClient client;

  @BeforeAll
  static void start() {
    server = TestServer.ready(data);
    HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT);
    assertThat(deployed.body()).contains("\"success\"");
    client = client(server.adminToken()).build();
    Events.Outcome sent =
        client
            .events("shop")
            .sendAndWait(
                List.of(
                    event("u1", START, 9.5, 1),
                    event("u1", START.plusSeconds(1), null, 2),
                    event("ä b", START.plusSeconds(2), 0.25, -1)));
    assertThat(sent).isEqualTo(new Events.Outcome(2, 1));
    sent = client.events("shop").send(List.of(event("ä b", START.plusSeconds(3), 0.5, 7)));
    assertThat(sent).isEqualTo(new Events.Outcome(1, 0));
  }

  private static KingletClient.Builder client(String token) {
    return KingletClient.builder("http://127.0.0.1:" + server.server().port()).token(token);
  }

  private static Map<String, Object> event(String user, Instant time, Double price, long count) {
    Map<String, Object> event = new HashMap<>();
    event.put("ts", time);
    event.put("user_id", user);
    event.put("price", price);
    event.put("count", count);
    event.put("day", java.time.LocalDate.of(2026, 1, 1));
    event.put("tags", List.of("a", "b"));
    return event;
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @Test
  void featuresComeTypedInTheOrderOfTheKeys() {
    FeatureVectors read =
        client
            .features("shopper")
            .key("user_id", List.of("ä b", "u1", "nobody"))
            .with(Detail.STATUS, Detail.FRESHNESS, Detail.INTERVAL)
            .read();
    assertThat(read.size()).isEqualTo(3);
    assertThat(read.features()).containsExactly("events", "spent", "last", "prices");
    assertThat(read.version()).isEqualTo(1);
    assertThat(read.asOf()).isAfter(START);
    Row second = read.row(1);
    assertThat(second.getString("user_id")).isEqualTo("u1");
    assertThat(second.getLong("events")).isEqualTo(2);
    assertThat(second.getBigInteger("events")).isEqualTo(BigInteger.TWO);
    assertThat(second.getInstant("last")).isEqualTo(START.plusSeconds(1));
    assertThat(second.getList("prices")).isEqualTo(List.of(9.5));
    assertThat(read.row(0).getLong("events")).isEqualTo(1);
    assertThat(read.row(2).isNull("last")).isTrue();
    assertThat(read.row(2).getInstant("last")).isNull();
    assertThat(read.row(2).getLong("events")).isZero();
    assertThat(read.status(1, "events")).isEqualTo(Status.PRESENT);
    assertThat(read.status(1, "spent")).isEqualTo(Status.NULL);
    assertThat(read.status(2, "events")).isEqualTo(Status.NOT_FOUND);
    assertThat(read.freshness(1)).contains(START.plusSeconds(1));
    assertThat(read.freshness(2)).isEmpty();
    FeatureVectors.Interval day = read.interval("spent");
    assertThat(day.until()).isEqualTo(read.asOf());
    assertThat(day.from()).isEqualTo(read.asOf().minus(Duration.ofDays(1)));
    assertThatThrownBy(() -> second.getLong("views")).isInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> second.getDouble("user_id"))
        .hasMessage("'user_id' is u1, which is not a number");
  }

  @Test
  void aReadMayHaveATimeOfItsOwn() {
    Instant now = Instant.now();
    FeatureVectors read = client.features("shopper").key("user_id", List.of("u1")).asOf(now).read();
    assertThat(read.asOf()).isEqualTo(now.truncatedTo(java.time.temporal.ChronoUnit.MICROS));
    assertThatThrownBy(() -> read.status(0, "events")).hasMessageContaining("with(Detail.STATUS)");
  }

  @Test
  void aServiceTakesParameters() {
    FeatureVectors read =
        client
            .features("offer")
            .key("user_id", List.of("u1", "nobody"))
            .parameter("cart", List.of(1.5, 2))
            .read();
    assertThat(read.row(0).getLong("events")).isEqualTo(2);
    List<Row> rows =
        client.endpoint("offer").parameter("user_id", "u1").parameter("cart", 2.5).rows();
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().getLong("events")).isEqualTo(2);
  }

  @Test
  void rowsOfSqlAndEndpointsAreTyped() {
    List<Row> rows =
        client.sql(
            "SELECT user_id, price, count, day, tags, ts FROM shop WHERE user_id = 'u1' ORDER BY ts");
    assertThat(rows).hasSize(2);
    Row first = rows.getFirst();
    assertThat(first.getDouble("price")).isEqualTo(9.5);
    assertThat(first.getLong("count")).isEqualTo(1);
    assertThat(first.getInstant("day")).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(first.getInstant("ts")).isEqualTo(START);
    assertThat(first.getList("tags")).isEqualTo(List.of("a", "b"));
    assertThat(rows.getLast().getDouble("price")).isNull();
    assertThat(client.endpoint("visits").parameter("users", "u1,ä b").rows().toString())
        .contains("user_id=u1");
  }

  @Test
  void whatIsRefusedHasACode() {
    refused(() -> client.sql("SELECT 1 FROM nowhere"), 403, 404, 400);
    refused(() -> client.features("nobody").key("user_id", List.of("u1")).read(), 404);
    KingletException wrongKey =
        refused(() -> client.features("shopper").key("shop", List.of("u1")).read(), 400);
    assertThat(wrongKey.getMessage()).contains("user_id");
    assertThat(wrongKey.isTransient()).isFalse();
    KingletException stranger;
    try (KingletClient other = client("nobody").build()) {
      stranger = refused(() -> other.sql("SELECT 1"), 401, 403);
    }
    assertThat(stranger.code()).isNotEqualTo(KingletException.STRANGE_ANSWER);
    assertThatThrownBy(() -> client.events("shop").send(List.of(Map.of("a", new int[0]))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static KingletException refused(Runnable call, Integer... statuses) {
    try {
      call.run();
    } catch (KingletException e) {
      assertThat(e.status()).isIn(Arrays.asList(statuses));
      assertThat(e.code()).matches("[a-z-]+").isNotEqualTo(KingletException.STRANGE_ANSWER);
      assertThat(e.getMessage()).isNotBlank();
      return e;
    }
    throw new AssertionError("nothing was refused");
  }

  @Test
  void aServerThatDoesNotAnswerIsToldApart() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        KingletClient to =
            KingletClient.builder("http://127.0.0.1:" + silent.getLocalPort())
                .timeout(Duration.ofMillis(100))
                .build()) {
      assertThatThrownBy(() -> to.sql("SELECT 1"))
          .isInstanceOfSatisfying(
              KingletException.class,
              e -> {
                assertThat(e.code()).isEqualTo(KingletException.NO_ANSWER);
                assertThat(e.isTransient()).isTrue();
                assertThat(e.getMessage()).contains("did not answer within");
              });
    }
    try (KingletClient nowhere = KingletClient.builder("http://127.0.0.1:1").build()) {
      assertThatThrownBy(() -> nowhere.sql("SELECT 1")).hasMessageContaining("can't be reached");
    }
  }
}
