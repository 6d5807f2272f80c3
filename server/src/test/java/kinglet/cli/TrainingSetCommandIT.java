// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import kinglet.testkit.TestServer;
import kinglet.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snapshots and training sets from a shell.
final class TrainingSetCommandIT {
  private static final Map<String, String> PROJECT =
      Map.of(
          "datasources/events.datasource",
          """
          SCHEMA >
              at DateTime64(3, 'UTC') `json:$.at`,
              user_id String `json:$.user_id`
          ENGINE MergeTree
          ENGINE_SORTING_KEY user_id, at
          """,
          "features/visitor.pipe",
          """
          NODE visitor
          SQL >
              SELECT user_id, count() OVER ever AS visits, min(at) OVER ever AS first_visit
              FROM events
              WINDOW ever AS (PARTITION BY user_id ORDER BY at RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME at
          """);

  /// Ends a test that waits for what does not come.
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  @Test
  void setsAreBuiltListedFetchedAndRemoved() throws IOException {
    try (TestServer server = TestServer.ready(directory.resolve("data"))) {
      HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT);
      assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(200);
      Path spine =
          Files.writeString(directory.resolve("spine.csv"), "user_id,at\na,2026-01-01 00:00:00\n");
      CommandRun made =
          run(
              server,
              "training-set",
              "create",
              "visits",
              "--features",
              "visitor:visits",
              "--file",
              spine.toString(),
              "--time",
              "at",
              "--status");
      assertThat(made.status()).as(made.err()).isZero();
      assertThat(made.out()).isEqualTo("visits: 1 rows, 1 features\n");
      assertThat(made.err()).contains("training set 100 %");
      assertThat(run(server, "training-set", "ls").out())
          .contains("visits")
          .contains("done")
          .contains("as_known");
      Path file = directory.resolve("visits.csv");
      assertThat(run(server, "training-set", "get", "visits", "-o", file.toString()).status())
          .isZero();
      assertThat(Files.readString(file))
          .isEqualTo(
              "\"user_id\",\"at\",\"visits\",\"visits__status\"\n"
                  + "\"a\",\"2026-01-01 00:00:00\",0,\"NOT_FOUND\"\n");
      HttpResponse<String> sent =
          server.post(
              "/v0/events?name=events&wait=true",
              "{\"at\":\"2026-01-01 00:00:00.000\",\"user_id\":\"a\"}",
              "application/json");
      assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
      CommandRun copied = run(server, "snapshot", "create", "kept", "--datasource", "events");
      assertThat(copied.status()).as(copied.err()).isZero();
      assertThat(copied.out()).startsWith("kept: 1 rows, ");
      assertThat(copied.err()).contains("snapshot 100 %");
      assertThat(run(server, "snapshot", "ls").out()).contains("kept").contains("events");
      assertThat(run(server, "snapshot", "get", "kept").out())
          .contains("status: done\n", "rows: 1\n")
          .doesNotContain("where");
      assertThat(
              run(
                      server,
                      "snapshot",
                      "create",
                      "none",
                      "--datasource",
                      "events",
                      "--where",
                      "user_id = 'b'",
                      "--at",
                      "2026-01-01")
                  .out())
          .startsWith("none: 0 rows, ");
      CommandRun replayed =
          run(
              server,
              "training-set",
              "create",
              "again",
              "--features",
              "visitor",
              "--datasource",
              "snapshots.kept",
              "--history",
              "events=snapshots.kept",
              "--mode",
              "corrected",
              "--time",
              "at");
      assertThat(replayed.status()).as(replayed.err()).isZero();
      Path csv = directory.resolve("again.csv");
      assertThat(run(server, "training-set", "get", "again", "-o", csv.toString()).status())
          .isZero();
      assertThat(Files.readString(csv)).endsWith("\"a\",1,\"2026-01-01 00:00:00.000\"\n");
      assertThat(replayed.err()).doesNotContain("NULL");
      String[] asked = {
        "training-set", "create", "unseen", "--features", "visitor", "--time", "at", "--sql"
      };
      assertThat(run(server, with(asked, "SELECT 'a' AS user_id, '2026-01-02' AS at")).err())
          .as("the event of the past came in only now")
          .contains(
              "note: every value of first_visit is NULL. Rows sent as events are known from their"
                  + " ingestion on; --mode corrected takes them at their event time");
      asked[2] = "empty";
      CommandRun failed = run(server, with(asked, "SELECT 'a' AS user_id, now() AS at WHERE 0"));
      assertThat(failed.err()).contains("the job failed: the spine has no rows\n");
      assertThat(
              run(server, "training-set", "get", "again", "-o", directory + "/none/again.csv")
                  .err())
          .contains("there is no directory " + directory + "/none");
      assertThat(run(server, "snapshot", "rm", "kept").status()).isZero();
      assertThat(run(server, "snapshot", "get", "kept").err())
          .contains("There is no snapshot 'kept'");
      CommandRun into = run(server, "training-set", "copy", "again", "--datasource", "scored");
      assertThat(into.status()).as(into.err()).isZero();
      assertThat(into.out()).isEqualTo("again is in the data source scored\n");
      assertThat(run(server, "sql", "SELECT visits FROM scored").out()).contains("1");
      CommandRun wrong =
          run(server, "training-set", "create", "other", "--features", "visitor", "--time", "at");
      assertThat(wrong.status()).isNotZero();
      assertThat(wrong.err()).contains("give one of --datasource, --sql and --file");
      assertThat(run(server, "training-set", "rm", "visits").status()).isZero();
      assertThat(run(server, "training-set", "get", "visits", "-o", file.toString()).err())
          .contains("There is no training set 'visits'");
    }
  }

  /// Another job holds up the one that is waited for until the server is there again.
  @Test
  void whoWaitsForAJobWaitsOverARestart() throws Exception {
    Path data = directory.resolve("restarted");
    CountDownLatch held = new CountDownLatch(1);
    HttpServer files =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    files.createContext(
        "/events.csv",
        exchange -> {
          try {
            held.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          byte[] rows = "2026-01-01 00:00:00,a\n".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, rows.length);
          exchange.getResponseBody().write(rows);
          exchange.close();
        });
    files.start();
    try {
      CompletableFuture<CommandRun> waiting;
      int port;
      Map<String, String> settings =
          Map.of("jobs.working-max", "1", "ingest.url-private-addresses", "true");
      try (TestServer server = TestServer.start(data, settings)) {
        server.awaitReady();
        HttpResponse<String> deployed = server.project("/v1/deploy", PROJECT);
        assertThat(deployed.statusCode()).as(deployed.body()).isEqualTo(200);
        port = server.uri("").getPort();
        HttpResponse<String> imported =
            server.form(
                "POST",
                "/v0/datasources?mode=append&format=csv&name=events",
                "url=http://127.0.0.1:" + files.getAddress().getPort() + "/events.csv");
        assertThat(imported.statusCode()).as(imported.body()).isEqualTo(200);
        Waiting.until(
            () -> server.get("/v0/jobs?status=working").body().contains("events.csv"), LONG);
        waiting =
            CompletableFuture.supplyAsync(() ->
                run(
                    server,
                    "training-set",
                    "create",
                    "many",
                    "--features",
                    "visitor",
                    "--time",
                    "at",
                    "--sql",
                    "SELECT toString(number) AS user_id, now() AS at FROM numbers(1000)"));
        Waiting.until(
            () -> server.get("/v0/jobs?status=waiting").body().contains("\"many\""), LONG);
      }
      assertThat(waiting).isNotDone();
      held.countDown();
      Map<String, String> again = new HashMap<>(settings);
      again.put("server.port", "" + port);
      try (TestServer server = TestServer.start(data, again)) {
        server.awaitReady();
        CommandRun ended = waiting.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out()).isEqualTo("many: 1,000 rows, 2 features\n");
      }
    } finally {
      held.countDown();
      files.stop(0);
    }
  }

  private static String[] with(String[] arguments, String last) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = last;
    return all;
  }

  private static CommandRun run(TestServer server, String... arguments) {
    return CommandRun.of(
        Map.of("KINGLET_HOST", server.uri("").toString(), "KINGLET_TOKEN", server.adminToken()),
        arguments);
  }
}
