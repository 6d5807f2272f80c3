// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import kinglet.error.PlatformException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/// The command line: `kinglet COMMAND`.
@Command(
    name = "kinglet",
    description = "Self-hosted, real-time online feature store.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "kinglet COMMAND --help says more about one command."})
public final class KingletCommand {
  /// Runs one command line and answers the exit status.
  public static int run(
      String[] arguments,
      Map<String, String> environment,
      OutputStream out,
      OutputStream err,
      boolean terminal,
      ServerStarter starter) {
    boolean colour = terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    PrintWriter outWriter = new PrintWriter(out, true, StandardCharsets.UTF_8);
    PrintWriter errWriter = new PrintWriter(err, true, StandardCharsets.UTF_8);
    CommandContext context =
        new CommandContext(new Console(outWriter, out, errWriter, colour), environment, starter);
    CommandLine line = new CommandLine(new KingletCommand());
    line.addSubcommand(new StartCommand(context));
    line.addSubcommand(new DemoCommand(context));
    line.addSubcommand(new SqlCommand(context));
    line.addSubcommand(new BuildCommand(context));
    line.addSubcommand(new DeployCommand(context));
    line.addSubcommand(new DeploymentCommand(context));
    line.addSubcommand(new ChangesCommand(context));
    line.addSubcommand(new PullCommand(context));
    line.addSubcommand(new ProjectCommand(context));
    line.addSubcommand(
        new CommandLine(new DataSourceCommand(context))
            .addSubcommand(new AnalyzeCommand(context))
            .addSubcommand(new CreateCommand(context)));
    line.addSubcommand(new EndpointCommand(context));
    line.addSubcommand(new EntityCommand(context));
    line.addSubcommand(new FeatureCommand(context));
    line.addSubcommand(new GenerateCommand(context));
    line.addSubcommand(new JobCommand(context));
    line.addSubcommand(new TrainingSetCommand(context));
    line.addSubcommand(new SecretCommand(context));
    line.addSubcommand(new TokenCommand(context));
    line.addSubcommand(new VerifyCommand(context));
    line.addSubcommand(new WorkspaceCommand(context));
    line.addSubcommand(new VerifyEngineCommand(context));
    line.addSubcommand(new VersionCommand(context));
    line.setOut(outWriter);
    line.setErr(errWriter);
    line.setColorScheme(CommandLine.Help.defaultColorScheme(colour ? Ansi.ON : Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((failure, _, _) -> {
      if (failure instanceof PlatformException known) {
        context.console().note(context.console().red("kinglet: ") + known.text());
        return 1;
      }
      throw failure;
    });
    return line.execute(arguments);
  }
}
