// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What a command did, as a shell without a terminal sees it.
record CommandRun(int status, String out, String err) {
  /// Runs a command that starts no server.
  static CommandRun of(Map<String, String> environment, String... arguments) {
    return of(
        environment,
        _ -> {
          throw new IllegalStateException("no command here starts a server");
        },
        arguments);
  }

  static CommandRun of(
      Map<String, String> environment, ServerStarter starter, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status = KingletCommand.run(arguments, environment, out, err, false, starter);
    return new CommandRun(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
