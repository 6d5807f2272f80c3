// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import kinglet.error.PlatformException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScopeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ADMIN",
        "TOKENS",
        "DATASOURCES:CREATE",
        "DATASOURCES:APPEND:events",
        "DATASOURCES:READ:events",
        "DATASOURCES:READ:events:org = 'a:b'",
        "DATASOURCES:DROP:events",
        "PIPES:CREATE",
        "PIPES:READ:top_pages",
        "PIPES:READ:top_pages:a > 1",
        "PIPES:DROP:top_pages",
        "WORKSPACE:READ_ALL",
        "ORG_DATASOURCES:READ"
      })
  void readsBackWhatItPrints(String text) {
    assertThat(Scope.parse(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "admin",
        "ADMIN:x",
        "DATASOURCES",
        "DATASOURCES:READ",
        "DATASOURCES:READ:",
        "DATASOURCES:READ:a:",
        "DATASOURCES:APPEND:a:x = 1",
        "PIPES:READ: ",
        "PIPES:WRITE:a"
      })
  void saysWhatIsWrong(String text) {
    assertThatThrownBy(() -> Scope.parse(text))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.code()).isEqualTo(AuthError.INVALID_SCOPE));
  }
}
