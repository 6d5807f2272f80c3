// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Checks of values that several kinds of files share.
final class Values {
  private static final Pattern SPAN =
      Pattern.compile(
          "(?:interval\\s+)?([0-9]{1,9})\\s*"
              + "(millisecond|second|minute|hour|day|week|ms|s|m|h|d|w)s?",
          Pattern.CASE_INSENSITIVE);

  private Values() {}

  /// The token of a `TOKEN "name" PERMISSION` line.
  static TokenLine token(Statement statement, Set<String> permissions) {
    List<Word> words = statement.words();
    if (words.isEmpty() || words.size() > 2) {
      throw new DatafileProblem(
          statement.place(),
          "TOKEN takes a name and a permission, such as TOKEN \"app\" "
              + permissions.iterator().next());
    }
    if (words.size() == 1 && !permissions.equals(Set.of("READ"))) {
      throw new DatafileProblem(
          statement.place(),
          "TOKEN takes two arguments, a name and one of " + String.join(", ", permissions));
    }
    String permission = words.size() == 1 ? "READ" : words.get(1).text().toUpperCase(Locale.ROOT);
    if (!permissions.contains(permission)) {
      throw new DatafileProblem(
          words.getLast().place(),
          "The permission '"
              + words.getLast().text()
              + "' is not one of "
              + String.join(", ", permissions));
    }
    if (words.getFirst().text().isBlank()) {
      throw new DatafileProblem(words.getFirst().place(), "TOKEN needs a name");
    }
    return new TokenLine(words.getFirst().text(), permission, statement.place());
  }

  /// A length of time such as `30 days`; none is as short as nothing.
  static Optional<Duration> span(String text) {
    Matcher form = SPAN.matcher(text.strip());
    if (!form.matches() || Long.parseLong(form.group(1)) == 0) {
      return Optional.empty();
    }
    long count = Long.parseLong(form.group(1));
    return Optional.of(
        switch (form.group(2).toLowerCase(Locale.ROOT)) {
          case "ms", "millisecond" -> Duration.ofMillis(count);
          case "s", "second" -> Duration.ofSeconds(count);
          case "m", "minute" -> Duration.ofMinutes(count);
          case "h", "hour" -> Duration.ofHours(count);
          case "d", "day" -> Duration.ofDays(count);
          default -> Duration.ofDays(Math.multiplyExact(7L, count));
        });
  }

  /// Items separated by commas or lines, without quotes and blanks.
  static List<String> list(String text) {
    return Arrays.stream(text.split("[,\n]"))
        .map(item -> item.strip().replaceAll("^[\"']|[\"']$", "").strip())
        .filter(item -> !item.isEmpty())
        .toList();
  }

  /// The value when it is one of `allowed`, whatever its case.
  static String oneOf(Statement statement, String... allowed) {
    String value = statement.value();
    for (String word : allowed) {
      if (word.equalsIgnoreCase(value)) {
        return word;
      }
    }
    throw new DatafileProblem(
        statement.rest().place(),
        statement.instruction()
            + " must be one of "
            + String.join(", ", allowed)
            + ", not '"
            + value
            + "'");
  }

  /// The value, which must not be empty.
  static String required(Statement statement) {
    String value = statement.value();
    if (value.isBlank()) {
      throw new DatafileProblem(statement.place(), statement.instruction() + " needs a value");
    }
    return value;
  }
}
