// SPDX-License-Identifier: Apache-2.0
package kinglet.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What an `Accept` header asks for: media types, the most wanted first.
record AcceptHeader(List<String> types) {
  private static final int TYPES_MAX = 100;

  AcceptHeader {
    types = List.copyOf(types);
  }

  private record Weighed(String type, double weight) {}

  static AcceptHeader of(String text) {
    List<Weighed> all = new ArrayList<>();
    for (String part : text.split(",", TYPES_MAX)) {
      String[] words = part.split(";", -1);
      double weight = 1;
      for (int i = 1; i < words.length; i++) {
        weight = weight(words[i].strip().toLowerCase(Locale.ROOT), weight);
      }
      String type = words[0].strip().toLowerCase(Locale.ROOT);
      if (!type.isEmpty() && weight > 0) {
        all.add(new Weighed(type, weight));
      }
    }
    return new AcceptHeader(
        all.stream()
            .sorted(Comparator.comparingDouble(Weighed::weight).reversed())
            .map(Weighed::type)
            .toList());
  }

  /// `q=0.5`; whatever else is said of a type says nothing of its weight.
  private static double weight(String parameter, double otherwise) {
    return parameter.matches("q=[01](\\.[0-9]{0,3})?")
        ? Double.parseDouble(parameter.substring(2))
        : otherwise;
  }

  /// The first type that is offered; a range such as `*/*` takes the first of those offered.
  Optional<String> choose(List<String> offered) {
    for (String type : types) {
      Optional<String> found =
          offered.stream().filter(one -> type.equals(one) || isRange(type, one)).findFirst();
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static boolean isRange(String range, String type) {
    return range.equals("*/*")
        || (range.endsWith("/*") && type.startsWith(range.substring(0, range.length() - 1)));
  }
}
