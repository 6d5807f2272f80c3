// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A server that is installed on the machine, started for one run.
final class Program implements AutoCloseable {
  private static final long START_NANOS_MAX = 60_000_000_000L;
  private static final long POLL_NANOS = 1_000_000;
  private static final long STOP_SECONDS_MAX = 20;

  private final Process process;
  private final ProcessGuard guard;

  private Program(Process process) throws IOException {
    this.process = process;
    this.guard = ProcessGuard.of(process);
  }

  /// Where a program is, if it is installed.
  static Optional<Path> find(String name) {
    Stream<String> directories =
        Stream.concat(
            Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)),
            Stream.of("/usr/sbin", "/usr/local/sbin"));
    return directories
        .map(directory -> Path.of(directory, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// A port nobody listens on.
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// Starts a program and waits until it listens.
  static Program start(List<String> command, Path directory, int port) throws IOException {
    Path log = directory.resolve("program.log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Program program = new Program(process);
    long end = System.nanoTime() + START_NANOS_MAX;
    while (!listens(port)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        program.close();
        throw new IOException(command.getFirst() + " did not start: " + Files.readString(log));
      }
      // A processor of its own would be missing to the program that starts.
      LockSupport.parkNanos(POLL_NANOS);
    }
    return program;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  /// Ends it as a crash does.
  void kill() {
    process.destroyForcibly();
    close();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    guard.close();
  }
}
