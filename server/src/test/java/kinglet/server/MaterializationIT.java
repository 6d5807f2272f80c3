// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static kinglet.testkit.Answers.done;
import static kinglet.testkit.Answers.refused;
import static kinglet.testkit.TestServer.FORM;
import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Which rows of the past a view begins with that a call makes.
final class MaterializationIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROWS = 10_000;
  private static final String NODE = "/v0/pipes/totals/nodes/sums";

  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          "SCHEMA >\n    `k` Int64 `json:$.k`,\n    `n` Int64 `json:$.n`\n\n"
              + "ENGINE MergeTree\nENGINE_SORTING_KEY k\nENGINE_PARTITION_KEY k % 2\n",
          "datasources/kept.datasource",
          "TOKEN reader READ\nDESCRIPTION >\n    Kept\n\n"
              + "SCHEMA >\n    `k` Int64 `json:$.k`,\n    `n` Int64 `json:$.n`\n\n"
              + "ENGINE MergeTree\nENGINE_SORTING_KEY k\n",
          "pipes/totals.pipe",
          "NODE sums\nSQL >\n    SELECT k, n FROM events\n");

  @TempDir static Path directory;
  private static TestServer server;

  @BeforeAll
  static void start() {
    server = TestServer.ready(directory);
  }

  /// The same rows before each test, and no view.
  @BeforeEach
  void deploy() {
    String destructive = "/v1/deploy?allow_destructive_operations=true";
    for (Map<String, String> project : List.of(Map.<String, String>of(), PROJECT)) {
      HttpResponse<String> deployed = server.project(destructive, project);
      assertThat(json(deployed).path("result").asString(""))
          .as(deployed.body())
          .isIn("success", "no_changes");
    }
    send(IntStream.range(0, ROWS).mapToObj(n -> row(n % 10, n)).collect(Collectors.joining()));
    assertThat(rows("events")).isEqualTo(ROWS);
  }

  @AfterAll
  static void stop() throws IOException {
    String left =
        "SELECT count() FROM system.tables WHERE startsWith(name, '__populate') FORMAT TSV";
    try (InputStream answer = server.server().read(left)) {
      assertThat(new String(answer.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("0\n");
    } finally {
      server.close();
    }
  }

  private static String row(int k, int n) {
    return "{\"k\":" + k + ",\"n\":" + n + "}\n";
  }

  private static void send(String rows) {
    done(server.post("/v0/events?name=events&wait=true", rows, FORM));
  }

  private static long rows(String dataSource) {
    return Long.parseLong(sql("SELECT count() FROM " + dataSource));
  }

  private static String sql(String sql) {
    HttpResponse<String> answer = server.post("/v0/sql", sql + " FORMAT TSV", "text/plain");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body().strip();
  }

  private static JsonNode materialized(String options) {
    return done(server.form("POST", NODE + "/materialization", options));
  }

  private static JsonNode ended(JsonNode job) {
    String id = job.path("job_id").asString("");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode shown = done(server.get("/v0/jobs/" + id));
    while (List.of("waiting", "working").contains(shown.path("status").asString(""))
        && System.nanoTime() < deadline) {
      shown = done(server.get("/v0/jobs/" + id));
    }
    return shown;
  }

  /// One partition, too: a population is heard and cancelled while a statement runs.
  @Test
  void aPopulationTellsHowFarItIsAndIsCancelled() {
    String csv =
        IntStream.range(0, 1_000_000).mapToObj(n -> "0," + n + "\n").collect(Collectors.joining());
    done(server.post("/v0/datasources?mode=append&format=csv&name=events", csv, "text/csv"));
    done(
        server.form(
            "PUT",
            NODE,
            "sql=SELECT+k,+toInt64(arraySum(arrayMap(x+->+cityHash64(x,+n)+%25+7,+range(500))))+AS+n"
                + "+FROM+events"));
    JsonNode job = materialized("datasource=fresh&populate=true").path("job");
    String path = "/v0/jobs/" + job.path("job_id").asString("");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode shown = done(server.get(path));
    while (shown.path("progress_percentage").asDouble() == 0 && System.nanoTime() < deadline) {
      shown = done(server.get(path));
    }
    assertThat(shown.path("status").asString("")).as(shown.toString()).isEqualTo("working");
    assertThat(shown.path("progress_percentage").asDouble()).isPositive().isLessThan(100);
    done(server.post(path + "/cancel", "", FORM));
    shown = done(server.get(path));
    while (shown.path("status").asString("").equals("cancelling") && System.nanoTime() < deadline) {
      shown = done(server.get(path));
    }
    assertThat(shown.path("status").asString("")).as(shown.toString()).isEqualTo("cancelled");
    assertThat(rows("fresh")).isZero();
    assertThat(type()).isEqualTo("materialized");
  }

  private static void filled(JsonNode job) {
    JsonNode shown = ended(job);
    assertThat(shown.path("kind").asString("")).isEqualTo("populateview");
    assertThat(shown.path("status").asString("")).as(shown.toString()).isEqualTo("done");
    assertThat(shown.path("progress_percentage").asDouble()).isEqualTo(100);
    assertThat(shown.path("pipe_name").asString("")).isEqualTo("totals");
  }

  private static String token(String name, String scopes) {
    return done(server.post("/v0/tokens", "name=" + name + "&" + scopes, FORM))
        .path("token")
        .asString("");
  }

  private static HttpResponse<String> as(String token, String path) {
    return server.send(
        HttpRequest.newBuilder(server.uri(path))
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.noBody()));
  }

  private static String type() {
    return done(server.get("/v0/pipes/totals")).path("type").asString("");
  }

  @Test
  void withoutPopulateItSeesWhatComes() {
    JsonNode made = materialized("datasource=fresh");
    assertThat(made.path("created_datasource").booleanValue()).isTrue();
    assertThat(made.has("job")).isFalse();
    assertThat(rows("fresh")).isZero();
    send(row(1, 1));
    assertThat(rows("fresh")).isEqualTo(1);
    assertThat(type()).isEqualTo("materialized");
    // The next deployment finds nothing to do, so nothing is filled later.
    HttpResponse<String> again = server.post("/v0/pipes/totals/population", "", FORM);
    filled(done(again));
    assertThat(rows("fresh")).isEqualTo(ROWS + 2);
  }

  /// Rows that come while the view is made and filled are there once.
  @Test
  void withPopulateEveryRowIsThereOnce() {
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Integer> sent =
        CompletableFuture.supplyAsync(() -> {
          int count = 0;
          while (!enough.get()) {
            HttpResponse<String> answer =
                server.post("/v0/events?name=events", row(count % 10, -1) + row(3, -1), FORM);
            assertThat(answer.statusCode()).isEqualTo(202);
            count += 2;
          }
          return count;
        });
    JsonNode made = materialized("datasource=fresh&populate=true");
    filled(made.path("job"));
    enough.set(true);
    int more = sent.join();
    assertThat(more).isPositive();
    send(row(0, 0));
    assertThat(rows("events")).isEqualTo(ROWS + more + 1);
    assertThat(rows("fresh")).isEqualTo(ROWS + more + 1);
    assertThat(sql("SELECT sum(n) FROM fresh")).isEqualTo(sql("SELECT sum(n) FROM events"));
  }

  @Test
  void aTargetThatIsThereKeepsItsRows() {
    done(server.post("/v0/events?name=kept&wait=true", row(77, 1), FORM));
    JsonNode made = materialized("datasource=kept&populate=true");
    assertThat(made.path("created_datasource").booleanValue()).isFalse();
    filled(made.path("job"));
    assertThat(rows("kept")).isEqualTo(ROWS + 1);
    send(row(1, 1));
    assertThat(rows("kept")).isEqualTo(ROWS + 2);
  }

  @Test
  void aShareOfTheRowsOrThoseThatSatisfyACondition() {
    filled(materialized("datasource=fresh&populate=true&populate_subset=0.1").path("job"));
    assertThat(rows("fresh")).isBetween(ROWS / 20L, ROWS / 6L);
    assertThat(server.form("DELETE", NODE + "/materialization", "").statusCode()).isEqualTo(204);
    JsonNode job = materialized("datasource=some&populate_condition=k+%3E+7").path("job");
    assertThat(job.path("populate_condition").asString("")).isEqualTo("k > 7");
    filled(job);
    assertThat(sql("SELECT count(), min(k) FROM some")).isEqualTo(ROWS / 5 + "\t8");
    send(row(1, 1));
    assertThat(rows("some")).isEqualTo(ROWS / 5 + 1);
    String population = NODE + "/population?populate_condition=k%3D0&truncate=true";
    filled(done(server.post(population + "&on_demand_compute=true", "", FORM)));
    assertThat(sql("SELECT count(), max(k) FROM some")).isEqualTo(ROWS / 10 + "\t0");
  }

  @Test
  void whatIsNotWellSaidIsRefusedBeforeAnythingIsMade() {
    String path = NODE + "/materialization?datasource=fresh&populate=true&";
    refused(server.post(path + "populate_subset=2", "", FORM), 400, "invalid-request");
    refused(server.post(path + "populate_condition=nothing%3D1", "", FORM), 400, "query-refused");
    assertThat(server.get("/v0/datasources/fresh").statusCode()).isEqualTo(404);
    assertThat(type()).isEqualTo("default");
  }

  @Test
  void aViewWhosePopulationFailsIsUnlinkedWhereWished() {
    String failing = "datasource=fresh&populate=true&populate_condition=throwIf(n=5000)=0";
    JsonNode job = ended(materialized(failing + "&unlink_on_populate_error=true").path("job"));
    assertThat(job.path("status").asString("")).as(job.toString()).isEqualTo("error");
    assertThat(type()).isEqualTo("default");
    assertThat(rows("fresh")).isZero();
    JsonNode kept = ended(materialized(failing).path("job"));
    assertThat(kept.path("status").asString("")).isEqualTo("error");
    assertThat(type()).isEqualTo("materialized");
    String population = NODE + "/population?populate_condition=throwIf(n=5000)=0";
    JsonNode again =
        ended(done(server.post(population + "&unlink_on_populate_error=true", "", FORM)));
    assertThat(again.path("status").asString("")).isEqualTo("error");
    assertThat(type()).isEqualTo("default");
  }

  @Test
  void aTargetIsOverridden() {
    done(server.post("/v0/events?name=kept&wait=true", row(77, 1), FORM));
    done(server.form("PUT", NODE, "sql=SELECT+k,+sumState(n)+AS+total+FROM+events+GROUP+BY+k"));
    refused(
        server.form("POST", NODE + "/materialization", "datasource=kept"), 400, "change-refused");
    String maker = token("maker", "scope=PIPES:CREATE&scope=DATASOURCES:CREATE");
    String path = NODE + "/materialization?datasource=kept&override_datasource=true";
    refused(as(maker, path), 403, "forbidden");
    assertThat(rows("kept")).isEqualTo(1);
    JsonNode made = done(server.post(path + "&populate=true", "", FORM));
    filled(made.path("job"));
    assertThat(sql("SELECT sumMerge(total) FROM kept")).isEqualTo(sql("SELECT sum(n) FROM events"));
    String file = server.get("/v0/datasources/kept.datasource").body();
    assertThat(file)
        .contains("AggregatingMergeTree", "TOKEN \"reader\" READ", "Kept")
        .doesNotContain("`n`");
    send(row(1, 1));
    assertThat(sql("SELECT sumMerge(total) FROM kept")).isEqualTo(sql("SELECT sum(n) FROM events"));
    done(server.form("POST", "/v0/pipes?name=other", "sql=SELECT+k,+n+FROM+events"));
    refused(
        server.form(
            "POST",
            "/v0/pipes/other/nodes/other_0/materialization",
            "datasource=kept&override_datasource=true"),
        409,
        "resource-in-use");
  }

  @Test
  void whoMayMakePipesMayPopulateButNotEmpty() {
    filled(materialized("datasource=fresh&populate=true").path("job"));
    String pipes = token("pipes", "scope=PIPES:CREATE");
    filled(done(as(pipes, "/v0/pipes/totals/population")));
    assertThat(rows("fresh")).isEqualTo(2L * ROWS);
    refused(as(pipes, "/v0/pipes/totals/population?truncate=true"), 403, "forbidden");
    refused(
        as(token("reads", "scope=PIPES:READ:totals"), "/v0/pipes/totals/population"),
        403,
        "forbidden");
  }
}
