// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.config.Config;
import kinglet.config.ConfigReader;
import kinglet.server.KingletServer;

/// A whole server on a free port with its own data directory and engine.
public final class TestServer extends TestClient {
  private static final Duration READY_TIMEOUT = Duration.ofSeconds(60);

  private final KingletServer server;

  private TestServer(KingletServer server) {
    super(server.port(), server.adminToken());
    this.server = server;
  }

  /// Starts a server on `data`; `overrides` are whole keys such as `ingest.rows-max`.
  public static TestServer start(Path data, Map<String, String> overrides) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("server.port", "0");
    all.put("server.data-directory", data.toString());
    all.put("server.drain-timeout", "2s");
    all.put("flush.interval", "200ms");
    all.put("journal.disk-reserve", "0B");
    all.put("engine.memory-max", "1GiB");
    all.put("log.level", "warn");
    all.putAll(overrides);
    Config config = ConfigReader.read(null, Map.of(), all);
    return new TestServer(KingletServer.start(config));
  }

  public static TestServer ready(Path data) {
    TestServer server = start(data, Map.of());
    server.awaitReady();
    return server;
  }

  public void awaitReady() {
    assertThat(server.awaitReady(READY_TIMEOUT)).as("the engine starts").isTrue();
  }

  public KingletServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
    super.close();
  }
}
