// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// PostgreSQL as Debian installs it: a cluster of its own, each commit on disk when it is answered.
final class PostgresPeer implements AutoCloseable {
  static final String INSTALL = "PostgreSQL is not installed: apt install postgresql";

  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final String USER = "postgres";

  private final Program program;
  private final int port;

  private PostgresPeer(Program program, int port) {
    this.program = program;
    this.port = port;
  }

  /// Starts it, where it is installed.
  static Optional<PostgresPeer> start(Path directory) throws IOException {
    Optional<Path> installed = programs();
    if (installed.isEmpty()) {
      return Optional.empty();
    }
    String data = directory.resolve("data").toString();
    // PostgreSQL does not run as root; Debian's package brings a user for it.
    if (System.getProperty("user.name").equals("root")) {
      run(List.of("chown", USER, directory.toString()));
    }
    run(
        as(
            List.of(
                installed.get().resolve("initdb").toString(),
                "--pgdata=" + data,
                "--username=" + USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--no-sync")));
    int port = Program.freePort();
    List<String> command =
        as(
            List.of(
                installed.get().resolve("postgres").toString(),
                "-D",
                data,
                "-p",
                Integer.toString(port),
                "-k",
                "",
                "-h",
                "127.0.0.1",
                "-c",
                "synchronous_commit=on",
                "-c",
                "shared_buffers=512MB",
                "-c",
                "max_wal_size=4GB",
                "-c",
                "max_connections=100"));
    return Optional.of(new PostgresPeer(Program.start(command, directory, port), port));
  }

  /// The newest version's programs, where Debian puts them or where the path has them.
  private static Optional<Path> programs() throws IOException {
    if (Files.isDirectory(DEBIAN)) {
      try (Stream<Path> versions = Files.list(DEBIAN)) {
        return versions
            .map(version -> version.resolve("bin"))
            .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
            .max(Comparator.naturalOrder());
      }
    }
    return Program.find("postgres").map(Path::getParent);
  }

  private static List<String> as(List<String> command) {
    List<String> whole = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      whole.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
    }
    whole.addAll(command);
    return whole;
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException(command.getFirst() + " failed: " + output);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    }
  }

  int port() {
    return port;
  }

  /// A query as it is sent.
  static byte[] query(String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + Integer.BYTES + text.length + 1)
        .put((byte) 'Q')
        .putInt(Integer.BYTES + text.length + 1)
        .put(text)
        .array();
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + USER);
  }

  @Override
  public void close() {
    program.close();
  }
}
