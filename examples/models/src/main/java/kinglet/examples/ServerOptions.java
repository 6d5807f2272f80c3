// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.time.Duration;
import kinglet.client.KingletClient;
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
      required = true,
      defaultValue = "${env:KINGLET_TOKEN}",
      description = "token to present (KINGLET_TOKEN)")
  private String token = "";

  KingletClient connect() {
    return KingletClient.builder(host).token(token).timeout(Duration.ofSeconds(10)).build();
  }
}
