// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.infer;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The narrowest type that holds every value of a column, as far as they were seen.
final class TypeGuess {
  private static final Pattern INT = Pattern.compile("-?(0|[1-9][0-9]{0,76})");
  private static final Pattern FLOAT =
      Pattern.compile("-?(0|[1-9][0-9]{0,300})(\\.[0-9]{1,300})?([eE][-+]?[0-9]{1,3})?");
  private static final Pattern UUID =
      Pattern.compile("(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4})-(\\d{2})-(\\d{2})(?:[T ](\\d{2}):(\\d{2}):(\\d{2})(\\.\\d{1,9})?"
              + "(Z|[-+]\\d{2}:\\d{2})?)?");
  private static final int MILLIS_DIGITS = 3;

  /// A type is a set of few values from this many values on, and with at most that many of them.
  private static final int FEW_FROM_VALUES = 100;

  private static final int FEW_MAX = 1_000;
  private static final int FEW_VALUES_EACH = 10;

  private static final LocalDate DATE_END = LocalDate.EPOCH.plusDays(65_535);
  private static final long DATE_TIME_END_SECONDS = 0xFFFF_FFFFL;
  private static final int WIDE_FIRST_YEAR = 1900;
  private static final int WIDE_LAST_YEAR = 2298;

  private enum Kind {
    BOOL,
    INT,
    FLOAT,
    DATE,
    TIME,
    UUID,
    TEXT
  }

  private long values;
  private final Set<Kind> kinds = new HashSet<>();
  private BigInteger min = BigInteger.ZERO;
  private BigInteger max = BigInteger.ZERO;
  private int fractionDigits;
  private boolean narrowDates = true;
  private boolean narrowTimes = true;
  private final Set<String> few = new HashSet<>();

  /// Whether a value was seen.
  boolean isEmpty() {
    return values == 0;
  }

  void bool() {
    add(Kind.BOOL, "");
  }

  /// A number as JSON or CSV has it.
  void number(String text) {
    if (INT.matcher(text).matches()) {
      BigInteger value = new BigInteger(text);
      min = min.min(value);
      max = max.max(value);
      add(max.bitLength() > 255 || min.bitLength() > 255 ? Kind.FLOAT : Kind.INT, "");
    } else {
      add(Kind.FLOAT, "");
    }
  }

  /// Anything that is only ever a text.
  void text(String text) {
    add(Kind.TEXT, text);
  }

  /// A text of JSON that may be a time or a UUID.
  void string(String text) {
    if (UUID.matcher(text).matches()) {
      add(Kind.UUID, text);
    } else if (!time(text)) {
      add(Kind.TEXT, text);
    }
  }

  /// A field of CSV that may be anything.
  void field(String text) {
    if (text.equals("true") || text.equals("false")) {
      add(Kind.BOOL, text);
    } else if (INT.matcher(text).matches() || FLOAT.matcher(text).matches()) {
      number(text);
      remember(text);
    } else {
      string(text);
    }
  }

  /// Whether a field of CSV can only be a value, not the name of a column.
  static boolean isValue(String text) {
    TypeGuess guess = new TypeGuess();
    guess.field(text);
    return !guess.kinds.contains(Kind.TEXT);
  }

  private boolean time(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      return false;
    }
    try {
      LocalDate day =
          LocalDate.of(
              Integer.parseInt(time.group(1)),
              Integer.parseInt(time.group(2)),
              Integer.parseInt(time.group(3)));
      if (day.getYear() < WIDE_FIRST_YEAR || day.getYear() > WIDE_LAST_YEAR) {
        return false;
      }
      narrowDates &= !day.isBefore(LocalDate.EPOCH) && !day.isAfter(DATE_END);
      String zone = time.group(8);
      LocalDateTime moment =
          time.group(4) == null
              ? day.atStartOfDay()
              : day.atTime(
                  Integer.parseInt(time.group(4)),
                  Integer.parseInt(time.group(5)),
                  Integer.parseInt(time.group(6)));
      ZoneOffset offset = zone == null ? ZoneOffset.UTC : ZoneOffset.of(zone);
      long seconds = moment.toEpochSecond(offset);
      narrowTimes &= seconds >= 0 && seconds <= DATE_TIME_END_SECONDS;
      String fraction = time.group(7);
      fractionDigits = Math.max(fractionDigits, fraction == null ? 0 : fraction.length() - 1);
      add(time.group(4) == null ? Kind.DATE : Kind.TIME, text);
      return true;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private void add(Kind kind, String text) {
    values++;
    kinds.add(kind);
    if (!text.isEmpty()) {
      remember(text);
    }
  }

  private void remember(String text) {
    if (few.size() <= FEW_MAX) {
      few.add(text);
    }
  }

  /// The type; a text where the values have nothing else in common.
  String type(boolean nullable, boolean mayBeFew) {
    String plain = plain();
    String type = nullable ? "Nullable(" + plain + ")" : plain;
    boolean isFew =
        plain.equals("String")
            && mayBeFew
            && values >= FEW_FROM_VALUES
            && few.size() <= Math.min(FEW_MAX, values / FEW_VALUES_EACH);
    return isFew ? "LowCardinality(" + type + ")" : type;
  }

  private String plain() {
    if (Set.of(Kind.BOOL).equals(kinds)) {
      return "Bool";
    }
    if (Set.of(Kind.UUID).equals(kinds)) {
      return "UUID";
    }
    if (Set.of(Kind.INT).equals(kinds)) {
      return integer();
    }
    if (!kinds.isEmpty() && Set.of(Kind.INT, Kind.FLOAT).containsAll(kinds)) {
      return "Float64";
    }
    if (Set.of(Kind.DATE).equals(kinds)) {
      return narrowDates ? "Date" : "Date32";
    }
    if (!kinds.isEmpty() && Set.of(Kind.DATE, Kind.TIME).containsAll(kinds)) {
      return fractionDigits == 0 && narrowTimes
          ? "DateTime"
          : "DateTime64(" + (fractionDigits <= MILLIS_DIGITS ? 3 : 6) + ")";
    }
    return "String";
  }

  private String integer() {
    int bits = Math.max(min.bitLength(), max.bitLength());
    if (min.signum() >= 0 && bits == 64) {
      return "UInt64";
    }
    for (int size : new int[] {16, 32, 64, 128}) {
      if (bits < size) {
        return "Int" + size;
      }
    }
    return "Int256";
  }
}
