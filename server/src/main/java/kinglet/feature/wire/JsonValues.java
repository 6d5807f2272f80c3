// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Slot;
import kinglet.value.TupleValue;
import org.jspecify.annotations.Nullable;

/// Writes values as ClickHouse's JSON formats do, with numbers of 64 bits as numbers.
public final class JsonValues {
  private static final byte[] NULL = ascii("null");
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");
  private static final byte[] HEX = ascii("0123456789ABCDEF");
  private static final double PLAIN_MAX = 1e15;

  private final Bytes out;
  private final byte[] digits = new byte[20];

  public JsonValues(Bytes out) {
    this.out = out;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Writes what a slot holds of a type.
  public void write(DataType type, Slot value) {
    if (value.isNull()) {
      raw(NULL);
      return;
    }
    switch (type) {
      case DataType.NullableOf(DataType inner) -> write(inner, value);
      case DataType.LowCardinality(DataType inner) -> write(inner, value);
      case DataType.SimpleAggregateFunction(String _, DataType inner) -> write(inner, value);
      case DataType.Geo(String _, DataType inner) -> write(inner, value);
      case DataType.Int(int bits, boolean signed) -> whole(bits, signed, value);
      case DataType.Float(int bits) -> real(bits, value.real());
      case DataType.Decimal(int precision, int scale) -> decimal(precision, scale, value);
      case DataType.Bool _ -> raw(value.whole() == 0 ? FALSE : TRUE);
      case DataType.Date _, DataType.Date32 _ ->
          quoted(LocalDate.ofEpochDay(value.whole()).toString());
      case DataType.DateTime(String zone) -> time(value.whole(), 0, 0, zone);
      case DataType.DateTime64(int precision, String zone) -> {
        long scale = power(precision);
        time(
            Math.floorDiv(value.whole(), scale),
            Math.floorMod(value.whole(), scale),
            precision,
            zone);
      }
      case DataType.Uuid _ -> quoted(uuid(value));
      case DataType.Ipv4 _ -> quoted(ipv4(value.whole()));
      case DataType.Ipv6 _ -> quoted(Ipv6Text.of(value.copyBytes()));
      case DataType.Enum(int _, List<DataType.EnumEntry> entries) ->
          quoted(name(entries, value.whole()));
      case DataType.Json _ -> out.put(value.bytes(), value.offset(), value.length());
      case DataType.StringType _, DataType.FixedString _, DataType.Other _ ->
          text(value.bytes(), value.offset(), value.length());
      case DataType.Array(DataType element) -> list(element, (ListValue) value.object());
      case DataType.Nested _ -> write(type.wire(), value);
      case DataType.MapOf(DataType key, DataType element) ->
          map(key, element, (MapValue) value.object());
      case DataType.Tuple tuple -> tuple(tuple, (TupleValue) value.object());
      case DataType.AggregateFunction _ ->
          throw new IllegalStateException("no value of " + type.sql());
    }
  }

  private void whole(int bits, boolean signed, Slot value) {
    if (bits > 64) {
      raw(value.object().toString());
    } else if (!signed && value.whole() < 0) {
      raw(Long.toUnsignedString(value.whole()));
    } else {
      number(value.whole());
    }
  }

  public void number(long value) {
    if (value == Long.MIN_VALUE) {
      raw(Long.toString(value));
      return;
    }
    int at = digits.length;
    long rest = Math.abs(value);
    do {
      digits[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    if (value < 0) {
      digits[--at] = '-';
    }
    out.put(digits, at, digits.length - at);
  }

  private void real(int bits, double value) {
    if (!Double.isFinite(value)) {
      raw(NULL);
    } else if (value == Math.rint(value) && Math.abs(value) < PLAIN_MAX) {
      if (value == 0 && 1 / value < 0) {
        out.putByte('-');
      }
      number((long) value);
    } else {
      String shortest = bits == 32 ? Float.toString((float) value) : Double.toString(value);
      raw(shortest.indexOf('E') >= 0 ? exponent(shortest) : shortest);
    }
  }

  private static String exponent(String shortest) {
    BigDecimal exact = new BigDecimal(shortest);
    int magnitude = exact.precision() - exact.scale() - 1;
    return magnitude >= -7 && magnitude < 21
        ? exact.toPlainString().replaceFirst("\\.0$", "")
        : shortest.replace(".0E", "e").toLowerCase(Locale.ROOT);
  }

  private void decimal(int precision, int scale, Slot value) {
    BigInteger unscaled =
        precision <= 18 ? BigInteger.valueOf(value.whole()) : (BigInteger) value.object();
    BigDecimal number = new BigDecimal(unscaled, scale);
    raw((number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros()).toPlainString());
  }

  private static long power(int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= 10;
    }
    return power;
  }

  private void time(long seconds, long fraction, int precision, @Nullable String zone) {
    LocalDateTime time =
        LocalDateTime.ofInstant(
            Instant.ofEpochSecond(seconds), zone == null ? ZoneOffset.UTC : ZoneId.of(zone));
    out.putByte('"');
    padded(time.getYear(), 4);
    out.putByte('-');
    padded(time.getMonthValue(), 2);
    out.putByte('-');
    padded(time.getDayOfMonth(), 2);
    out.putByte(' ');
    padded(time.getHour(), 2);
    out.putByte(':');
    padded(time.getMinute(), 2);
    out.putByte(':');
    padded(time.getSecond(), 2);
    if (precision > 0) {
      out.putByte('.');
      padded(fraction, precision);
    }
    out.putByte('"');
  }

  private void padded(long value, int width) {
    for (long power = power(width - 1); power > 0; power /= 10) {
      out.putByte((int) ('0' + value / power % 10));
    }
  }

  /// Two numbers of eight bytes, each with the lowest byte first.
  private static String uuid(Slot value) {
    return new UUID(half(value, 0), half(value, 8)).toString();
  }

  private static long half(Slot value, int from) {
    long half = 0;
    for (int i = 7; i >= 0; i--) {
      half = half << 8 | value.bytes()[value.offset() + from + i] & 0xFF;
    }
    return half;
  }

  private static String ipv4(long address) {
    return (address >> 24 & 0xFF)
        + "."
        + (address >> 16 & 0xFF)
        + "."
        + (address >> 8 & 0xFF)
        + "."
        + (address & 0xFF);
  }

  private static String name(List<DataType.EnumEntry> entries, long value) {
    for (DataType.EnumEntry entry : entries) {
      if (entry.value() == value) {
        return entry.name();
      }
    }
    return Long.toString(value);
  }

  private void list(DataType element, ListValue list) {
    Slot slot = new Slot();
    out.putByte('[');
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) {
        out.putByte(',');
      }
      list.get(i, slot);
      write(element, slot);
    }
    out.putByte(']');
  }

