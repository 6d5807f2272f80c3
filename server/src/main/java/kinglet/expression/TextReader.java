// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kinglet.type.DataType;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// Reads a value from a whole text; NULL if it is not written as the type demands.
@FunctionalInterface
interface TextReader {
  void read(Slot text, Slot out);

  /// The longest text of a number that is looked at.
  int NUMBER_MAX = 400;

  /// A tenth of the highest UInt64.
  long TENTH = 1_844_674_407_370_955_161L;

  static TextReader of(DataType type, ZoneId zone) {
    return switch (Types.bare(type)) {
      case DataType.Int known -> known.bits() <= 64 ? whole(known) : big(known);
      case DataType.Float(int bits) -> real(bits);
      case DataType.Decimal decimal -> decimal(decimal);
      case DataType.Bool _ -> TextReader::bool;
      case DataType.Date _ -> day(0, 65_535);
      case DataType.Date32 _ -> day(-25_567, 120_529);
      case DataType.DateTime time -> time(new Times.Clock(Times.zone(time, zone)), -1);
      case DataType.DateTime64 time ->
          time(new Times.Clock(Times.zone(time, zone)), time.precision());
      case DataType.Enum(int _, List<DataType.EnumEntry> entries) -> names(entries);
      case DataType.Uuid _ -> TextReader::uuid;
      case DataType.Ipv4 _ -> TextReader::ipv4;
      case DataType.StringType _ -> (text, out) -> out.set(text);
      default -> (text, out) -> out.setNull();
    };
  }

  private static TextReader whole(DataType.Int type) {
    return (text, out) -> {
      byte[] bytes = text.bytes();
      int at = text.offset();
      int end = at + text.length();
      boolean negative = at < end && bytes[at] == '-';
      at += at < end && (negative || bytes[at] == '+') ? 1 : 0;
      if (at == end || end - at > NUMBER_MAX || (negative && !type.signed())) {
        out.setNull();
        return;
      }
      long value = 0;
      boolean fits = true;
      for (; at < end; at++) {
        int digit = bytes[at] - '0';
        if (digit < 0 || digit > 9) {
          out.setNull();
          return;
        }
        int compared = Long.compareUnsigned(value, TENTH);
        fits &= compared < 0 || (compared == 0 && digit <= 5);
        value = value * 10 + digit;
      }
      long signedValue = negative ? -value : value;
      boolean inRange =
          type.signed()
              ? (negative
                  ? Long.compareUnsigned(value, 1L << 63) <= 0
                      && Numbers.wrap(signedValue, type.bits(), true) == signedValue
                  : value >= 0 && Numbers.wrap(value, type.bits(), true) == value)
              : type.bits() == 64
                  || (value >= 0 && Numbers.wrap(value, type.bits(), false) == value);
      if (fits && inRange) {
        out.setWhole(signedValue);
      } else {
        out.setNull();
      }
    };
  }

  private static TextReader big(DataType.Int type) {
    return (text, out) -> {
      String digits = text.length() > NUMBER_MAX ? "" : text.text();
      if (!digits.matches("[+-]?[0-9]+") || (digits.startsWith("-") && !type.signed())) {
        out.setNull();
        return;
      }
      BigInteger value = new BigInteger(digits);
      out.setObject(Numbers.wrap(value, type.bits(), type.signed()));
    };
  }

