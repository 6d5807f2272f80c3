// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.KilledServer;
import kinglet.testkit.TestClient;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Halts the server at named points while it makes snapshots and removes them. After the restart
/// each that was asked for gets complete, and no table is left of others.
final class SnapshotCrashIT {
  private static final Map<String, String> PROJECT =
      Map.of(
          "numbers.datasource",
          """
          SCHEMA >
              `n` UInt32 `json:$.n`

          ENGINE MergeTree
          ENGINE_PARTITION_KEY n % 3
          ENGINE_SORTING_KEY n
          """);
  private static final int ROWS = 300;
  private static final Set<String> ENDS = Set.of("done", "error", "cancelled");

  @TempDir Path directory;

  /// A job that goes on after the restart does not pass the next point.
  @Test
  void whatWasAskedForGetsComplete() throws Exception {
    List<String> points = List.of("snapshot.complete", "snapshot.copied", "snapshot.frozen");
    for (String point : points) {
      try (KilledServer halting = KilledServer.halting(directory, point)) {
        if (point.equals(points.getFirst())) {
          JsonNode deployed = done(halting.project("/v1/deploy", PROJECT));
          assertThat(deployed.path("result").asString("")).isEqualTo("success");
          append(halting, 0);
        }
        begin(halting, "s" + points.indexOf(point), "n % 2 = 0");
        halting.awaitHalt();
      }
    }
    try (KilledServer halting = KilledServer.halting(directory, "snapshot.removed")) {
      assertThat(numbers(halting, "s0")).isEqualTo("150 22350");
      for (int number = 0; number < 4; number++) {
        begin(halting, "killed_" + number, number == 0 ? "" : "n < " + number * 10);
      }
      assertThatThrownBy(() -> halting.form("DELETE", "/v0/snapshots/s0", ""))
          .hasCauseInstanceOf(IOException.class);
      halting.awaitHalt();
    }
    try (TestServer server = TestServer.ready(directory)) {
      assertThat(numbers(server, "s1")).isEqualTo("150 22350");
      assertThat(numbers(server, "s2")).isEqualTo("150 22350");
      assertThat(numbers(server, "killed_0")).isEqualTo("300 44850");
      assertThat(numbers(server, "killed_1")).isEqualTo("10 45");
      assertThat(numbers(server, "killed_2")).isEqualTo("20 190");
      assertThat(numbers(server, "killed_3")).isEqualTo("30 435");
      assertThat(server.get("/v0/snapshots/s0").statusCode()).isEqualTo(404);
      long kept = done(server.get("/v0/snapshots")).path("snapshots").size();
      assertThat(tables(server)).isEqualTo(kept).isEqualTo(6);
    }
  }

  private static void append(TestClient server, int first) {
    String rows =
        IntStream.range(first, first + ROWS)
            .mapToObj(n -> "{\"n\":" + n + "}\n")
            .collect(Collectors.joining());
    JsonNode _ = done(server.post("/v0/events?name=numbers&wait=true", rows, "application/json"));
  }

  private static void begin(TestClient server, String name, String where) {
    HttpResponse<String> begun =
        server.post(
            "/v0/snapshots",
            "{\"name\":\"%s\",\"datasource\":\"numbers\",\"where\":\"%s\"}".formatted(name, where),
            "application/json");
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
  }

  /// How many rows a snapshot has, and their sum, once it is complete.
  private static String numbers(TestClient server, String name) {
    JsonNode snapshot = done(server.get("/v0/snapshots/" + name));
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!ENDS.contains(snapshot.path("status").asString("")) && System.nanoTime() < endNanos) {
      snapshot = done(server.get("/v0/snapshots/" + name));
    }
    assertThat(snapshot.path("status").asString("")).as("%s", snapshot).isEqualTo("done");
    String sql = "SELECT count() AS c, sum(n) AS s FROM snapshots." + name + " FORMAT JSON";
    JsonNode row = json(server.post("/v0/sql", sql, "text/plain")).at("/data/0");
    assertThat(snapshot.path("rows").asString("")).isEqualTo(row.path("c").asString(""));
    return row.path("c").asString("") + " " + row.path("s").asString("");
  }

  /// Tables of snapshots, whoever knows of them.
  private static long tables(TestServer server) throws Exception {
    String sql =
        "SELECT count() FROM system.tables WHERE startsWith(name, '__snapshot') FORMAT TSV";
    try (InputStream answer = server.server().read(sql)) {
      return Long.parseLong(new String(answer.readAllBytes(), StandardCharsets.UTF_8).strip());
    }
  }
}
