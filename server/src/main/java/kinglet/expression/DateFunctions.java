// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.time.ZoneId;
import java.util.Optional;
import java.util.function.LongUnaryOperator;
import kinglet.expression.Intervals.Unit;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// Functions of dates, times and intervals.
final class DateFunctions {
  private DateFunctions() {}

  static FunctionGroup group() {
    FunctionGroup group = new FunctionGroup("Dates and times");
    for (Unit unit : Unit.values()) {
      group.add(
          "toInterval" + unit.word(),
          "INTERVAL n " + unit,
          "An interval, to be added to a date or taken from it.",
          "toDateTime('2026-01-31 00:00:00', 'UTC') + toInterval" + unit.word() + "(1)",
          arguments -> interval(arguments, unit));
      if (unit.ofDays() || unit.precision() == 0) {
        moved(group, "add" + unit.word() + "s", unit, 1);
        moved(group, "subtract" + unit.word() + "s", unit, -1);
      }
    }
    group.special(
        "~now",
        "now([zone])",
        "The time the row is read at, or for arguments and conditions the event's time: the same"
            + " for every reading of the same row.",
        "",
        arguments -> now(arguments, false));
    group.special(
        "~now64",
        "now64([precision])",
        "As `now`, with digits below the second (default 3).",
        "",
        arguments -> now(arguments, true));
    parts(group);
    starts(group);
    group.add(
        "toStartOfInterval",
        "toStartOfInterval(time, INTERVAL n unit)",
        "The start of the interval a time is in. Weeks start on Monday.",
        "toStartOfInterval(toDateTime('2026-01-31 10:20:30', 'UTC'), INTERVAL 15 MINUTE)",
        DateFunctions::startOfInterval);
    group.add(
        "~dateDiff date_diff DATE_DIFF timestampDiff timestamp_diff TIMESTAMP_DIFF",
        "dateDiff(unit, from, to)",
        "How many borders of the unit lie between two dates.",
        "dateDiff('month', toDate('2026-01-31'), toDate('2026-03-01'))",
        DateFunctions::dateDiff);
    group.add(
        "toUnixTimestamp",
        "toUnixTimestamp(time)",
        "The seconds since 1970-01-01 in UTC. NULL of a DateTime64 before it or too late for 32 bits,"
            + " where ClickHouse fails.",
        "toUnixTimestamp(toDateTime('2026-01-31 10:20:30', 'UTC'))",
        DateFunctions::unixTimestamp);
    group.add(
        "toTimezone toTimeZone",
        "toTimeZone(time, zone)",
        "The same time, shown in a zone.",
        "toTimeZone(toDateTime('2026-01-31 10:20:30', 'UTC'), 'Asia/Tokyo')",
        DateFunctions::toTimeZone);
    return group;
  }

  private static Bound interval(Arguments arguments, Unit unit) {
    arguments.count(1);
    DataType type = arguments.type(0);
    if (!Types.isInt(type) || Shape.of(type) == Shape.BIG) {
      throw arguments.wrongType(0, "an integer of at most 64 bits");
    }
    return Bound.of(unit.type(), (in, out) -> out.setWhole(in[0].whole()));
  }

  private static void moved(FunctionGroup group, String name, Unit unit, int sign) {
    group.add(
        name,
        name + "(date, n)",
        "The date n units " + (sign > 0 ? "later." : "earlier."),
        name + "(toDate('2026-01-31'), 1)",
        arguments -> {
          arguments.count(2);
          checkDate(arguments, 0);
          checkAmount(arguments, 1);
          return Intervals.shift(
              arguments.scope(), arguments.type(0), arguments.type(1), unit, 0, sign);
        });
  }

  private static void checkDate(Arguments arguments, int index) {
    if (!Types.isDateLike(arguments.type(index))) {
      throw arguments.wrongType(index, "a date or a time");
    }
  }

  private static void checkAmount(Arguments arguments, int index) {
    DataType type = arguments.type(index);
    if (!(type instanceof DataType.Int) || Shape.of(type) == Shape.BIG) {
      throw arguments.wrongType(index, "an integer of at most 64 bits");
    }
  }

