// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Arrays;
import kinglet.testkit.CompatibilityPage;
import org.junit.jupiter.api.Test;

/// The page on compatibility names every output format that callers may ask for, and no other.
final class FormatCompatibilityTest {
  @Test
  void everyFormatIsNamed() {
    CompatibilityPage.hasExactly(
        "Output formats",
        Arrays.stream(AnswerFormat.values())
            .filter(format -> format != AnswerFormat.NATIVE)
            .map(AnswerFormat::clickHouseName)
            .toList());
  }
}
