// SPDX-License-Identifier: Apache-2.0
package kinglet.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import kinglet.testkit.CompatibilityPage;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The limits on the page on compatibility are those a server has without configuration.
final class LimitCompatibilityTest {
  @Test
  void limitsAreTheDefaults() {
    JsonNode defaults = ConfigReader.tree(Config.defaults());
    List<CompatibilityPage.Row> rows = CompatibilityPage.rows("Limits");
    assertThat(rows).isNotEmpty();
    for (CompatibilityPage.Row row : rows) {
      String[] key = row.rest().get(1).replace("`", "").split("\\.", 2);
      String value = defaults.path(key[0]).path(key[1]).asString();
      assertThat(row.rest().getFirst()).as(row.rest().get(1)).startsWith("`" + value + "`");
    }
  }
}
