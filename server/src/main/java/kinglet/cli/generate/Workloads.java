// SPDX-License-Identifier: Apache-2.0
package kinglet.cli.generate;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// The worlds there are.
public enum Workloads {
  CHECKOUT("checkout", List.of("shop_events", "stock_movements")) {
    @Override
    Workload with(RandomGenerator random) {
      return new Checkout(random);
    }
  },
  BETTING("betting", List.of("bets", "odds_changes")) {
    @Override
    Workload with(RandomGenerator random) {
      return new Betting(random);
    }
  },
  BOOKING("booking", List.of("visits")) {
    @Override
    Workload with(RandomGenerator random) {
      return new Booking(random);
    }
  };

  private final String title;
  private final List<String> dataSources;

  Workloads(String title, List<String> dataSources) {
    this.title = title;
    this.dataSources = dataSources;
  }

  abstract Workload with(RandomGenerator random);

  public static Optional<Workloads> named(String name) {
    for (Workloads one : values()) {
      if (one.title.equals(name)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  /// The name commands and examples use.
  public String title() {
    return title;
  }

  /// Where its rows go.
  public List<String> dataSources() {
    return dataSources;
  }

  /// A new one, which does the same things for the same seed.
  public Workload start(long seed) {
    return with(new SplittableRandom(seed));
  }
}
