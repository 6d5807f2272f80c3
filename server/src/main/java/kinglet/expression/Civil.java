// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

/// The Gregorian calendar over days since 1970-01-01, without objects.
final class Civil {
  private static final int CYCLE_DAYS = 146_097;

  /// From 0000-03-01, the first day of a cycle, to 1970-01-01.
  private static final int EPOCH_DAYS = 719_468;

  private Civil() {}

  /// Years, months and days as one number: `year * 10000 + month * 100 + day`.
  static long digits(long day) {
    long shifted = day + EPOCH_DAYS;
    long cycle = Math.floorDiv(shifted, CYCLE_DAYS);
    long inCycle = shifted - cycle * CYCLE_DAYS;
    long year = (inCycle - inCycle / 1460 + inCycle / 36_524 - inCycle / 146_096) / 365;
    long inYear = inCycle - (365 * year + year / 4 - year / 100);
    long shiftedMonth = (5 * inYear + 2) / 153;
    long dayOfMonth = inYear - (153 * shiftedMonth + 2) / 5 + 1;
    long month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    return (year + cycle * 400 + (month <= 2 ? 1 : 0)) * 10_000 + month * 100 + dayOfMonth;
  }

  static long year(long day) {
    return digits(day) / 10_000;
  }

  static long month(long day) {
    return digits(day) / 100 % 100;
  }

  static long dayOfMonth(long day) {
    return digits(day) % 100;
  }

  /// 1 for Monday to 7 for Sunday.
  static long dayOfWeek(long day) {
    return Math.floorMod(day + 3, 7) + 1;
  }

  static long day(long year, long month, long dayOfMonth) {
    long shifted = month <= 2 ? year - 1 : year;
    long cycle = Math.floorDiv(shifted, 400);
    long inCycle = shifted - cycle * 400;
    long inYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + dayOfMonth - 1;
    return cycle * CYCLE_DAYS + inCycle * 365 + inCycle / 4 - inCycle / 100 + inYear - EPOCH_DAYS;
  }

  static long monthLength(long year, long month) {
    return month == 12 ? 31 : day(year, month + 1, 1) - day(year, month, 1);
  }

  /// The same day some months later, or the month's last.
  static long plusMonths(long day, long months) {
    long digits = digits(day);
    long month = digits / 10_000 * 12 + digits / 100 % 100 - 1 + months;
    long year = Math.floorDiv(month, 12);
    long ofYear = month - year * 12 + 1;
    return day(year, ofYear, Math.min(digits % 100, monthLength(year, ofYear)));
  }

  /// The number of the month since year 0.
  static long months(long day) {
    long digits = digits(day);
    return digits / 10_000 * 12 + digits / 100 % 100 - 1;
  }

  static long firstOfMonths(long months) {
    return day(Math.floorDiv(months, 12), Math.floorMod(months, 12) + 1, 1);
  }
}
