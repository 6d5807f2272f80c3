// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// QuestDB in a process of its own, from its library; each commit on disk when it is answered.
final class QuestPeer implements AutoCloseable {
  private final Program program;
  private final int port;

  private QuestPeer(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  static QuestPeer start(Path directory) throws IOException {
    int port = Program.freePort();
    Path configuration = Files.createDirectories(directory.resolve("conf"));
    Files.writeString(
        configuration.resolve("server.conf"),
        """
        http.bind.to=127.0.0.1:%d
        http.min.enabled=false
        pg.enabled=false
        line.tcp.enabled=false
        telemetry.enabled=false
        cairo.commit.mode=sync
        """
            .formatted(port));
    List<String> command =
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseParallelGC",
            "-cp",
            System.getProperty("java.class.path"),
            "io.questdb.ServerMain",
            "-d",
            directory.toString(),
            "-n");
    return new QuestPeer(Program.start(command, directory, port), port);
  }

  int port() {
    return port;
  }

  void execute(String statement) throws IOException {
    try (Connection connection = new Connection(port)) {
      Connection.Answer unused =
          connection.get("/exec?query=" + EnginePeer.encoded(statement), "").expect(200);
    }
  }

  /// The one value that a query answers.
  String value(String query) throws IOException {
    try (Connection connection = new Connection(port)) {
      return connection
          .get("/exp?query=" + EnginePeer.encoded(query), "")
          .expect(200)
          .text()
          .lines()
          .skip(1)
          .findFirst()
          .orElse("")
          .strip();
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
