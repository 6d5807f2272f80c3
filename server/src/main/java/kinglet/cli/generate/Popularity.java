// SPDX-License-Identifier: Apache-2.0
package kinglet.cli.generate;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Picks some of many more often than others: the one at place `i` as often as `1 / (i + 1)^skew`.
final class Popularity {
  private final double[] upTo;

  Popularity(int count, double skew) {
    upTo = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += 1 / Math.pow(i + 1, skew);
      upTo[i] = sum;
    }
  }

  int pick(RandomGenerator random) {
    int at = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
    return Math.min(at < 0 ? -at - 1 : at, upTo.length - 1);
  }
}
