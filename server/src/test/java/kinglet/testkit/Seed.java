// SPDX-License-Identifier: Apache-2.0
package kinglet.testkit;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The seed of a random test: the same in every run, so that a build says the same twice;
/// `-Dtest.seed=N` takes another, `-Dtest.seed=random` a new one each time. Failures name it.
public record Seed(long value) {
  private static final long STANDARD = 2026;

  public static Seed next() {
    boolean explore = "random".equals(System.getProperty("test.seed"));
    return new Seed(explore ? System.nanoTime() : Long.getLong("test.seed", STANDARD));
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