  private static Compiled now(Arguments arguments, boolean fine) {
    Scope scope = arguments.scope();
    if (scope.compiler().now().isEmpty()) {
      throw arguments.failure(arguments.function() + " has no meaning here: use the event's time");
    }
    arguments.count(0, 1);
    Compiled now = scope.compiler().compile(scope.compiler().now().get(), scope);
    int precision = !fine ? 0 : arguments.size() == 0 ? 3 : (int) arguments.whole(0);
    if (precision < 0 || precision > 9) {
      throw arguments.failure(0, "The precision is 0 to 9");
    }
    DataType type =
        fine
            ? new DataType.DateTime64(precision, null)
            : new DataType.DateTime(arguments.size() == 0 ? null : arguments.text(0));
    return ConditionalFunctions.converted(arguments, now, type);
  }

  /// What is shown of a local time: its day, and the second of that day.
  @FunctionalInterface
  private interface Part {
    long of(long day, long second);
  }

  private static void parts(FunctionGroup group) {
    part(group, "toYear ~YEAR", "The year.", Types.UINT16, true, (day, second) -> Civil.year(day));
    part(
        group,
        "toQuarter ~QUARTER",
        "The quarter, 1 to 4.",
        Types.UINT8,
        true,
        (day, second) -> (Civil.month(day) + 2) / 3);
    part(
        group,
        "toMonth ~MONTH",
        "The month, 1 to 12.",
        Types.UINT8,
        true,
        (day, second) -> Civil.month(day));
    part(
        group,
        "toDayOfMonth ~DAY ~DAYOFMONTH",
        "The day of the month, from 1.",
        Types.UINT8,
        true,
        (day, second) -> Civil.dayOfMonth(day));
    part(
        group,
        "toDayOfWeek ~DAYOFWEEK",
        "The day of the week, 1 for Monday to 7.",
        Types.UINT8,
        true,
        (day, second) -> Civil.dayOfWeek(day));
    part(
        group,
        "toDayOfYear ~DAYOFYEAR",
        "The day of the year, from 1.",
        Types.UINT16,
        true,
        (day, second) -> day - Civil.day(Civil.year(day), 1, 1) + 1);
    part(
        group,
        "toHour ~HOUR",
        "The hour, 0 to 23.",
        Types.UINT8,
        false,
        (day, second) -> second / 3600);
    part(
        group,
        "toMinute ~MINUTE",
        "The minute, 0 to 59.",
        Types.UINT8,
        false,
        (day, second) -> second / 60 % 60);
    part(
        group,
        "toSecond ~SECOND",
        "The second, 0 to 59.",
        Types.UINT8,
        false,
        (day, second) -> second % 60);
    part(
        group,
        "toYYYYMM",
        "Year and month as a number.",
        Types.UINT32,
        true,
        (day, second) -> Civil.digits(day) / 100);
    part(
        group,
        "toYYYYMMDD",
        "Year, month and day as a number.",
        Types.UINT32,
        true,
        (day, second) -> Civil.digits(day));
    part(
        group,
        "toYYYYMMDDhhmmss",
        "Date and time as a number.",
        Types.UINT64,
        true,
        (day, second) ->
            Civil.digits(day) * 1_000_000
                + second / 3600 * 10_000
                + second / 60 % 60 * 100
                + second % 60);
    part(
        group,
        "toISOYear",
        "The year the ISO week belongs to.",
        Types.UINT16,
        true,
        (day, second) -> Civil.year(thursday(day)));
    part(
        group,
        "toISOWeek",
        "The ISO week, 1 to 53.",
        Types.UINT8,
        true,
        (day, second) -> (thursday(day) - Civil.day(Civil.year(thursday(day)), 1, 1)) / 7 + 1);
  }

  private static long thursday(long day) {
    return day - Civil.dayOfWeek(day) + 4;
  }

  private static String first(String names) {
    return (names.startsWith("~") ? names.substring(1) : names).split(" ", -1)[0];
  }

  private static void part(
      FunctionGroup group,
      String names,
      String description,
      DataType type,
      boolean days,
      Part part) {
    String name = first(names);
    group.add(
        names,
        name + "(date)",
        description,
        name + "(toDateTime('2026-01-31 10:20:30', 'UTC'))",
        arguments -> {
          arguments.count(1);
          checkDate(arguments, 0);
          DataType from = arguments.type(0);
          if (Types.isDay(from)) {
            if (!days) {
              throw arguments.wrongType(0, "a time");
            }
            return Bound.of(type, (in, out) -> out.setWhole(part.of(in[0].whole(), 0)));
          }
          Times.Clock clock = new Times.Clock(Times.zone(from, arguments.scope().zone()));
          long ticks = Numbers.power(Times.precision(from));
          return Bound.of(
              type,
              (in, out) -> {
                long local = clock.local(Math.floorDiv(in[0].whole(), ticks));
                out.setWhole(
                    part.of(
                        Math.floorDiv(local, Times.DAY_SECONDS),
                        Math.floorMod(local, Times.DAY_SECONDS)));
              });
        });
  }

