// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every benchmark runs once in miniature, its answers checked; nothing is timed.
final class BenchmarksIT {
  static Set<String> names() {
    return Main.names();
  }

  @ParameterizedTest
  @MethodSource("names")
  void runsInMiniature(String name) throws Exception {
    assertThat(Main.run(name, Home.find(), Plan.QUICK).toString()).contains("| command |");
  }
}
