// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
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
    Map<String, Supplier<Object>> commands = commands(context);
    String named = arguments.length == 0 ? "" : arguments[0];
    // Reading the annotations of one command takes milliseconds, of all a fifth of a second.
    if (commands.containsKey(named)) {
      line.addSubcommand(named, commands.get(named).get());
    } else {
      commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
    }
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

  private static Map<String, Supplier<Object>> commands(CommandContext context) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("start", () -> new StartCommand(context));
    commands.put("demo", () -> new DemoCommand(context));
    commands.put("sql", () -> new SqlCommand(context));
    commands.put("build", () -> new BuildCommand(context));
    commands.put("deploy", () -> new DeployCommand(context));
    commands.put("deployment", () -> new DeploymentCommand(context));
    commands.put("changes", () -> new ChangesCommand(context));
    commands.put("pull", () -> new PullCommand(context));
    commands.put("project", () -> new ProjectCommand(context));
    commands.put(
        "datasource",
        () ->
            new CommandLine(new DataSourceCommand(context))
                .addSubcommand(new AnalyzeCommand(context))
                .addSubcommand(new CreateCommand(context)));
    commands.put("endpoint", () -> new EndpointCommand(context));
    commands.put("entity", () -> new EntityCommand(context));
    commands.put("feature", () -> new FeatureCommand(context));
    commands.put("generate", () -> new GenerateCommand(context));
    commands.put("job", () -> new JobCommand(context));
    commands.put("training-set", () -> new TrainingSetCommand(context));
    commands.put("snapshot", () -> new SnapshotCommand(context));
    commands.put("secret", () -> new SecretCommand(context));
    commands.put("token", () -> new TokenCommand(context));
    commands.put("verify", () -> new VerifyCommand(context));
    commands.put("monitor", () -> new MonitorCommand(context));
    commands.put("workspace", () -> new WorkspaceCommand(context));
    commands.put("verify-engine", () -> new VerifyEngineCommand(context));
    commands.put("version", () -> new VersionCommand(context));
    return commands;
  }
}
