// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// What is piped into the command.
final class StandardInput {
  private StandardInput() {}

  static String text() throws IOException {
    return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
