// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Commands about data projects.
@Command(name = "project", description = "Test data projects.", mixinStandardHelpOptions = true)
final class ProjectCommand {
  private final CommandContext context;

  ProjectCommand(CommandContext context) {
    this.context = context;
  }

  @Command(
      name = "test",
      description =
          "Run the tests of a project: deploy it to a server of its own, or with --host to a branch"
              + " of a running one's workspace, load its fixtures, call its endpoints and compare.",
      mixinStandardHelpOptions = true)
  int test(
      @Parameters(
              index = "0",
              arity = "0..1",
              paramLabel = "DIR",
              defaultValue = ".",
              description = "the project's directory (default .)")
          Path directory,
      @Parameters(
              index = "1..*",
              arity = "0..*",
              paramLabel = "ENDPOINT",
              description = "only the tests of these")
          @Nullable List<String> endpoints,
      @Option(
              names = "--update",
              description = "write what is answered into the tests that do not pass")
          boolean update,
      @Mixin ServerOptions server) {
    Supplier<TestPlace> places =
        server.isNamed()
            ? () -> new TemporaryBranch(server.connect(context.environment()))
            : () -> new OwnServer(context);
    return new ProjectTest(context.console(), places, directory, update)
        .run(endpoints == null ? List.of() : endpoints);
  }
}
