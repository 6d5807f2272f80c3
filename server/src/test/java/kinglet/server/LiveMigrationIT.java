// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import kinglet.testkit.TestServer;
import kinglet.thread.Threads;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Changes schemas while events stream in: each row is in the new table once, as its FORWARD_QUERY
/// says if it came before the switch, and as it was sent if it came after.
final class LiveMigrationIT {
  @TempDir static Path folder;
  private static TestServer server;

  private final AtomicLong sent = new AtomicLong();

  @BeforeAll
  static void start() {
    server = TestServer.ready(folder);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /// `scale` says which deployments a row has gone through: each multiplies it by two.
  private static Map<String, String> project(int round, String key) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "events.datasource",
        "SCHEMA >\n    `n` UInt64 `json:$.n`,\n    `scale` UInt64 `json:$.scale` DEFAULT 1,\n    `round"
            + round
            + "` UInt8 `json:$.r` DEFAULT "
            + round
            + "\nENGINE MergeTree\nENGINE_PARTITION_KEY n % 3\nENGINE_SORTING_KEY "
            + key
            + (round == 0
                ? ""
                : "\nFORWARD_QUERY >\n    SELECT n, scale * 2 AS scale, round"
                    + (round - 1)
                    + " AS round"
                    + round)
            + "\n");
    files.put(
        "totals.datasource",
        "SCHEMA >\n    `k` UInt8,\n    `n` UInt64,\n    `rows` UInt64\n"
            + "ENGINE SummingMergeTree\nENGINE_SORTING_KEY k\n");
    files.put(
        "to_totals.pipe",
        "NODE a\nSQL >\n    SELECT toUInt8(1) AS k, sum(n) AS n, count() AS rows FROM events\n"
            + "TYPE materialized\nDATASOURCE totals\n");
    files.put(
        "sums.pipe",
        "NODE a\nSQL >\n    SELECT count() AS rows, sum(n) AS total, uniqExact(n) AS numbers,"
            + " countIf(scale != pow(2, "
            + round
            + " - round"
            + round
            + ")) AS wrong FROM events\nTYPE endpoint\n");
    files.put(
        "total.pipe",
        "NODE a\nSQL >\n    SELECT sum(rows) AS counted, sum(n) AS total FROM totals\nTYPE endpoint\n");
    return files;
  }

  @Test
  void rowsThatArriveMeanwhileAreMovedOnce() throws InterruptedException {
    deploy("?auto_promote=true", project(0, "n"));
    AtomicBoolean going = new AtomicBoolean(true);
    Thread[] load = new Thread[3];
    for (int i = 0; i < load.length; i++) {
      load[i] = Threads.platform("load-" + i, () -> send(going));
    }
    for (int round = 1; round <= 2; round++) {
      deploy("?auto_promote=true", project(2 * round - 1, "n"));
      String staging = deploy("?auto_promote=false", project(2 * round, "n, scale"));
      assertThat(json(server.post("/v1/deployments/" + staging + "/set-live", "", "")).toString())
          .contains("success");
    }
    going.set(false);
    for (Thread thread : load) {
      thread.join();
    }
    HttpResponse<String> last =
        server.post("/v0/events?wait=true&name=events", row(), "application/json");
    assertThat(last.statusCode()).as(last.body()).isEqualTo(200);

    long rows = sent.get();
    long sum = rows * (rows - 1) / 2;
    assertThat(rows).isGreaterThan(100);
    var sums = json(server.get("/v0/pipes/sums.json")).path("data").path(0);
    assertThat(sums.path("rows").asLong()).isEqualTo(rows);
    assertThat(sums.path("numbers").asLong()).isEqualTo(rows);
    assertThat(sums.path("total").asLong()).isEqualTo(sum);
    assertThat(sums.path("wrong").asLong()).isZero();
    var total = json(server.get("/v0/pipes/total.json")).path("data").path(0);
    assertThat(total.path("counted").asLong()).isEqualTo(rows);
    assertThat(total.path("total").asLong()).isEqualTo(sum);
  }

  private String row() {
    return "{\"n\":" + sent.getAndIncrement() + "}";
  }

  private void send(AtomicBoolean going) {
    while (going.get()) {
      StringBuilder body = new StringBuilder();
      for (int i = 0; i < 5; i++) {
        body.append(row()).append('\n');
      }
      HttpResponse<String> answer =
          server.post("/v0/events?name=events", body.toString(), "application/x-ndjson");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    }
  }

  private static String deploy(String parameters, Map<String, String> files) {
    var answer =
        json(
            server.project(
                "/v1/deploy" + parameters + "&allow_destructive_operations=true", files));
    assertThat(answer.path("result").asString()).as(answer.toString()).isEqualTo("success");
    return answer.path("deployment").path("id").asString();
  }

  @Test
  void rowsThatCannotBeMovedKeepTheDeploymentFromGoingLive() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "texts.datasource",
        "SCHEMA >\n    `t` String `json:$.t`\nENGINE MergeTree\nENGINE_SORTING_KEY t\n");
    deploy("?auto_promote=true", files);
    event("{\"t\":\"1\"}");
    files.put(
        "texts.datasource",
        "SCHEMA >\n    `t` UInt32 `json:$.t`\nENGINE MergeTree\nENGINE_SORTING_KEY t\n"
            + "FORWARD_QUERY >\n    SELECT CAST(t, 'UInt32') AS t\n");
    String staging = deploy("?auto_promote=false", files);
    HttpResponse<String> bad =
        server.post("/v0/events?wait=true&name=texts", "{\"t\":\"two\"}", "application/json");
    assertThat(bad.statusCode()).isEqualTo(422);
    HttpResponse<String> refused = server.post("/v1/deployments/" + staging + "/set-live", "", "");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
    assertThat(refused.body()).contains("'texts'", "could not be moved", "FORWARD_QUERY");
    assertThat(server.get("/v0/sql?q=SELECT%20count()%20FROM%20texts%20FORMAT%20TSV").body())
        .isEqualTo("2\n");
    assertThat(
            server
                .request("DELETE", "/v1/deployments/" + staging, BodyPublishers.noBody())
                .statusCode())
        .isEqualTo(200);
  }

  private static void event(String row) {
    HttpResponse<String> answer =
        server.post("/v0/events?wait=true&name=texts", row, "application/json");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }
}
