// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.datafile;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The five fields of a cron expression.
final class Cron {
  private static final Pattern ITEM =
      Pattern.compile("(?:\\*|([0-9]{1,2}|[A-Z]{3})(?:-([0-9]{1,2}|[A-Z]{3}))?)(?:/([0-9]{1,2}))?");

  /// What one place may hold.
  private record Field(int min, int max, List<String> names) {
    boolean allows(String text) {
      return List.of(text.split(",", -1)).stream().allMatch(this::allowsItem);
    }

    private boolean allowsItem(String item) {
      Matcher matcher = ITEM.matcher(item);
      if (!matcher.matches()) {
        return false;
      }
      int from = matcher.group(1) == null ? min : number(matcher.group(1));
      int to = matcher.group(2) == null ? from : number(matcher.group(2));
      boolean step = matcher.group(3) == null || Integer.parseInt(matcher.group(3)) > 0;
      return step && from >= min && to <= max && from <= to;
    }

    private int number(String text) {
      return Character.isDigit(text.charAt(0))
          ? Integer.parseInt(text)
          : names.contains(text) ? names.indexOf(text) + min : Integer.MAX_VALUE;
    }
  }

  private static final List<Field> FIELDS =
      List.of(
          new Field(0, 59, List.of()),
          new Field(0, 23, List.of()),
          new Field(1, 31, List.of()),
          new Field(
              1,
              12,
              List.of(
                  "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV",
                  "DEC")),
          // Both 0 and 7 are Sunday.
          new Field(0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")));

  private Cron() {}

  /// Whether a text is minute, hour, day, month and day of the week, with blanks between.
  static boolean is(String text) {
    String[] fields = text.strip().toUpperCase(Locale.ROOT).split("\\s+");
    boolean valid = fields.length == FIELDS.size();
    for (int i = 0; valid && i < fields.length; i++) {
      valid = FIELDS.get(i).allows(fields[i]);
    }
    return valid;
  }

  /// The value of an instruction that takes one of some words or a cron expression.
  static String schedule(Statement statement, String... words) {
    String value = Values.required(statement).strip();
    if (List.of(words).contains(value) || is(value)) {
      return value;
    }
    throw new DatafileProblem(
        statement.rest().place(),
        statement.instruction()
            + " must be "
            + String.join(", ", words)
            + " or a cron expression of five fields, not '"
            + value
            + "'");
  }
}
