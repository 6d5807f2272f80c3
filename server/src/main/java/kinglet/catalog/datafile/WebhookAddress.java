// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.net.URI;
import java.util.Set;

/// Reads `WEBHOOK`, the address that is told of alerts.
final class WebhookAddress {
  static final String INSTRUCTION = "WEBHOOK";
  private static final int URL_CHARACTERS_MAX = 2_000;

  private WebhookAddress() {}

  /// The address, or a template with a secret.
  static String read(Statement statement) {
    String value = Values.required(statement);
    boolean template = value.contains("{{");
    if (value.length() > URL_CHARACTERS_MAX || !(template || isAddress(value))) {
      throw new DatafileProblem(
          statement.rest().place(),
          "WEBHOOK takes a URL that begins with http:// or https://, or {{ tb_secret(\"name\") }},"
              + " at most "
              + URL_CHARACTERS_MAX
              + " characters");
    }
    return value;
  }

  private static boolean isAddress(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() != null && Set.of("http", "https").contains(uri.getScheme());
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
