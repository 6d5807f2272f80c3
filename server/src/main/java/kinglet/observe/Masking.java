// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Takes the values of a workspace's secrets out of what its callers sent.
public record Masking(Collection<String> secrets) implements UnaryOperator<String> {
  private static final String MASK = "***";

  /// A shorter value is found only where it is the whole text.
  private static final int LENGTH_MIN = 4;

  @Override
  public String apply(String text) {
    String masked = text;
    for (String secret : secrets) {
      if (masked.equals(secret)) {
        return MASK;
      }
      if (secret.length() >= LENGTH_MIN) {
        masked = masked.replace(secret, MASK);
      }
    }
    return masked;
  }

  Map<String, List<String>> apply(Map<String, List<String>> parameters) {
    if (secrets.isEmpty()) {
      return parameters;
    }
    Map<String, List<String>> masked = new LinkedHashMap<>();
    parameters.forEach(
        (name, values) -> masked.put(apply(name), values.stream().map(this).toList()));
    return masked;
  }
}
