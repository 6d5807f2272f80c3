// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.util.Locale;
import java.util.Optional;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Intervals, and what they do to dates.
final class Intervals {
  private static final String PREFIX = "Interval";

  /// More units of days than any type of date spans.
  private static final long STEPS_MAX = 1_000_000;

  private Intervals() {}

  /// The units of intervals, from the finest.
  enum Unit {
    NANOSECOND(9, 1),
    MICROSECOND(6, 1),
    MILLISECOND(3, 1),
    SECOND(0, 1),
    MINUTE(0, 60),
    HOUR(0, 3600),
    DAY(0, Times.DAY_SECONDS),
    WEEK(0, 7 * Times.DAY_SECONDS),
    MONTH(0, 1),
    QUARTER(0, 3),
    YEAR(0, 12);

    private final int precision;
    private final long count;

    Unit(int precision, long count) {
      this.precision = precision;
      this.count = count;
    }

    /// The digits below a second it counts in.
    int precision() {
      return precision;
    }

    /// Seconds, or for units of months, months; of the finer ones one of its own.
    long count() {
      return count;
    }

    boolean ofMonths() {
      return compareTo(MONTH) >= 0;
    }

    boolean ofDays() {
      return compareTo(DAY) >= 0;
    }

    String word() {
      return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }

    DataType type() {
      return new DataType.Other(PREFIX + word());
    }

