// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import picocli.CommandLine.Command;

/// Prints the version.
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
  private final CommandContext context;

  VersionCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    for (String line : new Version().getVersion()) {
      context.console().print(line);
    }
  }
}