  private static void starts(FunctionGroup group) {
    startOfDays(
        group, "toMonday", "The Monday of the week.", day -> day - Civil.dayOfWeek(day) + 1);
    startOfDays(
        group,
        "toStartOfMonth",
        "The first day of the month.",
        day -> Civil.firstOfMonths(Civil.months(day)));
    startOfDays(
        group,
        "toStartOfQuarter",
        "The first day of the quarter.",
        day -> Civil.firstOfMonths(Math.floorDiv(Civil.months(day), 3) * 3));
    startOfDays(
        group,
        "toStartOfYear",
        "The first day of the year.",
        day -> Civil.day(Civil.year(day), 1, 1));
    startOfDays(
        group,
        "toStartOfISOYear",
        "The Monday of the first ISO week of the year.",
        day -> {
          long january = Civil.day(Civil.year(thursday(day)), 1, 4);
          return january - Civil.dayOfWeek(january) + 1;
        });
    startOfDays(
        group,
        "toLastDayOfMonth ~LAST_DAY",
        "The last day of the month.",
        day -> Civil.firstOfMonths(Civil.months(day) + 1) - 1);
    group.add(
        "toStartOfWeek",
        "toStartOfWeek(date[, mode])",
        "The Sunday (mode 0) or Monday (mode 1) the week starts with.",
        "toStartOfWeek(toDate('2026-01-31'), 1)",
        arguments -> {
          arguments.count(1, 2);
          long mode = arguments.size() == 1 ? 0 : arguments.whole(1);
          if (mode != 0 && mode != 1) {
            throw arguments.failure(1, "The mode is 0 or 1");
          }
          return startOfDays(
              arguments,
              day -> mode == 1 ? day - Civil.dayOfWeek(day) + 1 : day - Civil.dayOfWeek(day) % 7);
        });
    startOfTime(group, "toStartOfDay", "The start of the day.", 86_400);
    startOfTime(group, "toStartOfHour", "The start of the hour.", 3600);
    startOfTime(group, "toStartOfMinute", "The start of the minute.", 60);
    startOfTime(group, "toStartOfFiveMinutes", "The start of five minutes.", 300);
    startOfTime(group, "toStartOfTenMinutes", "The start of ten minutes.", 600);
    startOfTime(group, "toStartOfFifteenMinutes", "The start of a quarter of an hour.", 900);
  }

  private static void startOfDays(
      FunctionGroup group, String names, String description, LongUnaryOperator start) {
    String name = first(names);
    group.add(
        names,
        name + "(date)",
        description,
        name + "(toDate('2026-01-31'))",
        arguments -> {
          arguments.count(1);
          return startOfDays(arguments, start);
        });
  }

  private static Bound startOfDays(Arguments arguments, LongUnaryOperator start) {
    checkDate(arguments, 0);
    DataType from = arguments.type(0);
    if (Types.isDay(from)) {
      return Bound.of(
          new DataType.Date(),
          (in, out) ->
              out.setWhole(Numbers.wrap(Math.max(0, start.applyAsLong(in[0].whole())), 16, false)));
    }
    Times.Clock clock = new Times.Clock(Times.zone(from, arguments.scope().zone()));
    long ticks = Numbers.power(Times.precision(from));
    return Bound.of(
        new DataType.Date(),
        (in, out) -> {
          long local = clock.local(Math.floorDiv(in[0].whole(), ticks));
          long day = Math.floorDiv(local, Times.DAY_SECONDS);
          out.setWhole(Numbers.wrap(Math.max(0, start.applyAsLong(day)), 16, false));
        });
  }

  private static @Nullable String zone(DataType type) {
    return switch (type) {
      case DataType.DateTime(String zone) -> zone;
      case DataType.DateTime64(int _, String zone) -> zone;
      default -> null;
    };
  }

  private static void startOfTime(
      FunctionGroup group, String name, String description, long seconds) {
    group.add(
        name,
        name + "(time)",
        description,
        name + "(toDateTime('2026-01-31 10:20:30', 'UTC'))",
        arguments -> {
          arguments.count(1);
          checkDate(arguments, 0);
          DataType from = arguments.type(0);
          if (Types.isDay(from) && seconds < Times.DAY_SECONDS) {
            throw arguments.wrongType(0, "a time");
          }
          return startOfSeconds(arguments, new DataType.DateTime(zone(from)), seconds);
        });
  }

