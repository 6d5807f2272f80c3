// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.concurrent.Callable;
import kinglet.error.PlatformException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Compares the values of random features with what they should be.
@Command(
    name = "verify-engine",
    description = {
      "Make random feature views, events and reads, and compare every value with a recomputation"
          + " from all events, with ClickHouse over the stored rows, by conditions and by windows of"
          + " its own (OVER) where these say the same, and with the same events cut"
          + " into other batches, threads, checkpoints and restarts.",
      "The status is 0 if no value differs, and 1 with the first that does, in a small case."
    },
    mixinStandardHelpOptions = true)
final class VerifyEngineCommand implements Callable<Integer> {
  private static final int THREADS_MAX = 64;

  private final CommandContext context;

  @Option(
      names = "--values",
      paramLabel = "N",
      description = "how many values at least, such as 1e8 (default 1e6)")
  private BigDecimal values = new BigDecimal("1e6");

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "which views, events and reads (default 1)")
  private long seed = 1;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "how many cases at a time (default: one for each processor)")
  private int threads = Runtime.getRuntime().availableProcessors();

  VerifyEngineCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    long wanted = wanted();
    if (threads < 1 || threads > THREADS_MAX) {
      throw invalid("--threads is from 1 to " + THREADS_MAX + ", not " + threads);
    }
    try (OwnServer own = new OwnServer(context)) {
      Progress progress =
          new Progress(context.console(), "compared", wanted, "values", System::nanoTime);
      ServerStarter.Verified verified =
          own.running().verifyEngine(seed, wanted, threads, own.data(), progress::add);
      progress.finish();
      return report(verified);
    }
  }

  private int report(ServerStarter.Verified verified) {
    if (verified.difference().isPresent()) {
      context.console().print(verified.difference().get());
      context.console().note(context.console().red("A value differs."));
      return 1;
    }
    context
        .console()
        .print(
            String.format(
                Locale.ROOT,
                "%,d values of %,d views are what they should be, %,d of them by ClickHouse's windows"
                    + " as well (seed %d)",
                verified.compared(),
                verified.cases(),
                verified.windowed(),
                seed));
    if (verified.repeated() > 0) {
      context
          .console()
          .note("The engine went away: " + verified.repeated() + " views were begun again.");
    }
    return 0;
  }

  private long wanted() {
    try {
      long wanted = values.longValueExact();
      if (wanted > 0) {
        return wanted;
      }
    } catch (ArithmeticException _) {
      // Not a whole number, or too large a one: said below.
    }
    throw invalid("--values is a whole number such as 1000000 or 1e8, not " + values);
  }

  private static PlatformException invalid(String text) {
    return new PlatformException(CliError.INVALID_ARGUMENT, text);
  }
}
