// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;

/// A benchmark ends at the first wrong answer.
final class Answers {
  private Answers() {}

  static void require(boolean holds, String what) throws IOException {
    if (!holds) {
      throw new IOException("wrong answer: " + what);
    }
  }
}
