// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// libchdb behind its engine process, without the platform: the peer that does the same work.
final class EnginePeer implements AutoCloseable {
  private static final String READY = "kinglet-engine ready port=";

  private final Child child;
  private final String secret;
  private final int port;

  private EnginePeer(Child child, String secret, int port) {
    this.child = child;
    this.secret = secret;
    this.port = port;
  }

  static EnginePeer start(Home home, Path data, int writers) throws IOException {
    byte[] random = new byte[16];
    new Random(data.hashCode()).nextBytes(random);
    String secret = HexFormat.of().formatHex(random);
    Child child =
        Child.java(
            List.of("-XX:+UseSerialGC", "-Xmx512m", "-Xss512k", "-XX:TieredStopAtLevel=1"),
            "kinglet.engine.EngineMain",
            List.of(
                "--library=" + home.library(),
                "--data=" + data,
                "--writers=" + writers,
                "--parent-pid=" + ProcessHandle.current().pid()));
    child.say(secret);
    String line = child.hear();
    while (!line.startsWith(READY)) {
      line = child.hear();
    }
    return new EnginePeer(child, secret, Integer.parseInt(line.substring(READY.length()).strip()));
  }

  int port() {
    return port;
  }

  /// The headers of a request as `reader`, `writer` or `admin`.
  String headers(String user) {
    return headers(user, secret);
  }

  static String headers(String user, String secret) {
    return "X-ClickHouse-User: " + user + "\r\nX-ClickHouse-Key: " + secret + "\r\n";
  }

  /// Runs a statement as the administrator.
  String admin(String sql) throws IOException {
    try (Connection connection = new Connection(port)) {
      Connection.Answer answer =
          connection.post("/", headers("admin"), sql.getBytes(StandardCharsets.UTF_8));
      return answer.expect(200).text().strip();
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    child.say("stop");
    child.close();
  }
}
