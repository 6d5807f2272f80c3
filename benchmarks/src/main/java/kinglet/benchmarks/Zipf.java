// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.util.Arrays;
import java.util.Random;

/// Draws of entities by Zipf's law with the exponent 0.99: a few of them often, most of them
/// seldom.
final class Zipf {
  private static final double SKEW = 0.99;

  private Zipf() {}

  /// So many draws of the entities `0` to `entities - 1`.
  static int[] draw(int entities, int count, Random random) {
    double[] sums = new double[entities];
    double sum = 0;
    for (int entity = 0; entity < entities; entity++) {
      sum += 1 / Math.pow(entity + 1.0, SKEW);
      sums[entity] = sum;
    }
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      int place = Arrays.binarySearch(sums, random.nextDouble() * sum);
      drawn[i] = place < 0 ? -place - 1 : place;
    }
    return drawn;
  }
}
