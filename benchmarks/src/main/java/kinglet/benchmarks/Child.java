// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Java process that is spoken to in lines; owned by one thread.
final class Child implements AutoCloseable {
  private static final long STOP_SECONDS_MAX = 20;

  private final Process process;
  private final BufferedReader output;
  private final OutputStream input;
  private final ProcessGuard guard;

  private Child(Process process) throws IOException {
    this.process = process;
    this.guard = ProcessGuard.of(process);
    this.output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1 << 16);
    this.input = process.getOutputStream();
  }

  static Child java(List<String> options, String mainClass, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TZ", "UTC");
    return new Child(builder.redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  void say(String line) throws IOException {
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  /// The next line it says.
  String hear() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the process ended: " + process.info().commandLine().orElse(""));
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    input.close();
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
