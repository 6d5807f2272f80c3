// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.util.Arrays;

/// What is said of several rounds: the one in the middle, and how far they lie apart.
final class Figures {
  private Figures() {}

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /// The median of the rounds' ratios, with the lowest and the highest.
  static String spread(double[] own, double[] other) {
    double[] ratios = new double[own.length];
    Arrays.setAll(ratios, round -> own[round] / other[round]);
    Arrays.sort(ratios);
    return Page.figure(median(ratios))
        + " ("
        + Page.figure(ratios[0])
        + " to "
        + Page.figure(ratios[ratios.length - 1])
        + ")";
  }
}
