// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog;

import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The minutes a cron expression means: minute, hour, day of the month, month, day of the week.
///
/// Where both days are restricted, either of them is enough, as in every cron.
public final class CronSchedule {
  private static final Pattern ITEM =
      Pattern.compile("(?:\\*|([0-9]{1,2}|[A-Z]{3})(?:-([0-9]{1,2}|[A-Z]{3}))?)(?:/([0-9]{1,2}))?");

  /// What one place may hold.
  private record Field(int min, int max, List<String> names) {
    /// The values of a text, or nothing where it is wrong.
    Optional<BitSet> values(String text) {
      BitSet values = new BitSet(max + 1);
      for (String item : text.split(",", -1)) {
        Matcher matcher = ITEM.matcher(item);
        if (!matcher.matches()) {
          return Optional.empty();
        }
        int from = matcher.group(1) == null ? min : number(matcher.group(1));
        int step = matcher.group(3) == null ? 1 : Integer.parseInt(matcher.group(3));
        boolean open = matcher.group(1) == null || (matcher.group(2) == null && step > 1);
        int to = open ? max : matcher.group(2) == null ? from : number(matcher.group(2));
        if (step == 0 || from < min || to > max || from > to) {
          return Optional.empty();
        }
        for (int value = from; value <= to; value += step) {
          values.set(value);
        }
      }
      return Optional.of(values);
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

  private final List<BitSet> values;
  private final boolean anyDay;

  private CronSchedule(List<BitSet> values, boolean anyDay) {
    this.values = values;
    this.anyDay = anyDay;
  }

  /// Five fields with blanks between; nothing where the text is something else.
  public static Optional<CronSchedule> parse(String text) {
    String[] fields = text.strip().toUpperCase(Locale.ROOT).split("\\s+");
    if (fields.length != FIELDS.size()) {
      return Optional.empty();
    }
    List<BitSet> values = new ArrayList<>();
    for (int i = 0; i < fields.length; i++) {
      Optional<BitSet> each = FIELDS.get(i).values(fields[i]);
      if (each.isEmpty()) {
        return Optional.empty();
      }
      values.add(each.get());
    }
    boolean anyDay = fields[2].startsWith("*") || fields[4].startsWith("*");
    return Optional.of(new CronSchedule(values, anyDay));
  }

  /// Whether it means the minute a time is in.
  public boolean includes(ZonedDateTime time) {
    int weekday = time.getDayOfWeek().getValue();
    boolean week = values.get(4).get(weekday) || (weekday == 7 && values.get(4).get(0));
    boolean month = values.get(2).get(time.getDayOfMonth());
    return values.get(0).get(time.getMinute())
        && values.get(1).get(time.getHour())
        && values.get(3).get(time.getMonthValue())
        && (anyDay ? week && month : week || month);
  }
}
