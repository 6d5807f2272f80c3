// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import kinglet.config.Config;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Runs a server until it is asked to stop.
@Command(
    name = "start",
    description = "Run a server until it is stopped (Ctrl-C or SIGTERM).",
    mixinStandardHelpOptions = true)
final class StartCommand implements Runnable {
  private final CommandContext context;

  @Mixin private StartOptions options = new StartOptions();

  StartCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    Config config = options.read(context.environment(), "info");
    try (ServerStarter.Running server = context.starter().start(config)) {
      if (config.log().format() == Config.LogFormat.TEXT) {
        context
            .console()
            .note(
                "Kinglet listens on port "
                    + server.port()
                    + "; data in "
                    + config.server().dataDirectory().toAbsolutePath());
      }
      server.awaitStop();
    }
  }
}
