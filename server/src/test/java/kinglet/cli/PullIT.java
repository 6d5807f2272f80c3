// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import static kinglet.testkit.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What is pulled is what was deployed, and deploys again to no change.
final class PullIT {
  private static final Map<String, String> PROJECT =
      Map.of(
          "copied.pipe",
          "NODE n\nSQL >\n    SELECT n FROM events\nTYPE copy\nTARGET_DATASOURCE events\n",
          "written.pipe",
          "NODE n\nSQL >\n    SELECT n FROM events\nTYPE sink\nEXPORT_CONNECTION_NAME broker\n"
              + "EXPORT_KAFKA_TOPIC out\nEXPORT_SCHEDULE @on-demand\n",
          "datasources/events.datasource",
          "\uFEFFTOKEN \"app\" APPEND\r\nSCHEMA >\r\n    `n` UInt32 `json:$.n`\r\n"
              + "INCLUDE \"../includes/key.incl\" \"KEY=n\"\r\n",
          "includes/key.incl",
          "ENGINE MergeTree\nENGINE_SORTING_KEY $KEY\n",
          "datasources/stream.datasource",
          "SCHEMA >\n    `data` String `json:$`\nENGINE_SORTING_KEY tuple()\n"
              + "KAFKA_CONNECTION_NAME broker\nKAFKA_TOPIC t\nKAFKA_GROUP_ID g\n",
          "connections/broker.connection",
          "TYPE kafka\nINCLUDE \"../includes/servers.incl\" \"PORT=9092\"\n"
              + "KAFKA_SECRET {{ tb_secret(\"S\", \"é\") }}\n",
          "includes/servers.incl",
          "KAFKA_BOOTSTRAP_SERVERS one:${PORT}",
          "total.pipe",
          "NODE n\nSQL >\n    %\n    SELECT sum(n) * {{Int32(x, 1)}} AS total FROM events\n"
              + "TYPE endpoint\n");

  @TempDir Path folder;

  @Test
  void aPulledProjectDeploysToNoChange() throws IOException {
    try (TestServer server = TestServer.ready(folder.resolve("data"))) {
      assertThat(json(server.project("/v1/deploy", PROJECT)).path("result").asString())
          .isEqualTo("success");
      Path pulled = folder.resolve("pulled");

      assertThat(run(server, "pull", pulled.toString())).startsWith("0");
      assertThat(files(pulled)).isEqualTo(PROJECT);
      assertThat(run(server, "deploy", pulled.toString())).contains("nothing to change");
      assertThat(run(server, "pull", pulled.toString())).startsWith("0");

      Path changed = pulled.resolve("total.pipe");
      Files.writeString(changed, "mine");
      assertThat(run(server, "pull", pulled.toString()))
          .startsWith("1")
          .contains("different here: " + changed.toAbsolutePath())
          .contains("--force");
      assertThat(changed).hasContent("mine");
      assertThat(run(server, "pull", "--force", pulled.toString())).startsWith("0");
      assertThat(files(pulled)).isEqualTo(PROJECT);

      Path vendored = pulled.resolve("vendor/other/datasources/theirs.datasource");
      Files.createDirectories(vendored.getParent());
      Files.writeString(vendored, "SCHEMA >\n    a String\n");
      assertThat(run(server, "deploy", pulled.toString())).contains("nothing to change");

      connectionsAreShown(server);
      whatIsOnlyKeptSaysSo(server);
    }
  }

  private static void connectionsAreShown(TestServer server) {
    JsonNode listed = json(server.get("/v0/connectors?service=kafka")).path("connectors");
    assertThat(listed).hasSize(1);
    JsonNode broker = listed.path(0);
    assertThat(broker.path("name").asString()).isEqualTo("broker");
    assertThat(broker.path("service").asString()).isEqualTo("kafka");
    assertThat(broker.path("settings").toString())
        .isEqualTo("{\"kafka_bootstrap_servers\":\"one:9092\"}");
    assertThat(broker.path("linkers")).hasSize(1);
    assertThat(json(server.get("/v0/connectors?service=s3")).path("connectors")).isEmpty();
    String id = broker.path("id").asString();
    assertThat(json(server.get("/v0/connectors/" + id))).isEqualTo(broker);
    assertThat(server.get("/v0/connectors/broker.connection").body())
        .isEqualTo(
            "TYPE kafka\nKAFKA_BOOTSTRAP_SERVERS one:9092\n"
                + "KAFKA_SECRET {{ tb_secret(\"S\", \"é\") }}\n");
    assertThat(server.get("/v0/connectors/none.connection").statusCode()).isEqualTo(404);
    var preview = server.get("/v0/connectors/broker/preview");
    assertThat(preview.statusCode()).isEqualTo(400);
    assertThat(json(preview).path("error").asString()).contains("not available yet", "TYPE kafka");
  }

  private static void whatIsOnlyKeptSaysSo(TestServer server) {
    refused(
        server,
        "/v0/pipes/written/sink",
        "Running sinks is not available yet: 'written' (TYPE sink, EXPORT_CONNECTION_NAME broker)"
            + " is kept, not run");
    refused(
        server, "/v0/pipes/total/sink", "The pipe 'total' is no sink pipe: its TYPE is endpoint");
    refused(
        server,
        "/v0/datasources/stream/scheduling/runs",
        "The data source 'stream' has no schedule: it is to read from Kafka, which is not available"
            + " yet");
    refused(
        server,
        "/v0/datasources/events/scheduling/runs",
        "The data source 'events' has no schedule: rows are sent to it; only one that imports from S3"
            + " or GCS has one");
  }

  private static void refused(TestServer server, String path, String message) {
    var answer = server.post(path, "", TestServer.FORM);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("error").asString()).isEqualTo(message);
  }

  /// The exit status, and what was printed.
  private String run(TestServer server, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--data";
    all[arguments.length + 1] = folder.resolve("data").toString();
    int status =
        KingletCommand.run(
            all,
            Map.of("KINGLET_HOST", server.uri("").toString()),
            out,
            out,
            false,
            _ -> {
              throw new IllegalStateException("no command here starts a server");
            });
    return status + "\n" + out.toString(StandardCharsets.UTF_8);
  }

  private static Map<String, String> files(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(Files::isRegularFile)
          .collect(
              java.util.stream.Collectors.toMap(
                  path -> root.relativize(path).toString(), PullIT::text));
    }
  }

  private static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
