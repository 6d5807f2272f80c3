// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import kinglet.config.Config;
import kinglet.config.ConfigReader;
import kinglet.error.PlatformException;

/// A server of the tests' own on a free port, with a temporary data directory.
final class OwnServer implements TestPlace {
  private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);

  private final Console console;
  private final Path data;
  private final ServerStarter.Running server;
  private final ApiClient client;

  OwnServer(CommandContext context) {
    console = context.console();
    data = temporary();
    server = context.starter().start(config(context, data));
    client =
        new ApiClient(URI.create("http://127.0.0.1:" + server.port() + "/"), server.adminToken());
    if (!server.awaitReady(READY_TIMEOUT)) {
      close();
      throw new PlatformException(
          CliError.SERVER_REFUSED, "the engine did not start within two minutes; see the log");
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("kinglet-test-");
    } catch (IOException e) {
      throw new PlatformException(
          CliError.INVALID_ARGUMENT, "can't make a temporary data directory", e);
    }
  }

  private static Config config(CommandContext context, Path data) {
    return ConfigReader.read(
        null,
        context.environment(),
        Map.of(
            "server.data-directory", data.toString(),
            "server.host", "127.0.0.1",
            "server.port", "0",
            "server.drain-timeout", "1s",
            "flush.interval", "50ms",
            "journal.disk-reserve", "0B",
            "log.level", "error"));
  }

  ServerStarter.Running running() {
    return server;
  }

  /// Where files may be kept as long as it runs.
  Path data() {
    return data;
  }

  @Override
  public ApiClient client() {
    return client;
  }

  @Override
  public void prepare(Path project) {
    try (VendoredWorkspaces others = new VendoredWorkspaces(console, client)) {
      others.make(project);
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
    try (Stream<Path> found = Files.walk(data)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      console.note("can't remove " + data + ": " + e.getMessage());
    }
  }
}
