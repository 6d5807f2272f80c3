// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One request: the line, the headers by lower-case name, the query parameters, the body.
///
/// Of a repeated header or parameter the last one counts.
record HttpRequest(
    String method,
    String path,
    Map<String, String> parameters,
    Map<String, String> headers,
    InputStream body) {

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /// The parameters behind the `?` of a target.
  static Map<String, String> parameters(String target) {
    Map<String, String> parameters = new LinkedHashMap<>();
    int question = target.indexOf('?');
    if (question < 0) {
      return parameters;
    }
    for (String pair : target.substring(question + 1).split("&")) {
      int equals = pair.indexOf('=');
      if (!pair.isEmpty()) {
        parameters.put(
            decoded(equals < 0 ? pair : pair.substring(0, equals)),
            equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new HttpFailure(400, "the address is not percent-encoded rightly: " + e.getMessage());
    }
  }
}
