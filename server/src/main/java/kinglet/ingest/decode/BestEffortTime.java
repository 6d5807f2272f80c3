// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a time in the forms ClickHouse's best effort knows. Owned by one decoder.
///
/// ```
/// 2024-01-31 10:20:30.123   2024/1/31T10:20:30Z   20240131   20240131102030   31/01/2024 10:20
/// 1706696430   1706696430.5   1706696430123   Wed, 31 Jan 2024 10:20:30 +0100   10:20 PM
/// ```
final class BestEffortTime {
  private static final int SECONDS_PER_DAY = 86_400;
  private static final int[] MONTH_DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  private static final String[] MONTHS = {
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december"
  };
  private static final String[] DAYS = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
  };
  private static final int NANO_DIGITS = 9;
  private static final int NUMBER_DIGITS = 19;

  private final ZoneId zone;
  private final boolean utc;

  private byte[] text = new byte[0];
  private int at;
  private int end;

  private int year;
  private int month;
  private int day;
  private int hour;
  private int minute;
  private int second;
  private int nanos;
  private boolean timed;
  private boolean zoned;
  private int offsetSeconds;
  private long epochSecond;

  /// @param zone what times without an offset are meant in; UTC if null
  BestEffortTime(@Nullable String zone) {
    this.zone = zone == null ? ZoneOffset.UTC : ZoneId.of(zone);
    this.utc = this.zone.equals(ZoneOffset.UTC) || this.zone.getId().equals("UTC");
  }

  /// Seconds since 1970, rounded down; after [#date] days, after [#number] the number.
  long seconds() {
    return epochSecond;
  }

  /// Nanoseconds after the second.
  int nanos() {
    return nanos;
  }

  /// Reads a whole number.
  boolean number(byte[] source, int from, int to) {
    boolean negative = from < to && source[from] == '-';
    int start = negative ? from + 1 : from;
    if (start == to || to - start > NUMBER_DIGITS) {
      return false;
    }
    long value = 0;
    for (int i = start; i < to; i++) {
      int digit = source[i] - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      value = value * 10 + digit;
    }
    // Nineteen digits may be one bit too many, never two.
    epochSecond = negative ? -value : value;
    nanos = 0;
    return value >= 0;
  }

  /// Reads a day: `YYYY-MM-DD` with any separator, one digit less where it is zero, or `YYYYMMDD`.
  boolean date(byte[] source, int from, int to) {
    text = source;
    at = from;
    end = to;
    int digits = digitRun();
    if (digits == 8 && to - from == 8) {
      compact(8);
    } else if (digits != 4 || to - from < 8 || to - from > 10 || !yearMonthDay() || at != end) {
      return false;
    }
    if (!isDay(year, month, day)) {
      return false;
    }
    epochSecond = epochDay(year, month, day);
    return true;
  }

  /// Reads a time.
  ///
  /// @param fractional whether seconds since 1970 may have a fraction
  boolean parse(byte[] source, int from, int to, boolean fractional) {
    text = source;
    at = from;
    end = to;
    while (at < end && text[at] == ' ') {
      at++;
    }
    int start = at;
    year = 0;
    month = 0;
    day = 0;
    hour = 0;
    minute = 0;
    second = 0;
    nanos = 0;
    timed = false;
    zoned = false;
    offsetSeconds = 0;
    int digits = digitRun();
    if (digits == 4 && start + 8 <= to && isDateSeparator(text[start + 4])) {
      if (!yearMonthDay()) {
        return false;
      }
    } else if (digits >= 8) {
      if (digits != 8 && digits != 14) {
        return timestamp(digits, fractional);
      }
      compact(digits);
    }
    return rest() && finish();
  }

  /// The number `count` digits make.
  private static int digits(byte[] text, int from, int count) {
    int value = 0;
    for (int i = from; i < from + count; i++) {
      value = value * 10 + (text[i] - '0');
    }
    return value;
  }

  private int digitRun() {
    int next = at;
    while (next < end && text[next] >= '0' && text[next] <= '9') {
      next++;
    }
    return next - at;
  }

  /// Reads a run of at most `max` digits; -1 if there is none or it is longer.
  private int number(int max) {
    int count = digitRun();
    if (count == 0 || count > max) {
      return -1;
    }
    int value = digits(text, at, count);
    at += count;
    return value;
  }

  private static boolean isDateSeparator(byte b) {
    return b == '-' || b == '/' || b == '.' || b == ':';
  }

  private boolean yearMonthDay() {
    year = number(4);
    byte separator = text[at++];
    month = number(2);
    if (month < 0 || at == end || text[at++] != separator) {
      return false;
    }
    day = number(2);
    return day > 0 && month > 0;
  }

  private void compact(int digits) {
    year = digits(text, at, 4);
    month = digits(text, at + 4, 2);
    day = digits(text, at + 6, 2);
    if (digits == 14) {
      hour = digits(text, at + 8, 2);
      minute = digits(text, at + 10, 2);
      second = digits(text, at + 12, 2);
      timed = true;
    }
    at += digits;
  }

  /// 9 or 10 digits are seconds since 1970, 13 milliseconds, 16 microseconds, 19 nanoseconds.
  private boolean timestamp(int digits, boolean fractional) {
    int fraction =
        switch (digits) {
          case 9, 10 -> 0;
          case 13 -> 3;
          case 16 -> 6;
          case 19 -> 9;
          default -> -1;
        };
    if (fraction < 0) {
      return false;
    }
    long value = 0;
    int whole = digits - fraction;
    for (int i = at; i < at + whole; i++) {
      value = value * 10 + (text[i] - '0');
    }
    epochSecond = value;
    at += whole;
    nanos = fraction == 0 ? 0 : fractionOf(fraction);
    if (at < end && text[at] == '.' && fraction == 0 && fractional) {
      at++;
      int count = digitRun();
      nanos = count == 0 ? 0 : fractionOf(count);
    }
    while (at < end && text[at] == ' ') {
      at++;
    }
    return at == end;
  }

  /// Reads `count` digits as a fraction of a second, in nanoseconds.
  private int fractionOf(int count) {
    int value = 0;
    for (int i = 0; i < NANO_DIGITS; i++) {
      value = value * 10 + (i < count ? text[at + i] - '0' : 0);
    }
    at += count;
    return value;
  }

  /// Reads what is left: a time, a zone, and dates written in other orders.
  private boolean rest() {
    while (at < end) {
      byte next = text[at];
      if (next >= '0' && next <= '9') {
        if (!digits()) {
          return false;
        }
      } else if (next == ' ' || next == ',' || next == 'T' && year > 0 && isDigit(at + 1)) {
        at++;
      } else if ((next == '+' || next == '-') && timed) {
        if (zoned || !offset()) {
          return false;
        }
      } else if (!word()) {
        return false;
      }
    }
    return year > 0 && month > 0 && day > 0;
  }

  private boolean isDigit(int index) {
    return index < end && text[index] >= '0' && text[index] <= '9';
  }

  private boolean digits() {
    int count = digitRun();
    byte after = at + count < end ? text[at + count] : 0;
    if (count <= 2 && after == ':') {
      return !timed && clock();
    }
    if (count <= 2 && (after == '/' || after == '-' || after == '.') && year == 0 && day == 0) {
      return dayMonthYear(after);
    }
    if (count == 4 && year == 0 && (after == '-' || after == '/')) {
      return yearMonthDay();
    }
    if (count == 4 && year == 0 && month > 0) {
      year = number(4);
      return true;
    }
    if (count <= 2 && day == 0) {
      day = number(2);
      if (at < end && text[at] == '-') {
        at++;
      }
      return true;
    }
    if (count == 6 && year > 0 && !timed) {
      hour = digits(text, at, 2);
      minute = digits(text, at + 2, 2);
      second = digits(text, at + 4, 2);
      timed = true;
      at += count;
      return fraction();
    }
    return false;
  }

  private boolean dayMonthYear(byte separator) {
    day = number(2);
    at++;
    if (!isDigit(at)) {
      return true;
    }
    month = number(2);
    if (month < 0 || at == end || text[at] != separator) {
      return false;
    }
    at++;
    int count = digitRun();
    year = number(4);
    if (count == 2) {
      year += year < 70 ? 2000 : 1900;
    }
    return year > 999;
  }

  private boolean clock() {
    hour = number(2);
    at++;
    minute = number(2);
    if (hour < 0 || minute < 0) {
      return false;
    }
    timed = true;
    if (at < end && text[at] == ':') {
      at++;
      second = number(2);
      return second >= 0 && fraction();
    }
    return true;
  }

  private boolean fraction() {
    if (at < end && text[at] == '.') {
      at++;
      int count = digitRun();
      nanos = count == 0 ? 0 : fractionOf(count);
    }
    return true;
  }

  private boolean offset() {
    int sign = text[at++] == '-' ? -1 : 1;
    int count = digitRun();
    int hours;
    int minutes = 0;
    if (count == 4) {
      hours = digits(text, at, 2);
      minutes = digits(text, at + 2, 2);
      at += 4;
    } else {
      hours = number(2);
      if (hours < 0) {
        return false;
      }
      if (at < end && text[at] == ':') {
        at++;
        minutes = number(2);
      }
    }
    if (hours > 23 || minutes < 0 || minutes > 59) {
      return false;
    }
    zoned = true;
    offsetSeconds = sign * (hours * 3_600 + minutes * 60);
    return true;
  }

  private boolean word() {
    int length = 0;
    while (at + length < end && isLetter(text[at + length])) {
      length++;
    }
    boolean known =
        switch (length) {
          case 0 -> false;
          case 1 -> (text[at] | 0x20) == 'z' && year > 0 && setUtc();
          case 2 -> timed && half();
          default ->
              is("utc", length) && setUtc()
                  || is("gmt", length) && setUtc()
                  || moscow(length)
                  || name(length);
        };
    at += length;
    if (known && at < end && text[at] == '-' && !timed) {
      at++;
    }
    return known;
  }

  /// The one zone besides UTC whose names ClickHouse knows: winter's MSK and summer's MSD.
  private boolean moscow(int length) {
    boolean winter = is("msk", length);
    if (!winter && !is("msd", length)) {
      return false;
    }
    offsetSeconds = (winter ? 3 : 4) * 3_600;
    return setUtc();
  }

  private boolean setUtc() {
    boolean first = !zoned;
    zoned = true;
    return first;
  }

  /// AM and PM.
  private boolean half() {
    int first = text[at] | 0x20;
    if ((text[at + 1] | 0x20) != 'm' || first != 'a' && first != 'p' || hour < 1 || hour > 12) {
      return false;
    }
    hour = hour % 12 + (first == 'p' ? 12 : 0);
    return true;
  }

  private boolean name(int length) {
    for (int i = 0; i < MONTHS.length && month == 0; i++) {
      if (isName(MONTHS[i], length)) {
        month = i + 1;
        return true;
      }
    }
    for (String weekday : DAYS) {
      if (isName(weekday, length)) {
        return true;
      }
    }
    return false;
  }

  /// Names are written in full or with three letters.
  private boolean isName(String word, int length) {
    return is(length == 3 ? word.substring(0, 3) : word, length);
  }

  private boolean is(String word, int length) {
    return length == word.length() && begins(word);
  }

  private boolean begins(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (at + i >= end || (text[at + i] | 0x20) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isLetter(byte next) {
    int lower = next | 0x20;
    return lower >= 'a' && lower <= 'z';
  }

  private boolean finish() {
    if (!isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) {
      return false;
    }
    if (zoned || utc) {
      epochSecond =
          epochDay(year, month, day) * SECONDS_PER_DAY
              + hour * 3_600L
              + minute * 60L
              + second
              - offsetSeconds;
    } else {
      LocalDateTime local = LocalDateTime.of(year, month, day, hour, minute, second);
      epochSecond = local.toEpochSecond(offset(local));
    }
    return true;
  }

  /// A time that the clocks leave out is taken with the offset they go on with, as in ClickHouse;
  /// of one that comes twice it is the first.
  private ZoneOffset offset(LocalDateTime local) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
    return offsets.isEmpty()
        ? zone.getRules().getTransition(local).getOffsetAfter()
        : offsets.getFirst();
  }

  static boolean isDay(int year, int month, int day) {
    if (year < 1 || month < 1 || month > 12 || day < 1) {
      return false;
    }
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= (month == 2 && leap ? 29 : MONTH_DAYS[month - 1]);
  }

  /// Days since 1970 in the Gregorian calendar (H. Hinnant, days_from_civil).
  static long epochDay(int year, int month, int day) {
    int shifted = month <= 2 ? year - 1 : year;
    int era = Math.floorDiv(shifted, 400);
    int yearOfEra = shifted - era * 400;
    int dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146_097L + dayOfEra - 719_468;
  }
}