  private static Bound startOfSeconds(Arguments arguments, DataType type, long seconds) {
    DataType from = arguments.type(0);
    Times.Clock clock = new Times.Clock(Times.zone(type, arguments.scope().zone()));
    Times.Reader reader = Times.reader(from, arguments.scope().zone());
    long ticks = Numbers.power(Times.precision(from));
    boolean days = seconds >= Times.DAY_SECONDS;
    boolean nearest = from instanceof DataType.Date32;
    return Bound.of(
        type,
        (in, out) -> {
          long second = Math.floorDiv(reader.ticks(in[0]), ticks);
          long local = clock.local(second);
          long start =
              days
                  ? clock.absolute(local - Math.floorMod(local, seconds))
                  : second - Math.floorMod(local, seconds);
          out.setWhole(
              nearest ? Math.clamp(start, 0, 0xFFFF_FFFFL) : Numbers.wrap(start, 32, false));
        });
  }

  private static Bound startOfInterval(Arguments arguments) {
    arguments.count(2);
    checkDate(arguments, 0);
    if (arguments.type(0) instanceof DataType.Date32) {
      throw arguments.wrongType(0, "a Date, DateTime or DateTime64");
    }
    Optional<Unit> unit = Intervals.unit(arguments.type(1));
    Optional<Slot> amount = arguments.get(1).constant();
    if (unit.isEmpty() || amount.isEmpty() || amount.get().whole() <= 0) {
      throw arguments.wrongType(1, "a constant interval above 0");
    }
    long count = amount.get().whole();
    Unit of = unit.get();
    DataType from = arguments.type(0);
    if (of.precision() > 0) {
      return startOfTicks(arguments, of, count);
    }
    if (!of.ofDays()) {
      if (Types.isDay(from)) {
        throw arguments.wrongType(0, "a time");
      }
      DataType type = new DataType.DateTime(zone(from));
      return of == Unit.HOUR
          ? startOfHours(arguments, type, of.count() * count)
          : startOfMinutes(arguments, type, of.count() * count);
    }
    if (of == Unit.DAY && Types.isTime(from)) {
      return startOfLocalDays(arguments, new DataType.DateTime(zone(from)), count);
    }
    return startOfDays(arguments, day -> startOfCalendar(day, of, count));
  }

  /// Hours are counted from the start of the day on the zone's clocks.
  private static Bound startOfHours(Arguments arguments, DataType type, long seconds) {
    Times.Clock clock = new Times.Clock(Times.zone(type, arguments.scope().zone()));
    long ticks = Numbers.power(Times.precision(arguments.type(0)));
    return Bound.of(
        type,
        (in, out) -> {
          long local = clock.local(Math.floorDiv(in[0].whole(), ticks));
          long second = Math.floorMod(local, Times.DAY_SECONDS);
          out.setWhole(Numbers.wrap(clock.absolute(local - second % seconds), 32, false));
        });
  }

  /// Minutes and seconds are counted from the start of 1970 in UTC.
  private static Bound startOfMinutes(Arguments arguments, DataType type, long seconds) {
    long ticks = Numbers.power(Times.precision(arguments.type(0)));
    return Bound.of(
        type,
        (in, out) -> {
          long second = Math.floorDiv(in[0].whole(), ticks);
          out.setWhole(Numbers.wrap(Math.floorDiv(second, seconds) * seconds, 32, false));
        });
  }

  private static Bound startOfLocalDays(Arguments arguments, DataType type, long count) {
    DataType from = arguments.type(0);
    Times.Clock clock = new Times.Clock(Times.zone(type, arguments.scope().zone()));
    long ticks = Numbers.power(Times.precision(from));
    return Bound.of(
        type,
        (in, out) -> {
          long local = clock.local(Math.floorDiv(in[0].whole(), ticks));
          long day = Math.floorDiv(Math.floorDiv(local, Times.DAY_SECONDS), count) * count;
          out.setWhole(Numbers.wrap(clock.absolute(day * Times.DAY_SECONDS), 32, false));
        });
  }

  private static Bound startOfTicks(Arguments arguments, Unit unit, long count) {
    if (!(arguments.type(0) instanceof DataType.DateTime64(int precision, String zone))) {
      throw arguments.wrongType(0, "a DateTime64");
    }
    int wanted = unit.precision();
    DataType type = new DataType.DateTime64(wanted, zone);
    return Bound.of(
        type,
        (in, out) -> {
          long value = in[0].whole();
          long scaled =
              wanted >= precision
                  ? value * Numbers.power(wanted - precision)
                  : Math.floorDiv(value, Numbers.power(precision - wanted));
          out.setWhole(Math.floorDiv(scaled, count) * count);
        });
  }

