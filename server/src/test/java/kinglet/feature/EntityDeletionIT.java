// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A deleted entity is gone from features and from the rows they are made of, and comes back by
/// nothing but new events.
final class EntityDeletionIT {
  private static final String EVENTS =
      """
      SCHEMA >
          `ts` DateTime64(6) `json:$.ts`,
          `user` String `json:$.user`,
          `item` UInt64 `json:$.item`,
          `n` Int64 `json:$.n`
      ENGINE MergeTree
      ENGINE_SORTING_KEY item
      """;
  private static final String USERS =
      """
      NODE n
      SQL >
          SELECT user, count() OVER ever AS rows, sum(n) OVER ever AS total
          FROM events WINDOW ever AS (PARTITION BY user ORDER BY ts)
      TYPE FEATURES
      ENTITY user
      EVENT_TIME ts
      """;
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          EVENTS,
          "datasources/others.datasource",
          EVENTS,
          "features/users.pipe",
          USERS,
          "features/lowered.pipe",
          USERS
              .replace("SELECT user", "SELECT lower(o.user) AS user")
              .replace("FROM events", "FROM others AS o"),
          "features/pairs.pipe",
          USERS
              .replace("SELECT user", "SELECT user, item")
              .replace("ENTITY user", "ENTITY user, item")
              .replace("PARTITION BY user", "PARTITION BY user, item"),
          "features/last.pipe",
          "NODE n\nSQL >\n    SELECT user, n AS last_n FROM others\nTYPE FEATURES\nENTITY user\n"
              + "EVENT_TIME ts\n");

  @TempDir Path data;

  @Test
  void aDeletedEntityComesBackByNewEventsOnly() {
    try (TestServer server = TestServer.ready(data)) {
      deploy(server, PROJECT);
      for (int n = 1; n <= 20; n++) {
        send(server, "events", n % 2 == 0 ? "Even" : "odd", n % 4, n);
        send(server, "others", n % 2 == 0 ? "Even" : "ODD", n % 4, n);
      }
      assertThat(values(server, "users", "odd")).isEqualTo("10 100");
      refusals(server);
      snapshot(server, "all_of_them", "1");
      snapshot(server, "even_ones", "n % 2 = 0");
      JsonNode dry = json(delete(server, "/v0/entities/user/odd?dry_run=true"));
      assertThat(dry.path("snapshots").toString()).isEqualTo("[\"all_of_them\"]");
      assertThat(dry.path("feature_views").toString())
          .isEqualTo("[\"last\",\"lowered\",\"users\"]");
      assertThat(values(server, "users", "odd")).isEqualTo("10 100");

      JsonNode deleted = done(server, "/v0/entities/user/odd");
      assertThat(deleted.path("rows_affected").asInt()).isEqualTo(20);
      assertThat(deleted.path("error").asString(""))
          .isEqualTo("rows of the entity are in the snapshots all_of_them");
      assertThat(sql(server, "SELECT count() AS n FROM snapshots.all_of_them")).isEqualTo("20");
      assertThat(values(server, "users", "odd")).isEqualTo("NOT_FOUND");
      assertThat(values(server, "lowered", "odd")).isEqualTo("NOT_FOUND");
      assertThat(values(server, "users", "Even")).isEqualTo("10 110");
      assertThat(sql(server, "SELECT count() AS n FROM events WHERE user = 'odd'")).isEqualTo("0");
      assertThat(sql(server, "SELECT count() AS n FROM others WHERE user = 'ODD'")).isEqualTo("0");
      assertThat(sql(server, "SELECT count() AS n FROM events")).isEqualTo("10");
      send(server, "events", "odd", 1, 1000);
      assertThat(values(server, "users", "odd")).isEqualTo("1 1000");

      done(server, "/v0/entities/item,user/2,Even");
      assertThat(pair(server, "Even", 2)).isEqualTo("NOT_FOUND");
      assertThat(pair(server, "Even", 0)).isEqualTo("5 60");
      done(server, "/v0/entities/user,item?user=Even&item=0");
      assertThat(pair(server, "Even", 0)).isEqualTo("NOT_FOUND");
      assertThat(sql(server, "SELECT count() AS n FROM events")).isEqualTo("1");
    }
    try (TestServer server = TestServer.ready(data)) {
      assertThat(values(server, "users", "odd")).isEqualTo("1 1000");
      assertThat(pair(server, "Even", 0)).isEqualTo("NOT_FOUND");
      send(server, "events", "odd", 1, 1);
      Map<String, String> changed = new LinkedHashMap<>(PROJECT);
      changed.put("features/users.pipe", USERS.replace("sum(n)", "max(n)"));
      deploy(server, changed);
      while (!read(server, "users", "{\"user\":[\"odd\"]}")
          .path("version")
          .toString()
          .equals("2")) {
        Thread.onSpinWait();
      }
      assertThat(values(server, "users", "odd")).isEqualTo("2 1000");
      registry(server);
      assertThat(values(server, "users@1", "odd")).isEqualTo("2 1001");
      done(server, "/v0/entities/user/odd");
      assertThat(values(server, "users", "odd")).isEqualTo("NOT_FOUND");
      assertThat(values(server, "users@1", "odd")).isEqualTo("NOT_FOUND");
      assertThat(values(server, "lowered", "odd")).isEqualTo("NOT_FOUND");
    }
  }

  private static void snapshot(TestServer server, String name, String where) {
    String request =
        "{\"name\":\"%s\",\"datasource\":\"events\",\"where\":\"%s\"}".formatted(name, where);
    String job =
        json(server.post("/v0/snapshots", request, "application/json")).path("job_id").asString();
    while (!json(server.get("/v0/jobs/" + job)).path("status").asString().equals("done")) {
      Thread.onSpinWait();
    }
  }

  private static void registry(TestServer server) {
    JsonNode view = json(server.get("/v0/feature_views/users"));
    assertThat(view.path("failure").isNull()).as(view.toString()).isTrue();
    assertThat(view.path("behind").asBoolean(true)).isFalse();
    assertThat(view.path("entities").asInt()).isEqualTo(1);
    assertThat(view.path("memory_bytes").asLong()).isPositive();
    assertThat(view.path("bytes_per_entity")).isEqualTo(view.path("memory_bytes"));
    assertThat(view.path("newest_event").asString()).startsWith("2026-01-01");
    assertThat(view.path("events_per_second").asDouble()).isPositive();
    assertThat(view.path("reads_per_second").asDouble()).isPositive();
    assertThat(view.path("late_events").asInt(-1)).isZero();
    assertThat(view.at("/columns/2/sources").toString()).isEqualTo("[\"events.n\"]");
  }

  private static void refusals(TestServer server) {
    assertThat(delete(server, "/v0/entities/person/odd").body())
        .contains("unknown-entity", "No feature view has the entity 'person'", "user,item");
    assertThat(delete(server, "/v0/entities/user,item/odd").body())
        .contains("missing-key", "?user=…&item=…");
    assertThat(delete(server, "/v0/entities/user,item/odd,x").body())
        .contains("wrong-value", "UInt64");
    assertThat(delete(server, "/v0/entities/user").body()).contains("user= is missing");
    String token =
        json(server.form("POST", "/v0/tokens", "name=reader&scope=PIPES:READ:users"))
            .path("token")
            .asString();
    HttpResponse<String> refused =
        server.send(
            java.net.http.HttpRequest.newBuilder(server.uri("/v0/entities/user/odd"))
                .header("Authorization", "Bearer " + token)
                .DELETE());
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
  }

  private static HttpResponse<String> delete(TestServer server, String path) {
    return server.request("DELETE", path, BodyPublishers.noBody());
  }

  private static JsonNode done(TestServer server, String path) {
    HttpResponse<String> answer = delete(server, path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode job;
    do {
      job = json(server.get("/v0/jobs/" + json(answer).path("job_id").asString()));
    } while (List.of("waiting", "working").contains(job.path("status").asString()));
    assertThat(job.path("status").asString()).as(job.toString()).isEqualTo("done");
    return job;
  }

  private static void deploy(TestServer server, Map<String, String> project) {
    assertThat(server.project("/v1/deploy", project).body()).contains("\"success\"");
  }

  private static void send(TestServer server, String source, String user, int item, int n) {
    HttpResponse<String> answer =
        server.post(
            "/v0/events?name=" + source,
            "{\"ts\":\"2026-01-01T00:00:00Z\",\"user\":\"%s\",\"item\":%d,\"n\":%d}"
                .formatted(user, item, n),
            "application/x-ndjson");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
  }

  private static String sql(TestServer server, String sql) {
    HttpResponse<String> answer =
        server.get("/v0/sql?q=" + sql.replace(" ", "+").replace("=", "%3D") + "+FORMAT+JSON");
    return json(answer).at("/data/0/n").asString();
  }

  private static JsonNode read(TestServer server, String view, String keys) {
    HttpResponse<String> answer =
        server.post(
            "/v0/features/" + view,
            "{\"keys\":" + keys + ",\"with\":[\"status\"]}",
            "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  private static String values(TestServer server, String view, String user) {
    return text(read(server, view, "{\"user\":[\"" + user + "\"]}"));
  }

  private static String pair(TestServer server, String user, int item) {
    return text(read(server, "pairs", "{\"user\":[\"%s\"],\"item\":[%d]}".formatted(user, item)));
  }

  private static String text(JsonNode read) {
    return read.at("/status/rows/0").asString().equals("NOT_FOUND")
        ? "NOT_FOUND"
        : read.at("/values/rows/0") + " " + read.at("/values/total/0");
  }

  private static JsonNode json(HttpResponse<String> answer) {
    return TestServer.json(answer);
  }
}
