// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/// A signature that others can check.
final class WebhookSignatureTest {
  /// `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'key of ümlaut'`.
  @Test
  void itIsThatOfOpenssl() {
    WebhookSignature signature =
        WebhookSignature.of(
            "key of ümlaut", Instant.parse("2023-11-14T22:13:20.999Z"), "{\"a\":1}");

    assertThat(signature.timestamp()).isEqualTo(1_700_000_000);
    assertThat(signature.value())
        .isEqualTo("v1=4be291467e5427b7a5aab64771b1de8cb8949a40e0a57f2bc75fc458f39e88c5");
  }
}
