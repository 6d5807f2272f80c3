// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import kinglet.testkit.CompatibilityPage;
import org.junit.jupiter.api.Test;

/// The page on compatibility has a column of every kind of type, and each is read as it stands.
final class TypeCompatibilityTest {
  @Test
  void everyKindIsNamed() {
    Set<Class<?>> kinds = new HashSet<>();
    for (String text : CompatibilityPage.names("Column types")) {
      DataType type = DataType.parse(text);
      assertThat(type.sql()).isEqualTo(text);
      kinds.add(type.getClass());
    }
    kinds.add(DataType.Other.class);
    assertThat(kinds).containsExactlyInAnyOrder(DataType.class.getPermittedSubclasses());
  }
}
