// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/// Who asks, by header, Basic authentication or parameter, as ClickHouse takes it.
record Credentials(String user, String key) {

  static Optional<Credentials> of(HttpRequest request) {
    Optional<String> user = request.header("X-ClickHouse-User");
    if (user.isPresent()) {
      return Optional.of(
          new Credentials(user.get(), request.header("X-ClickHouse-Key").orElse("")));
    }
    Optional<String> authorization = request.header("Authorization");
    if (authorization.isPresent()) {
      return basic(authorization.get());
    }
    return request
        .parameter("user")
        .map(name -> new Credentials(name, request.parameter("password").orElse("")));
  }

  private static Optional<Credentials> basic(String header) {
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    String pair;
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
      pair = new String(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
    int colon = pair.indexOf(':');
    return colon < 0
        ? Optional.empty()
        : Optional.of(new Credentials(pair.substring(0, colon), pair.substring(colon + 1)));
  }

  /// Whether the key is the secret; takes the same time wherever they differ.
  boolean matches(byte[] secret) {
    return MessageDigest.isEqual(key.getBytes(StandardCharsets.UTF_8), secret);
  }

  @Override
  public String toString() {
    return "Credentials[" + user + "]";
  }
}
