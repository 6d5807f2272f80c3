// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.time.Duration;

/// How much of a benchmark is run.
///
/// @param rows rows of data that are loaded, or sent by the largest requests in one round
/// @param values values of features that are compared
record Plan(boolean quick, int rounds, Duration warmUp, Duration measure, int rows, long values) {
  /// What the result pages are made with.
  static final Plan FULL =
      new Plan(false, 3, Duration.ofSeconds(25), Duration.ofSeconds(6), 3_000_000, 10_000_000);

  /// Everything once, in seconds; its figures mean nothing.
  static final Plan QUICK =
      new Plan(true, 1, Duration.ofMillis(50), Duration.ofMillis(150), 20_000, 50_000);

  Plan withValues(long wanted) {
    return new Plan(quick, rounds, warmUp, measure, rows, wanted);
  }

  String text() {
    return warmUp.toMillis() / 1e3
        + " s warm-up over all of them, then "
        + rounds
        + " rounds of "
        + measure.toMillis() / 1e3
        + " s";
  }
}
