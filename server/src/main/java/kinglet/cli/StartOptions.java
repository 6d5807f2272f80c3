// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.config.Config;
import kinglet.config.ConfigReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of the commands that start a server.
final class StartOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "directory of everything the server keeps (default data)")
  private @Nullable String data;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "port to listen on (default 7181; 0 takes a free one)")
  private @Nullable String port;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "configuration file, see docs/reference/configuration.md")
  private @Nullable Path config;

  /// `logLevel` holds where neither a file nor the environment says how much is logged.
  Config read(Map<String, String> environment, String logLevel) {
    Map<String, String> overrides = new LinkedHashMap<>();
    if (config == null && !environment.containsKey("KINGLET_LOG_LEVEL")) {
      overrides.put("log.level", logLevel);
    }
    if (data != null) {
      overrides.put("server.data-directory", data);
    }
    if (port != null) {
      overrides.put("server.port", port);
    }
    return ConfigReader.read(config, environment, overrides);
  }
}
