// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/// Contenders under the same load in turns: all connections busy for the throughput, then arrivals
/// at a fixed rate for the latency.
///
/// @param connections how many each gets
/// @param slice how long a contender is loaded at a time
/// @param arrivals how many requests come in a second while the latency is measured
record Contest(Load load, Plan plan, int connections, Duration slice, int arrivals) {
  /// Who is measured.
  ///
  /// @param timed whether it can answer requests as they come in
  record Contender(String name, Load.Target target, boolean timed) {}

  /// What one contender did, round by round.
  ///
  /// @param open empty when it had no fixed arrivals
  record Outcome(Contender contender, List<Load.Result> closed, List<Load.Result> open) {
    Outcome(Contender contender) {
      this(contender, new ArrayList<>(), new ArrayList<>());
    }

    String name() {
      return contender.name();
    }

    double[] perSecond() {
      return closed.stream().mapToDouble(Load.Result::perSecond).toArray();
    }

    /// The median of what `figure` says of the rounds with fixed arrivals.
    double latency(ToDoubleFunction<Load.Result> figure) {
      return Figures.median(open.stream().mapToDouble(figure).toArray());
    }

    /// A row of a table, in milliseconds.
    String latencies(Object subject, String goal) {
      return Page.cells(
          subject,
          name(),
          latency(result -> result.micros(50)) / 1e3,
          latency(result -> result.micros(99)) / 1e3,
          latency(result -> result.micros(99.9)) / 1e3,
          latency(result -> result.maxMicros()) / 1e3,
          goal);
    }

    /// What the generator needed of a processor for one request while all connections were busy.
    double processorMicros() {
      return Figures.median(closed.stream().mapToDouble(Load.Result::processorMicros).toArray());
    }
  }

  /// The outcome of one of them, if it took part.
  static Optional<Outcome> find(List<Outcome> outcomes, String name) {
    return outcomes.stream().filter(outcome -> outcome.name().equals(name)).findFirst();
  }

  /// How long contenders are measured, for a page.
  static String turns(Plan plan, Duration slice) {
    return "Contenders take turns:\n"
        + plan.rounds()
        + " rounds of "
        + slice.toMillis() / 1e3
        + " s for throughput and as long for latency, after half of that for each and four times\n"
        + "as long for Kinglet, which do not count. Medians over the rounds, the ratio's spread in\n"
        + "brackets.";
  }

  /// A program that compiles itself while it runs needs longer.
  private Duration warmUp(Contender contender) {
    return contender.name().equals("Kinglet") ? slice.multipliedBy(4) : slice.dividedBy(2);
  }

  List<Outcome> run(List<Contender> contenders) throws IOException {
    PrintStream progress = System.err;
    List<Outcome> outcomes = contenders.stream().map(Outcome::new).toList();
    for (Contender contender : contenders) {
      Load.Result unused = load.closed(contender.target(), connections, warmUp(contender));
      if (contender.timed()) {
        unused = load.open(contender.target(), connections, arrivals, slice.dividedBy(2));
      }
    }
    for (int round = 0; round < plan.rounds(); round++) {
      for (Outcome outcome : outcomes) {
        Contender contender = outcome.contender();
        Load.Result closed = load.closed(contender.target(), connections, slice);
        outcome.closed().add(closed);
        progress.printf(Locale.ROOT, "%s: %,.0f/s%n", contender.name(), closed.perSecond());
        if (contender.timed()) {
          Load.Result open = load.open(contender.target(), connections, arrivals, slice);
          outcome.open().add(open);
          progress.printf(
              Locale.ROOT,
              "%s: p50 %.0f, p99 %.0f us at %,d/s%n",
              contender.name(),
              open.micros(50),
              open.micros(99),
              arrivals);
        }
      }
    }
    return outcomes;
  }
}
