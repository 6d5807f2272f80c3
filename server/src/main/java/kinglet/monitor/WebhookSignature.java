// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Shows the receiver of a webhook who calls and when: HMAC-SHA256 of the time and the body.
///
/// @param timestamp seconds since 1970, a part of what is signed, so that no call is of use later
record WebhookSignature(long timestamp, String value) {
  private static final String ALGORITHM = "HmacSHA256";

  /// Names the way of signing, should there be another one.
  private static final String VERSION = "v1=";

  static WebhookSignature of(String secret, Instant now, String body) {
    long timestamp = now.getEpochSecond();
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      byte[] signed = mac.doFinal((timestamp + "." + body).getBytes(StandardCharsets.UTF_8));
      return new WebhookSignature(timestamp, VERSION + HexFormat.of().formatHex(signed));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every JDK", e);
    }
  }

  void addTo(HttpRequest.Builder request) {
    HttpRequest.Builder _ =
        request
            .header("Kinglet-Timestamp", Long.toString(timestamp))
            .header("Kinglet-Signature", value);
  }
}
