// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/// The text of a static token: `p.`, a payload that names workspace and token, a signature.
final class TokenText {
  static final String PREFIX = "p.";
  private static final int NONCE_BYTES = 32;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private TokenText() {}

  /// A new text; two texts for the same token differ in their signatures.
  static Secret create(SecretKeys keys, String workspaceId, String tokenId, String host) {
    String payload =
        "{\"u\": \""
            + workspaceId
            + "\", \"id\": \""
            + tokenId
            + "\", \"host\": \""
            + host.replace("\\", "").replace("\"", "")
            + "\"}";
    String encoded = BASE64.encodeToString(payload.getBytes(StandardCharsets.UTF_8));
    String nonce = HexFormat.of().formatHex(keys.randomBytes(NONCE_BYTES));
    String signature = BASE64.encodeToString(keys.hmac("sign\0" + encoded + "\0" + nonce));
    return new Secret(PREFIX + encoded + "." + signature);
  }
}
