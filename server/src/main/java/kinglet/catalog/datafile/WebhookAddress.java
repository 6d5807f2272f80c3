// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads `WEBHOOK`, the address that is told of alerts, and `WEBHOOK_SECRET`, which signs what it
/// is told.
final class WebhookAddress {
  static final String INSTRUCTION = "WEBHOOK";
  static final String SECRET = "WEBHOOK_SECRET";
  private static final int URL_CHARACTERS_MAX = 2_000;

  private static final Pattern KEPT =
      Pattern.compile("\\{\\{\\s*tb_secret\\(\\s*[\"'][^\"']+[\"']\\s*\\)\\s*}}");

  private WebhookAddress() {}

  /// A template of a secret: the secret itself does not belong in a file.
  static String secret(Statement statement) {
    String value = Values.required(statement);
    if (!KEPT.matcher(value).matches()) {
      throw new DatafileProblem(
          statement.rest().place(),
          SECRET + " takes {{ tb_secret(\"name\") }}, a secret of the workspace");
    }
    return value;
  }

  /// Nobody is told what a secret alone would sign.
  static void checkSecret(Map<String, Place> places, Findings findings) {
    Place place = places.get(SECRET);
    if (place != null && !places.containsKey(INSTRUCTION)) {
      findings.error(place, SECRET + " signs what a " + INSTRUCTION + " is told: add one");
    }
  }

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
