// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CredentialsTest {
  private static final byte[] SECRET = "s:3cret".getBytes(StandardCharsets.UTF_8);

  @Test
  void comeFromHeadersBasicAuthenticationOrParameters() {
    assertAccepted(
        request(Map.of(), Map.of("x-clickhouse-user", "reader", "x-clickhouse-key", "s:3cret")));
    String pair =
        Base64.getEncoder().encodeToString("reader:s:3cret".getBytes(StandardCharsets.UTF_8));
    assertAccepted(request(Map.of(), Map.of("authorization", "Basic " + pair)));
    assertAccepted(request(Map.of("user", "reader", "password", "s:3cret"), Map.of()));
  }

  @Test
  void nothingIsNobody() {
    assertThat(Credentials.of(request(Map.of(), Map.of()))).isEmpty();
    assertThat(Credentials.of(request(Map.of(), Map.of("authorization", "Bearer x")))).isEmpty();
    assertThat(Credentials.of(request(Map.of(), Map.of("authorization", "Basic %%")))).isEmpty();
  }

  @Test
  void aWrongKeyDoesNotMatch() {
    assertThat(new Credentials("reader", "").matches(SECRET)).isFalse();
    assertThat(new Credentials("reader", "s:3cre").matches(SECRET)).isFalse();
    assertThat(new Credentials("reader", "s:3cret ").matches(SECRET)).isFalse();
  }

  @Test
  void theKeyIsNotShown() {
    assertThat(new Credentials("reader", "s:3cret").toString()).doesNotContain("3cret");
  }

  private static void assertAccepted(HttpRequest request) {
    Credentials credentials = Credentials.of(request).orElseThrow();
    assertThat(credentials.user()).isEqualTo("reader");
    assertThat(credentials.matches(SECRET)).isTrue();
  }

  private static HttpRequest request(Map<String, String> parameters, Map<String, String> headers) {
    return new HttpRequest("POST", "/", parameters, headers, InputStream.nullInputStream());
  }
}
