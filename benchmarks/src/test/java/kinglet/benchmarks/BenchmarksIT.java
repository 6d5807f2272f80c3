// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every benchmark runs once in miniature, its answers checked; nothing is timed.
final class BenchmarksIT {
  @ParameterizedTest
  @ValueSource(strings = {"batch", "fresh", "import", "ingest", "inproc", "read", "sql", "taxi"})
  void runsInMiniature(String name) throws Exception {
    assertThat(Main.run(name, Home.find(), Plan.QUICK).toString()).contains("| command |");
  }
}
