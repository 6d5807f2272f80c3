// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Builds a data project on a development server.
@Command(
    name = "build",
    description = "Make a development workspace what the data project says, whatever it drops.",
    mixinStandardHelpOptions = true)
final class BuildCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "the project's directory (default .)")
  private Path directory = Path.of(".");

  BuildCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (ApiClient client = server.connect(context.environment())) {
      return Deployment.send(context.console(), client, "/v1/build", "build", directory);
    }
  }
}
