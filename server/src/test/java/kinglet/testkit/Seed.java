// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The seed of a random test: `-Dtest.seed=` repeats one; every failure message names it.
public record Seed(long value) {
  public static Seed next() {
    return new Seed(Long.getLong("test.seed", System.nanoTime()));
  }

  /// The seed of the n-th round.
  public Seed round(int n) {
    return new Seed(value + n);
  }

  public RandomGenerator random() {
    return RandomGeneratorFactory.of("L64X128MixRandom").create(value);
  }

  @Override
  public String toString() {
    return "-Dtest.seed=" + value;
  }
}
