// SPDX-License-Identifier: Apache-2.0
package kinglet.cli;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kinglet.error.PlatformException;
import tools.jackson.databind.JsonNode;

/// The secrets in a project's `.env.local`, lines of `NAME=value`, for the place where its tests
/// run.
record LocalSecrets(Map<String, String> values) {
  private static final String FILE = ".env.local";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final Pattern LINE =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)\\s*=\\s*(.*?)\\s*");

  static LocalSecrets of(Path project) {
    Path file = project.resolve(FILE);
    Map<String, String> values = new LinkedHashMap<>();
    if (Files.exists(file)) {
      List<String> lines;
      try {
        lines = Files.readAllLines(file);
      } catch (IOException e) {
        throw new PlatformException(CliError.INVALID_ARGUMENT, "can't read " + file, e);
      }
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
          values.put(matcher.group(1), unquoted(matcher.group(2)));
        } else if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
          throw new PlatformException(
              CliError.INVALID_ARGUMENT,
              file + ":" + (i + 1) + " is not NAME=value, a comment or empty");
        }
      }
    }
    return new LocalSecrets(values);
  }

  private static String unquoted(String value) {
    boolean quoted =
        value.length() > 1
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(0) == value.charAt(value.length() - 1);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }

  void set(ApiClient client) {
    values.forEach((name, value) -> {
      String form = ApiClient.encode(Map.of("value", List.of(value)));
      boolean there = client.reply("GET", "/v0/variables/" + name).status() == 200;
      JsonNode _ =
          there
              ? client.putJson("/v0/variables/" + name, BodyPublishers.ofString(form), FORM)
              : client.postJson(
                  "/v0/variables", BodyPublishers.ofString("name=" + name + "&" + form), FORM);
    });
  }
}
