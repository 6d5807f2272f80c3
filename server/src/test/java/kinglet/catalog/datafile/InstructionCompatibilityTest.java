// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.Arrays;
import kinglet.catalog.EngineKind;
import kinglet.testkit.CompatibilityPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The page on compatibility names every instruction and engine, and no other.
final class InstructionCompatibilityTest {
  @ParameterizedTest
  @CsvSource({
    "Data source files, DATASOURCE",
    "Pipe files, PIPE",
    "Connection files, CONNECTION",
    "Monitor files, MONITOR",
  })
  void everyInstructionIsNamed(String heading, FileKind kind) {
    CompatibilityPage.hasExactly(heading, kind.instructions());
  }

  @Test
  void everyEngineIsNamed() {
    CompatibilityPage.hasExactly(
        "Engines", Arrays.stream(EngineKind.values()).map(EngineKind::sql).toList());
  }
}
