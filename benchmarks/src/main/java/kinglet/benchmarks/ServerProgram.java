// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// The whole server as `./kinglet start` runs it, in a process of its own that may be killed.
final class ServerProgram implements AutoCloseable {
  private static final long ANSWER_NANOS_MAX = 120_000_000_000L;
  private static final long POLL_NANOS = 2_000_000;

  private final Program program;
  private final Path data;
  private final int port;

  private ServerProgram(Program program, Path data, int port) {
    this.program = program;
    this.data = data;
    this.port = port;
  }

  /// Starts it over the data that are in `directory`, and waits until it listens.
  ///
  /// @param settings variables of its environment
  static ServerProgram start(Home home, Path directory, Map<String, String> settings)
      throws IOException {
    Path data = directory.resolve("kinglet");
    int port = Program.freePort();
    List<String> command = new ArrayList<>(List.of("env"));
    settings.forEach((name, value) -> command.add(name + "=" + value));
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+UseTransparentHugePages",
            "-Djdk.pollerMode=1",
            "-XX:InitialRAMPercentage=10",
            "-XX:MetaspaceSize=96m",
            "-XX:MaxTenuringThreshold=3",
            "-XX:SharedArchiveFile=" + directory.resolve("server.jsa"),
            "-XX:+AutoCreateSharedArchive",
            "-Xlog:cds*=off,aot*=off",
            "-Dkinglet.home=" + home.directory(),
            "-cp",
            System.getProperty("java.class.path"),
            "kinglet.Main",
            "start",
            "--port",
            Integer.toString(port),
            "--data",
            data.toString()));
    return new ServerProgram(Program.start(command, directory, port), data, port);
  }

  int port() {
    return port;
  }

  /// Those of its administrator.
  String headers() throws IOException {
    return "Authorization: Bearer "
        + Files.readString(data.resolve("admin-token")).strip()
        + "\r\n";
  }

  void awaitReady() throws IOException {
    awaitAnswer(() -> {
      try (Connection connection = new Connection(port)) {
        return connection.get("/ready", "").status() == 200;
      }
    });
  }

  /// The sum of a metric over its labels.
  double metric(String name) throws IOException {
    try (Connection connection = new Connection(port)) {
      String metrics = connection.get("/metrics", "").expect(200).text();
      return metrics
          .lines()
          .filter(line -> line.startsWith(name))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  /// Something that is asked for until it is there.
  @FunctionalInterface
  interface Question {
    boolean isAnswered() throws IOException;
  }

  static void awaitAnswer(Question question) throws IOException {
    long end = System.nanoTime() + ANSWER_NANOS_MAX;
    while (true) {
      try {
        if (question.isAnswered()) {
          return;
        }
      } catch (IOException notYet) {
        if (System.nanoTime() > end) {
          throw notYet;
        }
      }
      Answers.require(System.nanoTime() < end, "a right answer in time");
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /// Ends it as a crash does.
  void kill() {
    program.kill();
  }

  @Override
  public void close() {
    program.close();
  }
}
