// SPDX-License-Identifier: Apache-2.0
package kinglet;

import kinglet.cli.KingletCommand;
import kinglet.server.KingletServer;

/// The entry of the process: hands the standard streams and the server to the command line.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    boolean terminal = System.console() != null && System.console().isTerminal();
    int status =
        KingletCommand.run(
            arguments, System.getenv(), System.out, System.err, terminal, KingletServer::start);
    System.exit(status);
  }
}
