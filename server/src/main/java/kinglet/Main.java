// SPDX-License-Identifier: Apache-2.0
package kinglet;

import kinglet.cli.KingletCommand;
import kinglet.server.KingletServer;
import kinglet.thread.Threads;

/// The entry of the process: hands the standard streams and the server to the command line.
public final class Main {
  /// What is lost is in the journal: the next start finishes it.
  private static final int FATAL_STATUS = 70;

  private Main() {}

  public static void main(String[] arguments) {
    Threads.onFatal((_, _) -> Runtime.getRuntime().halt(FATAL_STATUS));
    boolean terminal = System.console() != null && System.console().isTerminal();
    int status =
        KingletCommand.run(
            arguments, System.getenv(), System.out, System.err, terminal, KingletServer::start);
    System.exit(status);
  }
}
