// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Training sets from a shell.
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
              SELECT user_id, count() OVER ever AS visits
              FROM events
              WINDOW ever AS (PARTITION BY user_id ORDER BY at RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
          TYPE FEATURES
          ENTITY user_id
          EVENT_TIME at
          """);

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
      assertThat(run(server, "ls").out()).contains("visits").contains("done").contains("as_known");
      Path file = directory.resolve("visits.csv");
      assertThat(run(server, "get", "visits", "-o", file.toString()).status()).isZero();
      assertThat(Files.readString(file))
          .isEqualTo(
              "\"user_id\",\"at\",\"visits\",\"visits__status\"\n"
                  + "\"a\",\"2026-01-01 00:00:00\",0,\"NOT_FOUND\"\n");
      CommandRun wrong = run(server, "create", "other", "--features", "visitor", "--time", "at");
      assertThat(wrong.status()).isNotZero();
      assertThat(wrong.err()).contains("give one of --datasource, --sql and --file");
      assertThat(run(server, "rm", "visits").status()).isZero();
      assertThat(run(server, "get", "visits", "-o", file.toString()).err())
          .contains("There is no training set 'visits'");
    }
  }

  private static CommandRun run(TestServer server, String... arguments) {
    return CommandRun.of(
        Map.of("KINGLET_HOST", server.uri("").toString(), "KINGLET_TOKEN", server.adminToken()),
        Stream.concat(Stream.of("training-set"), Stream.of(arguments)).toArray(String[]::new));
  }
}
