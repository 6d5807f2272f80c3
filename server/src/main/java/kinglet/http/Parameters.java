// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kinglet.error.Nearest;
import kinglet.error.PlatformException;

/// Names and values of a query string or a form, in order; a name may come more than once.
public record Parameters(Map<String, List<String>> values) {
  public static final Parameters NONE = new Parameters(Map.of());

  /// One value for each name.
  static Parameters of(Map<String, String> values) {
    Map<String, List<String>> each = new TreeMap<>();
    values.forEach((name, value) -> each.put(name, List.of(value)));
    return new Parameters(each);
  }

  /// More pairs than this are refused.
  private static final int PAIRS_MAX = 10_000;

  /// Reads `a=1&b=2`, percent-encoded UTF-8 with `+` for a blank.
  public static Parameters parse(String encoded) {
    if (encoded.isEmpty()) {
      return NONE;
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    int pairs = 0;
    int start = 0;
    while (start <= encoded.length()) {
      int end = encoded.indexOf('&', start);
      end = end < 0 ? encoded.length() : end;
      if (end > start) {
        if (++pairs > PAIRS_MAX) {
          throw new PlatformException(
              HttpError.INVALID_REQUEST, "more than " + PAIRS_MAX + " parameters in one request");
        }
        int equals = encoded.indexOf('=', start);
        equals = equals < 0 || equals > end ? end : equals;
        String name = decode(encoded.substring(start, equals));
        String value = equals == end ? "" : decode(encoded.substring(equals + 1, end));
        values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
      }
      start = end + 1;
    }
    return new Parameters(values);
  }

  public Optional<String> first(String name) {
    List<String> found = values.get(name);
    return found == null ? Optional.empty() : Optional.of(found.getFirst());
  }

  /// The first value of a parameter without which the call means nothing.
  String required(String name) {
    return first(name)
        .orElseThrow(() -> new PlatformException(HttpError.INVALID_REQUEST, name + "= is missing"));
  }

  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /// Whether `name` is given as something that means yes.
  public boolean isSet(String name) {
    return first(name)
        .map(value -> value.equalsIgnoreCase("true") || value.equals("1"))
        .orElse(false);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  /// These and `other`; where both have a name, `other` wins.
  public Parameters with(Parameters other) {
    if (other.isEmpty()) {
      return this;
    }
    Map<String, List<String>> merged = new LinkedHashMap<>(values);
    merged.putAll(other.values);
    return new Parameters(merged);
  }

  /// Refuses a call with a name it does not take, which would be passed over if it is misspelt.
  ///
  /// @param known besides that of the token, which every call takes
  void only(String... known) {
    only(List.of(known));
  }

  void only(List<String> known) {
    for (String name : values.keySet()) {
      if (!known.contains(name) && !name.equals("token")) {
        throw new PlatformException(
            HttpError.INVALID_REQUEST,
            "the parameter '"
                + name
                + "' is not known; "
                + (known.isEmpty() ? "this call takes none" : "this call takes ")
                + String.join(", ", known)
                + Nearest.hint(name, known.stream()));
      }
    }
  }

  static String decode(String encoded) {
    if (encoded.indexOf('%') < 0 && encoded.indexOf('+') < 0) {
      return encoded;
    }
    try {
      return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new PlatformException(
          HttpError.INVALID_REQUEST, "the percent-encoding of a parameter is broken", e);
    }
  }
}
