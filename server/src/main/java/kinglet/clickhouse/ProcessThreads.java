// SPDX-License-Identifier: Apache-2.0
package kinglet.clickhouse;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The threads of another process, as Linux lists them.
final class ProcessThreads {
  private ProcessThreads() {}

  /// Whether a thread could go on if it had a processor or the disk answered; false where the
  /// system does not say.
  static boolean anyWantsToRun(long pid) {
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads) {
        char state = state(thread.resolve("stat"));
        if (state == 'R' || state == 'D') {
          return true;
        }
      }
    } catch (IOException _) {
      // Neither Linux nor alive.
    }
    return false;
  }

  /// The letter after the name, which stands in parentheses and may itself have some; a blank when
  /// the thread has ended.
  private static char state(Path stat) {
    try {
      String line = Files.readString(stat);
      return line.charAt(line.lastIndexOf(')') + 2);
    } catch (IOException _) {
      return ' ';
    }
  }
}
