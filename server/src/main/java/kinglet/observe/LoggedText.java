// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Cuts texts of callers to a length that may wait in memory and be kept for days.
final class LoggedText {
  private static final int CHARS_MAX = 2_000;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private LoggedText() {}

  static String of(String text) {
    return text.length() <= CHARS_MAX ? text : text.substring(0, CHARS_MAX) + "…";
  }

  /// The parameters as they are, unless they are long: then as many as fit, their values cut.
  static Map<String, List<String>> of(Map<String, List<String>> parameters) {
    int left = CHARS_MAX;
    for (Map.Entry<String, List<String>> parameter : parameters.entrySet()) {
      left -= parameter.getKey().length();
      for (String value : parameter.getValue()) {
        left -= value.length() + 1;
      }
    }
    return left >= 0 ? parameters : cut(parameters);
  }

  private static Map<String, List<String>> cut(Map<String, List<String>> parameters) {
    Map<String, List<String>> some = new LinkedHashMap<>();
    int left = CHARS_MAX;
    for (Map.Entry<String, List<String>> parameter : parameters.entrySet()) {
      String value = parameter.getValue().getFirst();
      String kept = value.length() <= left ? value : value.substring(0, left) + "…";
      left -= kept.length() + parameter.getKey().length() + 1;
      if (parameter.getKey().length() > CHARS_MAX) {
        break;
      }
      some.put(parameter.getKey(), List.of(kept));
      if (left <= 0) {
        break;
      }
    }
    return some;
  }

  /// A time as columns with microseconds take it.
  static String micros(Instant at) {
    return MICROS.format(at);
  }

  static String json(Object value) {
    return JSON.writeValueAsString(value);
  }
}
