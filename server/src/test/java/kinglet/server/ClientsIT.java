// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kinglet.testkit.TestServer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Published clients, unchanged, against a whole server: their tests are in `src/test/clients`.
final class ClientsIT {
  private static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();
  private static final int TIMEOUT_SECONDS = 240;

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"sdk-cli", "sdk-library", "zod-bird"})
  void workUnchanged(String client) throws Exception {
    assertThat(CLIENTS.resolve("node_modules"))
        .as("installed by './kinglet test', or by 'npm ci' in %s", CLIENTS)
        .isDirectory();
    try (TestServer server =
        TestServer.start(
            directory.resolve("data"), Map.of("ingest.url-private-addresses", "true"))) {
      server.awaitReady();
      Path output = directory.resolve("output");
      ProcessBuilder node =
          new ProcessBuilder("node", "--test", "--test-concurrency=1", client + ".test.mjs")
              .directory(CLIENTS.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      node.environment().put("KINGLET_URL", server.uri("").toString());
      node.environment().put("KINGLET_TOKEN", server.adminToken());
      Process process = node.start();
      try {
        assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).as("ends in time").isTrue();
      } finally {
        process.destroyForcibly();
      }
      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }
  }
}
