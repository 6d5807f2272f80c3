// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import kinglet.catalog.Resources;
import kinglet.catalog.Workspace;
import org.junit.jupiter.api.Test;

/// ClickHouse's messages as callers see them.
final class QueryFailuresTest {
  private static final Resources SHOP =
      Resources.empty(new Workspace("id", "shop", "w_1", Instant.EPOCH));

  /// ClickHouse adds the name once for each place a failure passes.
  @Test
  void theNameOfAFailureIsSaidOnce() {
    assertThat(
            QueryFailures.cleaned(
                "Column 'name' is required for output format 'Prometheus'. (BAD_ARGUMENTS)."
                    + " (BAD_ARGUMENTS). (BAD_ARGUMENTS)",
                SHOP,
                0))
        .isEqualTo("Column 'name' is required for output format 'Prometheus'. (BAD_ARGUMENTS)");
  }
}
