// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.config.ConfigReader;
import kinglet.server.KingletServer;

/// Kinglet itself, as `./kinglet start` runs it, with the benchmarks' data project deployed.
final class KingletPeer implements AutoCloseable {
  private static final String BOUNDARY = "benchmark-project";
  private static final Duration READY_MAX = Duration.ofMinutes(2);
  private static final String FEATURES = "features/airport.pipe";
  private static final List<String> FLIGHTS =
      List.of(
          "datasources/flights.datasource",
          "datasources/airport_hours.datasource",
          "pipes/airport_hours_mv.pipe",
          "pipes/board.pipe",
          "pipes/routes.pipe",
          "pipes/merged.pipe",
          "pipes/hours.pipe",
          "pipes/scan.pipe",
          "pipes/tick.pipe");

  private final KingletServer server;
  private final Path data;

  private KingletPeer(KingletServer server, Path data) {
    this.server = server;
    this.data = data;
  }

  /// With the project of flights.
  static KingletPeer start(Path data) throws IOException {
    return start(data, flights());
  }

  /// The project of flights and a feature view over them.
  static KingletPeer startWithFeatures(Path data) throws IOException {
    Map<String, String> files = flights();
    files.put(FEATURES, resource(FEATURES));
    return start(data, files);
  }

  private static Map<String, String> flights() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    for (String file : FLIGHTS) {
      files.put(file, resource(file));
    }
    return files;
  }

  /// @param files the texts of a data project, by path
  static KingletPeer start(Path data, Map<String, String> files) throws IOException {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("server.port", "0");
    settings.put("server.data-directory", data.toString());
    settings.put("log.level", "warn");
    KingletPeer peer =
        new KingletPeer(KingletServer.start(ConfigReader.read(null, Map.of(), settings)), data);
    if (!peer.server.awaitReady(READY_MAX)) {
      throw new IOException("the server was not ready in time");
    }
    deploy(peer.port(), peer.headers(), files);
    return peer;
  }

  int port() {
    return server.port();
  }

  String token() {
    return server.adminToken();
  }

  String headers() {
    return "Authorization: Bearer " + token() + "\r\n";
  }

  /// The port of the engine it asks.
  int enginePort() {
    return server.engine().base().getPort();
  }

  /// The headers of a request to that engine, as `reader`, `writer` or `admin`.
  String engineHeaders(String user) {
    return EnginePeer.headers(user, server.engine().secret());
  }

  /// ClickHouse's settings in that engine.
  Path engineConfiguration() {
    return data.resolve("engine/server.xml").toAbsolutePath();
  }

  /// Runs a statement beside the platform, to fill tables and to look at them.
  String admin(String sql) throws IOException {
    return new String(read(sql), StandardCharsets.UTF_8).strip();
  }

  /// What a query answers, as it is.
  byte[] read(String sql) throws IOException {
    try (InputStream answer = server.read(sql)) {
      return answer.readAllBytes();
    }
  }

  /// The database of its workspace.
  String database() throws IOException {
    return admin("SELECT database FROM system.tables WHERE name = 'airport_hours'");
  }

  /// What the workspace's tables and views were made with; views come last.
  List<String> definitions() throws IOException {
    String all =
        admin(
            "SELECT create_table_query FROM system.tables WHERE database = '"
                + database()
                + "' ORDER BY engine = 'MaterializedView' FORMAT TSVRaw");
    return all.lines().toList();
  }

  /// Deploys a data project.
  static void deploy(int port, String headers, Map<String, String> files) throws IOException {
    StringBuilder body = new StringBuilder();
    for (Map.Entry<String, String> file : files.entrySet()) {
      body.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; ")
          .append("name=\"data_project://\"; filename=\"")
          .append(file.getKey())
          .append("\"\r\nContent-Type: text/plain\r\n\r\n")
          .append(file.getValue())
          .append("\r\n");
    }
    body.append("--" + BOUNDARY + "--\r\n");
    try (Connection connection = new Connection(port)) {
      Connection.Answer answer =
          connection.post(
              "/v1/deploy?auto_promote=true",
              headers + "Content-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\n",
              body.toString().getBytes(StandardCharsets.UTF_8));
      if (!answer.text().contains("success")) {
        throw new IOException("the benchmarks' project was refused: " + answer.text());
      }
    }
  }

  private static String resource(String file) throws IOException {
    try (InputStream in = KingletPeer.class.getResourceAsStream("/flights/" + file)) {
      if (in == null) {
        throw new IOException("the benchmarks' jar lacks " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
