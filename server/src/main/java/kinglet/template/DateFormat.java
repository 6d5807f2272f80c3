// SPDX-License-Identifier: Apache-2.0
package kinglet.template;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Reads dates by formats such as `%Y-%m-%d %H:%M:%S`. Owned by one thread.
final class DateFormat {
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");

  private final String text;
  private int at;
  private int year = 1900;
  private int month = 1;
  private int day = 1;
  private int dayOfYear;
  private int hour;
  private int minute;
  private int second;
  private int nanos;
  private boolean afternoon;
  private boolean halfDays;

  private DateFormat(String text) {
    this.text = text;
  }

  /// The date, or nothing if the text does not have the format.
  static Optional<LocalDateTime> parse(String text, String format) {
    DateFormat reader = new DateFormat(text);
    try {
      return reader.read(format) && reader.at == text.length()
          ? Optional.of(reader.date())
          : Optional.empty();
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private LocalDateTime date() {
    int hourOfDay = halfDays ? hour % 12 + (afternoon ? 12 : 0) : hour;
    LocalDateTime date =
        LocalDateTime.of(year, month, day, hourOfDay, minute, Math.min(second, 59), nanos);
    return dayOfYear > 0 ? date.withDayOfYear(dayOfYear) : date;
  }

  private boolean read(String format) {
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '%' && i + 1 < format.length()) {
        if (!field(format.charAt(++i))) {
          return false;
        }
      } else if (at < text.length() && text.charAt(at) == c) {
        at++;
      } else {
        return false;
      }
    }
    return true;
  }

  private boolean field(char field) {
    switch (field) {
      case 'Y' -> year = number(4, 4);
      case 'y' -> {
        int two = number(2, 2);
        year = two < 0 ? -1 : two + (two < 69 ? 2000 : 1900);
      }
      case 'm' -> month = number(1, 2);
      case 'd' -> day = number(1, 2);
      case 'j' -> dayOfYear = number(1, 3);
      case 'H' -> hour = number(1, 2);
      case 'I' -> {
        hour = number(1, 2);
        halfDays = true;
      }
      case 'M' -> minute = number(1, 2);
      case 'S' -> second = number(1, 2);
      case 'f' -> {
        int start = at;
        int fraction = number(1, 6);
        nanos = fraction * (int) Math.pow(10, 9 - (at - start));
        return fraction >= 0;
      }
      case 'b', 'B' -> month = monthName();
      case 'p' -> {
        String half = text.substring(at, Math.min(at + 2, text.length())).toLowerCase(Locale.ROOT);
        afternoon = half.equals("pm");
        at += 2;
        return afternoon || half.equals("am");
      }
      case 'Z', 'z' -> {
        return zone();
      }
      case '%' -> {
        return at < text.length() && text.charAt(at++) == '%';
      }
      default -> {
        return false;
      }
    }
    return year >= 0
        && month >= 0
        && day >= 0
        && hour >= 0
        && minute >= 0
        && second >= 0
        && dayOfYear >= 0;
  }

  /// Zones are read, but only UTC is accepted.
  private boolean zone() {
    for (String utc : List.of("UTC", "GMT", "Z", "+00:00", "+0000")) {
      if (text.startsWith(utc, at)) {
        at += utc.length();
        return true;
      }
    }
    return false;
  }

  private int number(int min, int max) {
    int start = at;
    int value = 0;
    while (at < text.length() && at - start < max && Character.isDigit(text.charAt(at))) {
      value = value * 10 + Character.digit(text.charAt(at), 10);
      at++;
    }
    return at - start < min ? -1 : value;
  }

  private int monthName() {
    int start = at;
    while (at < text.length() && Character.isLetter(text.charAt(at))) {
      at++;
    }
    String name = text.substring(start, at).toLowerCase(Locale.ROOT);
    return name.length() < 3 ? -1 : MONTHS.indexOf(name.substring(0, 3)) + 1;
  }
}
