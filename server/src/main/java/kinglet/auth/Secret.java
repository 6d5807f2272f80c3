// SPDX-License-Identifier: Apache-2.0
package kinglet.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A text that must not be seen; printing it shows nothing.
public final class Secret {
  private final String text;

  public Secret(String text) {
    this.text = text;
  }

  /// The text itself, for the one who is allowed to have it.
  public String reveal() {
    return text;
  }

  /// Compares in a time that does not depend on where the texts differ.
  public boolean matches(Secret other) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), other.text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && matches(secret);
  }

  @Override
  public int hashCode() {
    return 0;
  }

  @Override
  public String toString() {
    return "***";
  }
}