  private static TextReader real(int bits) {
    return (text, out) -> {
      String digits = text.length() > NUMBER_MAX ? "" : text.text();
      if (isReal(digits)) {
        out.setReal(bits == 32 ? Float.parseFloat(digits) : Double.parseDouble(digits));
        return;
      }
      boolean negative = digits.startsWith("-");
      switch (negative || digits.startsWith("+") ? digits.substring(1) : digits) {
        case "inf", "Inf", "INF", "infinity", "Infinity", "INFINITY" ->
            out.setReal(negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        case "nan", "NaN", "NAN" -> out.setReal(Double.NaN);
        default -> out.setNull();
      }
    };
  }

  private static boolean isReal(String digits) {
    return digits.matches("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");
  }

  /// Digits beyond the scale are cut off.
  private static TextReader decimal(DataType.Decimal type) {
    return (text, out) -> {
      String digits = text.length() > NUMBER_MAX ? "" : text.text();
      if (!isReal(digits) || digits.matches(".*[eE][+-]?[0-9]{4,}")) {
        out.setNull();
        return;
      }
      BigDecimal value = new BigDecimal(digits).setScale(type.scale(), RoundingMode.DOWN);
      if (value.precision() > type.precision()) {
        out.setNull();
      } else {
        Numbers.putDecimal(value.unscaledValue(), type, out);
      }
    };
  }

  private static void bool(Slot text, Slot out) {
    switch (text.length() > 5 ? "" : text.text().toLowerCase(Locale.ROOT)) {
      case "true", "1", "t", "y", "yes", "on" -> out.setBool(true);
      case "false", "0", "f", "n", "no", "off" -> out.setBool(false);
      default -> out.setNull();
    }
  }

  private static TextReader day(long least, long most) {
    return (text, out) -> {
      DateText parsed = DateText.parse(text);
      if (parsed == null) {
        out.setNull();
      } else {
        out.setWhole(Math.clamp(parsed.day(), least, most));
      }
    };
  }

  private static TextReader time(Times.Clock clock, int precision) {
    long ticks = Numbers.power(Math.max(0, precision));
    return (text, out) -> {
      DateText parsed = DateText.parseTime(text, precision);
      if (parsed == null) {
        out.setNull();
        return;
      }
      long seconds =
          parsed.absolute()
              ? parsed.second()
              : clock.absolute(parsed.day() * Times.DAY_SECONDS + parsed.second());
      out.setWhole(
          precision < 0
              ? Math.clamp(seconds, 0, 0xFFFFFFFFL)
              : seconds * ticks + parsed.fraction());
    };
  }

  private static TextReader names(List<DataType.EnumEntry> entries) {
    Map<String, Long> values =
        entries.stream()
            .collect(Collectors.toMap(DataType.EnumEntry::name, entry -> (long) entry.value()));
    return (text, out) -> {
      Long value = values.get(text.text());
      if (value == null) {
        out.setNull();
      } else {
        out.setWhole(value);
      }
    };
  }

  private static void uuid(Slot text, Slot out) {
    String digits = text.length() == 36 ? text.text() : "";
    if (!digits.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
      out.setNull();
      return;
    }
    UUID value = UUID.fromString(digits);
    byte[] bytes = new byte[16];
    Bits.putLong(bytes, 0, value.getMostSignificantBits());
    Bits.putLong(bytes, 8, value.getLeastSignificantBits());
    out.setBytes(bytes);
  }

  private static void ipv4(Slot text, Slot out) {
    String digits = text.length() <= 15 ? text.text() : "";
    if (!digits.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      out.setNull();
      return;
    }
    long address = 0;
    for (String part : digits.split("\\.", -1)) {
      int value = Integer.parseInt(part);
      if (value > 255) {
        out.setNull();
        return;
      }
      address = address << 8 | value;
    }
    out.setWhole(address);
  }

  /// A date and a time of day as a text says them.
  ///
  /// @param absolute whether `second` counts from the epoch
  record DateText(long day, long second, long fraction, boolean absolute) {
    private static final Pattern FORM =
        Pattern.compile(
            "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
                + "(?:[ T]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]{1,18}))?)?");

    static @Nullable DateText parse(Slot slot) {
      String text =
          new String(
              slot.bytes(), slot.offset(), Math.min(slot.length(), 40), StandardCharsets.UTF_8);
      if (text.matches("[0-9]{8}")) {
        return day(text.substring(0, 4), text.substring(4, 6), text.substring(6), 0, 0);
      }
      return text.matches("[0-9]+(\\.[0-9]+)?") ? null : parseTime(slot, 0);
    }

    static @Nullable DateText parseTime(Slot slot, int precision) {
      String text = slot.length() > 40 ? "" : slot.text();
      if (text.matches("[0-9]{5,10}(\\.[0-9]{1,9})?")) {
        int dot = text.indexOf('.');
        if (dot >= 0 && precision < 0) {
          return null;
        }
        long second = Long.parseLong(dot < 0 ? text : text.substring(0, dot));
        return new DateText(
            0, second, dot < 0 ? 0 : fraction(text.substring(dot + 1), precision), true);
      }
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        return null;
      }
      String fraction = matcher.group(7);
      if (fraction != null && precision < 0) {
        return null;
      }
      long second = 0;
      if (matcher.group(4) != null) {
        long hour = Long.parseLong(matcher.group(4));
        long minute = Long.parseLong(matcher.group(5));
        long rest = Long.parseLong(matcher.group(6));
        if (hour > 23 || minute > 59 || rest > 59) {
          return null;
        }
        second = hour * 3600 + minute * 60 + rest;
      }
      return day(
          matcher.group(1),
          matcher.group(2),
          matcher.group(3),
          second,
          fraction == null ? 0 : fraction(fraction, Math.max(0, precision)));
    }

    private static long fraction(String digits, int precision) {
      return Long.parseLong(("0" + digits + "0".repeat(9)).substring(0, precision + 1));
    }

    private static @Nullable DateText day(
        String year, String month, String day, long second, long fraction) {
      try {
        LocalDate date =
            LocalDate.of(Integer.parseInt(year), Integer.parseInt(month), Integer.parseInt(day));
        return new DateText(date.toEpochDay(), second, fraction, false);
      } catch (DateTimeException _) {
        return null;
      }
    }
  }
}
