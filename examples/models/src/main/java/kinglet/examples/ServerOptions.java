// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import kinglet.client.KingletClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which server features are read from.
final class ServerOptions {
  @Option(
      names = "--host",
      paramLabel = "URL",
      defaultValue = "${env:KINGLET_HOST:-http://127.0.0.1:7181}",
      description = "server to talk to (KINGLET_HOST; default ${DEFAULT-VALUE})")
  private String host = "";

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      defaultValue = "${env:KINGLET_TOKEN}",
      description = "token to present (KINGLET_TOKEN; default the local server's own)")
  private @Nullable String token;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description = "data directory of a local server, for its token (default ${DEFAULT-VALUE})")
  private Path data = Path.of("data");

  KingletClient connect() throws IOException {
    return KingletClient.builder(host).token(token()).timeout(Duration.ofSeconds(10)).build();
  }

  private String token() throws IOException {
    if (token != null && !token.isBlank()) {
      return token;
    }
    Path file = data.resolve("admin-token");
    if (!Files.isReadable(file)) {
      throw new IOException(
          "no server was started with the data directory '" + data + "': say --data or --token");
    }
    return Files.readString(file).strip();
  }
}
