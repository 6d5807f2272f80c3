// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;

/// Ends a process that was started for a benchmark when the benchmark's own process ends, however
/// it ends.
/* A shell waits for the end of its standard input, which comes even when this process is killed. */
final class ProcessGuard implements AutoCloseable {
  private static final String WAIT = "trap '' HUP INT TERM; read -r _; kill \"$0\"";

  private final Process shell;

  private ProcessGuard(Process shell) {
    this.shell = shell;
  }

  static ProcessGuard of(Process guarded) throws IOException {
    return new ProcessGuard(
        new ProcessBuilder("sh", "-c", WAIT, Long.toString(guarded.pid()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  /// Lets the process alone, which has ended.
  @Override
  public void close() {
    Process unused = shell.destroyForcibly();
  }
}
