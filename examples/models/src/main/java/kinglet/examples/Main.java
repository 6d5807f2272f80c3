// SPDX-License-Identifier: Apache-2.0
package kinglet.examples;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import kinglet.client.KingletException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `./kinglet model`: the models of the examples.
@Command(
    name = "kinglet model",
    description = "Train the models of the examples, and let them score live features.",
    mixinStandardHelpOptions = true,
    subcommands = {TrainCommand.class, FlightsCommand.class, CheckoutCommand.class})
final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main()).setExecutionExceptionHandler(Main::explain).execute(arguments));
  }

  /// What the user can do something about is said in a line.
  private static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
      throws Exception {
    if (failure instanceof NoSuchFileException missing) {
      command.getErr().println("kinglet: there is no file " + missing.getFile());
      return 1;
    }
    if (failure instanceof IOException
        || failure instanceof IllegalArgumentException
        || failure instanceof KingletException) {
      command.getErr().println("kinglet: " + failure.getMessage());
      return 1;
    }
    throw failure;
  }
}