  private static long startOfCalendar(long day, Unit unit, long count) {
    return switch (unit) {
      case DAY -> Math.floorDiv(day, count) * count;
      // 1970-01-05 was the first Monday.
      case WEEK -> Math.floorDiv(day - 4, 7 * count) * 7 * count + 4;
      case YEAR -> {
        long year = Civil.year(day);
        yield Civil.day(Math.floorDiv(year, count) * count, 1, 1);
      }
      default -> {
        long step = unit.count() * count;
        yield Civil.firstOfMonths(Math.floorDiv(Civil.months(day), step) * step);
      }
    };
  }

  private static Unit unit(Arguments arguments) {
    String name = arguments.text(0);
    return Unit.named(name)
        .orElseThrow(() ->
            arguments.failure(
                0,
                "There is no unit '"
                    + name
                    + "': use second, minute, hour, day, week, month, quarter or year"));
  }

  private static Bound dateDiff(Arguments arguments) {
    arguments.count(3, 4);
    Unit unit = unit(arguments);
    checkDate(arguments, 1);
    checkDate(arguments, 2);
    ZoneId standard =
        arguments.size() == 4
            ? ZoneId.of(ConversionFunctions.zoneName(arguments, 3))
            : arguments.scope().zone();
    Border from = new Border(arguments, 1, standard, unit, arguments.size() == 4);
    Border to = new Border(arguments, 2, standard, unit, arguments.size() == 4);
    return Bound.of(Types.INT64, (in, out) -> out.setWhole(to.number(in[2]) - from.number(in[1])));
  }

  /// Numbers the units of a date's calendar.
  private static final class Border {
    private final Unit unit;
    private final Times.Reader reader;
    private final Times.Clock clock;
    private final int precision;

    Border(Arguments arguments, int index, ZoneId standard, Unit unit, boolean forced) {
      DataType type = arguments.type(index);
      ZoneId zone = forced ? standard : Times.zone(type, standard);
      this.unit = unit;
      this.reader = Times.reader(type, zone);
      this.clock = new Times.Clock(zone);
      this.precision = Times.precision(type);
    }

    long number(Slot slot) {
      long ticks = reader.ticks(slot);
      if (unit.precision() > 0) {
        return unit.precision() >= precision
            ? ticks * Numbers.power(unit.precision() - precision)
            : Math.floorDiv(ticks, Numbers.power(precision - unit.precision()));
      }
      long seconds = Math.floorDiv(ticks, Numbers.power(precision));
      if (unit == Unit.SECOND) {
        return seconds;
      }
      long local = clock.local(seconds);
      long day = Math.floorDiv(local, Times.DAY_SECONDS);
      return switch (unit) {
        case MINUTE -> Math.floorDiv(local, 60);
        case HOUR -> Math.floorDiv(local, 3600);
        case DAY -> day;
        case WEEK -> Math.floorDiv(day + 3, 7);
        default -> Math.floorDiv(Civil.months(day), unit.count());
      };
    }
  }

  private static Bound unixTimestamp(Arguments arguments) {
    arguments.count(1);
    checkDate(arguments, 0);
    DataType from = arguments.type(0);
    Times.Reader reader = Times.reader(from, arguments.scope().zone());
    long ticks = Numbers.power(Times.precision(from));
    boolean checked = from instanceof DataType.DateTime64;
    return Bound.of(
        Types.UINT32,
        (in, out) -> {
          long second = Math.floorDiv(reader.ticks(in[0]), ticks);
          if (checked && second != Numbers.wrap(second, 32, false)) {
            out.setNull();
          } else {
            out.setWhole(Numbers.wrap(second, 32, false));
          }
        });
  }

  private static Bound toTimeZone(Arguments arguments) {
    arguments.count(2);
    String zone = arguments.text(1);
    if (!ZoneId.getAvailableZoneIds().contains(zone)) {
      throw arguments.failure(1, "There is no time zone '" + zone + "'");
    }
    DataType type =
        switch (arguments.type(0)) {
          case DataType.DateTime _ -> new DataType.DateTime(zone);
          case DataType.DateTime64(int precision, String _) ->
              new DataType.DateTime64(precision, zone);
          default -> throw arguments.wrongType(0, "a time");
        };
    return Bound.of(type, (in, out) -> out.setWhole(in[0].whole()));
  }
}
