// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import kinglet.thread.Threads;

/// A process of our own program that may be killed; what it prints is read line by line.
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final CountDownLatch readers = new CountDownLatch(2);

  private ChildJvm(Process process) {
    this.process = process;
  }

  /// Starts `main` on this process's class path.
  ///
  /// @param out given each line of standard output, on a thread of its own
  public static ChildJvm start(
      Class<?> main,
      List<String> arguments,
      Map<String, String> properties,
      Consumer<String> out,
      Consumer<String> err) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xmx512m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-ea"));
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    try {
      ChildJvm child = new ChildJvm(new ProcessBuilder(command).start());
      child.read(child.process.getInputStream(), "child-out", out);
      child.read(child.process.getErrorStream(), "child-err", err);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start a child process", e);
    }
  }

  private void read(java.io.InputStream stream, String name, Consumer<String> lines) {
    Thread unused =
        Threads.platform(
            name,
            () -> {
              try (BufferedReader reader =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                reader.lines().forEach(lines);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } finally {
                readers.countDown();
              }
            });
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /// Ends it as `kill -9` does.
  public void kill() {
    // Not by the process itself, which would close its streams before they are read to the end.
    boolean unused = handle().destroyForcibly();
  }

  /// Asks it to end, as `kill` does.
  public void terminate() {
    boolean unused = handle().destroy();
  }

  /// Waits for its end and for its last line; answers the exit status.
  public int awaitEnd(Duration timeout) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)
          || !readers.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("a child process does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
    int unused = awaitEnd(Duration.ofSeconds(10));
  }
}