    /// What ClickHouse calls it in `dateDiff`, in any case, with its short forms.
    static Optional<Unit> named(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "nanosecond", "nanoseconds", "ns" -> Optional.of(NANOSECOND);
        case "microsecond", "microseconds", "us", "u" -> Optional.of(MICROSECOND);
        case "millisecond", "milliseconds", "ms" -> Optional.of(MILLISECOND);
        case "second", "seconds", "ss", "s" -> Optional.of(SECOND);
        case "minute", "minutes", "mi", "n" -> Optional.of(MINUTE);
        case "hour", "hours", "hh", "h" -> Optional.of(HOUR);
        case "day", "days", "dd", "d" -> Optional.of(DAY);
        case "week", "weeks", "wk", "ww" -> Optional.of(WEEK);
        case "month", "months", "mm", "m" -> Optional.of(MONTH);
        case "quarter", "quarters", "qq", "q" -> Optional.of(QUARTER);
        case "year", "years", "yyyy", "yy" -> Optional.of(YEAR);
        default -> Optional.empty();
      };
    }
  }

  static Optional<Unit> unit(DataType type) {
    return type instanceof DataType.Other(String text) && text.startsWith(PREFIX)
        ? Unit.named(text.substring(PREFIX.length()))
        : Optional.empty();
  }

  /// Whether `+` or `-` is about dates.
  static boolean takes(Arguments arguments, boolean minus) {
    boolean first = isOfTime(arguments.type(0));
    boolean second = isOfTime(arguments.type(1));
    return first || (second && !minus);
  }

  private static boolean isOfTime(DataType type) {
    return Types.isDateLike(type) || unit(type).isPresent();
  }

  static Bound shift(Arguments arguments, boolean minus) {
    DataType a = arguments.type(0);
    DataType b = arguments.type(1);
    Optional<Unit> left = unit(a);
    Optional<Unit> right = unit(b);
    if (left.isPresent() && right.isPresent()) {
      if (!a.equals(b)) {
        throw arguments.wrongType(1, "an interval of the same unit");
      }
      return Bound.of(
          a, (in, out) -> out.setWhole(in[0].whole() + (minus ? -in[1].whole() : in[1].whole())));
    }
    if (Types.isDateLike(a) && Types.isDateLike(b)) {
      if (!minus) {
        throw arguments.wrongType(1, "an interval or a number");
      }
      return difference(arguments, a, b);
    }
    boolean swapped = !Types.isDateLike(a);
    DataType date = swapped ? b : a;
    DataType amount = swapped ? a : b;
    int dateAt = swapped ? 1 : 0;
    if (!Types.isDateLike(date) || (swapped && minus)) {
      throw arguments.wrongType(dateAt, "a date");
    }
    Optional<Unit> unit = swapped ? left : right;
    if (unit.isPresent()) {
      return shift(arguments.scope(), date, amount, unit.get(), dateAt, minus ? -1 : 1);
    }
    return shiftByNumber(arguments, date, amount, dateAt, minus ? -1 : 1);
  }

  private static Bound difference(Arguments arguments, DataType a, DataType b) {
    if (Types.isDay(a) && Types.isDay(b)) {
      return Bound.of(
          Types.INT32,
          (in, out) -> out.setWhole(Numbers.wrap(in[0].whole() - in[1].whole(), 32, true)));
    }
    if (a instanceof DataType.DateTime && b instanceof DataType.DateTime) {
      return Bound.of(
          Types.INT32,
          (in, out) -> out.setWhole(Numbers.wrap(in[0].whole() - in[1].whole(), 32, true)));
    }
    if (!Types.isTime(a) || !Types.isTime(b)) {
      throw arguments.failure(
          "A day and a time have no difference here: use dateDiff, or convert one with CAST");
    }
    int precision = Math.max(Times.precision(a), Times.precision(b));
    long one = Numbers.power(precision - Times.precision(a));
    long two = Numbers.power(precision - Times.precision(b));
    return Bound.of(
        new DataType.Decimal(18, precision),
        (in, out) -> out.setWhole(in[0].whole() * one - in[1].whole() * two));
  }

  private static Bound shiftByNumber(
      Arguments arguments, DataType date, DataType amount, int dateAt, int sign) {
    boolean real = Types.isFloat(amount);
    if (!real && (!Types.isInt(amount) || Shape.of(amount) == Shape.BIG)) {
      throw arguments.wrongType(1 - dateAt, "an interval or a number");
    }
    long ticks = Numbers.power(Times.precision(date));
    Range range = Range.of(date);
    return Bound.of(
        date,
        (in, out) -> {
          long by = real ? (long) in[1 - dateAt].real() : in[1 - dateAt].whole();
          if (Math.abs(by) > Long.MAX_VALUE / 4 / ticks || by == Long.MIN_VALUE) {
            out.setNull();
          } else {
            put(in[dateAt].whole() + sign * by * ticks, range, out);
          }
        });
  }

  /// The date type a date becomes under an interval of a unit.
  static DataType shifted(DataType date, Unit unit) {
    return switch (date) {
      case DataType.Date _ when !unit.ofDays() ->
          unit.precision() == 0
              ? new DataType.DateTime(null)
              : new DataType.DateTime64(unit.precision(), null);
      case DataType.Date32 _ when !unit.ofDays() ->
          new DataType.DateTime64(Math.max(3, unit.precision()), null);
      case DataType.DateTime(String zone) when unit.precision() > 0 ->
          new DataType.DateTime64(unit.precision(), zone);
      case DataType.DateTime64(int precision, String zone) ->
          new DataType.DateTime64(Math.max(precision, unit.precision()), zone);
      default -> date;
    };
  }

  /// @param amount the type of the count of units, which stands beside the date
  static Bound shift(Scope scope, DataType date, DataType amount, Unit unit, int dateAt, int sign) {
    DataType result = shifted(date, unit);
    Range range = Range.of(result);
    boolean high = Numbers.isUnsigned64(amount);
    if (Types.isDay(result)) {
      return Bound.of(
          result,
          (in, out) -> {
            long by = Math.clamp(sign * in[1 - dateAt].whole(), -STEPS_MAX, STEPS_MAX);
            if (high && in[1 - dateAt].whole() < 0) {
              out.setNull();
              return;
            }
            long day = in[dateAt].whole();
            long moved =
                unit.ofMonths()
                    ? Civil.plusMonths(day, by * unit.count())
                    : day + by * (unit.count() / Times.DAY_SECONDS);
            put(moved, range, out);
          });
    }
    Times.Clock clock = new Times.Clock(Times.zone(result, scope.zone()));
    Times.Reader reader = Times.reader(date, scope.zone());
    long scale = Numbers.power(Times.precision(result) - Times.precision(date));
    long ticks = Numbers.power(Times.precision(result));
    long step =
        unit.precision() == 0
            ? unit.count() * ticks
            : Numbers.power(Times.precision(result) - unit.precision());
    return Bound.of(
        result,
        (in, out) -> {
          long by = sign * in[1 - dateAt].whole();
          long from = reader.ticks(in[dateAt]) * scale;
          boolean beyond = high && in[1 - dateAt].whole() < 0;
          if (beyond || Math.abs(by) > Long.MAX_VALUE / 4 / step || by == Long.MIN_VALUE) {
            out.setNull();
          } else {
            put(
                unit.ofDays() ? inCalendar(from, by, unit, clock, ticks) : from + by * step,
                range,
                out);
          }
        });
  }

  /// The values a date type can have.
  private record Range(long least, long most) {
    static Range of(DataType type) {
      return switch (type) {
        case DataType.Date _ -> new Range(0, 65_535);
        case DataType.Date32 _ -> new Range(-25_567, 120_529);
        case DataType.DateTime _ -> new Range(0, 0xFFFFFFFFL);
        default -> {
          long ticks = Numbers.power(Times.precision(type));
          boolean nano = Times.precision(type) == 9;
          yield new Range(-2_208_988_800L * ticks, nano ? Long.MAX_VALUE : 10_413_791_999L * ticks);
        }
      };
    }
  }

  private static void put(long moved, Range range, Slot out) {
    if (moved < range.least() || moved > range.most()) {
      out.setNull();
    } else {
      out.setWhole(moved);
    }
  }

  /// Keeps the time of day that the zone's clocks show.
  private static long inCalendar(long from, long by, Unit unit, Times.Clock clock, long ticks) {
    long seconds = Math.floorDiv(from, ticks);
    long local = clock.local(seconds);
    long day = Math.floorDiv(local, Times.DAY_SECONDS);
    long moved =
        unit.ofMonths()
            ? Civil.plusMonths(day, Math.clamp(by, -STEPS_MAX, STEPS_MAX) * unit.count())
            : day + by * (unit.count() / Times.DAY_SECONDS);
    if (Math.abs(moved - day) > STEPS_MAX) {
      return moved < day ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    long second = clock.absolute(local + (moved - day) * Times.DAY_SECONDS);
    return second * ticks + Math.floorMod(from, ticks);
  }
}
