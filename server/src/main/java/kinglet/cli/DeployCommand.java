// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Deploys a data project.
@Command(
    name = "deploy",
    description = "Make the workspace what the data project says.",
    mixinStandardHelpOptions = true)
final class DeployCommand implements Callable<Integer> {
  private final CommandContext context;

  @Mixin private ServerOptions server = new ServerOptions();

  @Option(names = "--check", description = "only say what would change")
  private boolean check;

  @Option(
      names = "--allow-destructive-operations",
      description = "also drop data sources the project no longer has")
  private boolean destructive;

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "the project's directory (default .)")
  private Path directory = Path.of(".");

  DeployCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String query =
        "?auto_promote=true"
            + (check ? "&check=true" : "")
            + (destructive ? "&allow_destructive_operations=true" : "");
    try (ApiClient client = server.connect(context.environment())) {
      return Deployment.send(
          context.console(), client, "/v1/deploy" + query, "deployment", directory);
    }
  }
}