  private void map(DataType key, DataType element, MapValue map) {
    Slot slot = new Slot();
    out.putByte('{');
    for (int i = 0; i < map.keys().size(); i++) {
      if (i > 0) {
        out.putByte(',');
      }
      map.keys().get(i, slot);
      name(key, slot);
      out.putByte(':');
      map.values().get(i, slot);
      write(element, slot);
    }
    out.putByte('}');
  }

  /// The value as a name in an object: in quotes, whatever it is.
  private void name(DataType type, Slot value) {
    int from = out.size();
    write(type, value);
    if (out.array()[from] != '"') {
      byte[] written = java.util.Arrays.copyOfRange(out.array(), from, out.size());
      out.truncate(from);
      out.putByte('"');
      raw(written);
      out.putByte('"');
    }
  }

  private void tuple(DataType.Tuple type, TupleValue tuple) {
    Slot slot = new Slot();
    out.putByte(type.named() ? '{' : '[');
    for (int i = 0; i < type.elements().size(); i++) {
      if (i > 0) {
        out.putByte(',');
      }
      String name = type.elements().get(i).name();
      if (name != null) {
        quoted(name);
        out.putByte(':');
      }
      tuple.get(i, slot);
      write(type.elements().get(i).type(), slot);
    }
    out.putByte(type.named() ? '}' : ']');
  }

  /// Writes a text in quotes.
  public void quoted(String text) {
    if (isPlain(text)) {
      out.putByte('"');
      raw(text);
      out.putByte('"');
    } else {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      text(bytes, 0, bytes.length);
    }
  }

  /// Whether each character is one byte that stands for itself in a string, as in most names.
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private void text(byte[] bytes, int offset, int length) {
    out.reserve(length + 2);
    out.putByte('"');
    int plain = offset;
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      byte c = bytes[i];
      if (c == '"' || c == '\\' || (c >= 0 && c < ' ')) {
        out.put(bytes, plain, i - plain);
        escape(c);
        plain = i + 1;
      }
    }
    out.put(bytes, plain, end - plain);
    out.putByte('"');
  }

  private void escape(byte c) {
    out.putByte('\\');
    switch (c) {
      case '"', '\\' -> out.putByte(c);
      case '\n' -> out.putByte('n');
      case '\r' -> out.putByte('r');
      case '\t' -> out.putByte('t');
      case '\b' -> out.putByte('b');
      case '\f' -> out.putByte('f');
      default -> {
        raw("u00");
        out.putByte(HEX[c >> 4]);
        out.putByte(HEX[c & 15]);
      }
    }
  }

  /// Writes JSON as it stands.
  public void raw(String json) {
    int before = out.size();
    for (int i = 0; i < json.length(); i++) {
      if (json.charAt(i) > '~') {
        out.truncate(before);
        raw(json.getBytes(StandardCharsets.UTF_8));
        return;
      }
      out.putByte(json.charAt(i));
    }
  }

  private void raw(byte[] bytes) {
    out.put(bytes, 0, bytes.length);
  }
}
