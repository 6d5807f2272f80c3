// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Writes a value that is not NULL as ClickHouse's `toString` does; may own working space.
@FunctionalInterface
interface Printer {
  void print(Slot value, ByteText out);

  static Printer of(DataType type, ZoneId zone) {
    return switch (Types.bare(type)) {
      case DataType.Bool _ -> (value, out) -> out.add(value.whole() != 0 ? "true" : "false");
      case DataType.Float(int bits) -> (value, out) -> real(value.real(), bits, out);
      case DataType.Decimal(int precision, int scale) -> decimal(precision, scale);
      case DataType.Date _, DataType.Date32 _ -> (value, out) -> day(value.whole(), out);
      case DataType.DateTime time -> time(new Times.Clock(Times.zone(time, zone)), 0);
      case DataType.DateTime64 time ->
          time(new Times.Clock(Times.zone(time, zone)), time.precision());
      case DataType.Enum(int _, List<DataType.EnumEntry> entries) -> names(entries);
      case DataType.Uuid _ -> Printer::uuid;
      case DataType.Ipv4 _ -> Printer::ipv4;
      case DataType.Array(DataType element) -> list(element, zone);
      case DataType.Tuple tuple -> tuple(tuple, zone);
      case DataType.MapOf map -> map(map, zone);
      case DataType.Int(int bits, boolean signed) -> whole(bits, signed);
      case DataType.Other other when Intervals.unit(other).isPresent() ->
          (value, out) -> out.number(value.whole());
      default -> (value, out) -> out.add(value);
    };
  }

  private static Printer whole(int bits, boolean signed) {
    if (bits > 64) {
      return (value, out) -> out.add(value.object().toString());
    }
    return bits == 64 && !signed
        ? (value, out) -> {
          if (value.whole() < 0) {
            out.add(Long.toUnsignedString(value.whole()));
          } else {
            out.number(value.whole());
          }
        }
        : (value, out) -> out.number(value.whole());
  }

  static void real(double value, ByteText out) {
    real(value, 64, out);
  }

  private static void real(double value, int bits, ByteText out) {
    if (Double.isNaN(value)) {
      out.add("nan");
      return;
    }
    if (Double.isInfinite(value)) {
      out.add(value > 0 ? "inf" : "-inf");
      return;
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15 && (value != 0 || 1 / value > 0)) {
      out.number((long) value);
      return;
    }
    if (value == 0) {
      out.add("-0");
      return;
    }
    BigDecimal shortest =
        new BigDecimal(bits == 32 ? Float.toString((float) value) : Double.toString(value))
            .stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -6 && exponent < 21) {
      out.add(shortest.toPlainString());
      return;
    }
    String digits = shortest.unscaledValue().abs().toString();
    out.add(value < 0 ? "-" : "")
        .add(digits.substring(0, 1))
        .add(digits.length() > 1 ? "." + digits.substring(1) : "")
        .add("e" + exponent);
  }

  private static Printer decimal(int precision, int scale) {
    if (precision <= 18) {
      return (value, out) -> out.add(plain(BigDecimal.valueOf(value.whole(), scale)));
    }
    return (value, out) -> out.add(plain(new BigDecimal((BigInteger) value.object(), scale)));
  }

  private static String plain(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }

  private static void day(long day, ByteText out) {
    long digits = Civil.digits(day);
    out.padded(Math.clamp(digits / 10_000, 0, 9999), 4).add('-').padded(digits / 100 % 100, 2);
    out.add('-').padded(digits % 100, 2);
  }

  private static Printer time(Times.Clock clock, int precision) {
    long ticks = Numbers.power(precision);
    return (value, out) -> {
      long seconds = Math.floorDiv(value.whole(), ticks);
      long local = clock.local(seconds);
      day(Math.floorDiv(local, Times.DAY_SECONDS), out);
      long second = Math.floorMod(local, Times.DAY_SECONDS);
      out.add(' ').padded(second / 3600, 2).add(':').padded(second / 60 % 60, 2);
      out.add(':').padded(second % 60, 2);
      if (precision > 0) {
        out.add('.').padded(Math.floorMod(value.whole(), ticks), precision);
      }
    };
  }

  private static Printer names(List<DataType.EnumEntry> entries) {
    Map<Long, String> names = new HashMap<>();
    entries.forEach(entry -> names.put((long) entry.value(), entry.name()));
    return (value, out) -> out.add(names.getOrDefault(value.whole(), ""));
  }

  private static void uuid(Slot value, ByteText out) {
    out.add(new java.util.UUID(Bits.longAt(value, 0), Bits.longAt(value, 8)).toString());
  }

  private static void ipv4(Slot value, ByteText out) {
    long address = value.whole();
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.number(address >> shift & 255);
      if (shift > 0) {
        out.add('.');
      }
    }
  }

  private static Printer list(DataType element, ZoneId zone) {
    Printer inner = quoted(element, zone);
    Slot slot = new Slot();
    return (value, out) -> list((ListValue) value.object(), inner, slot, out.add('['), ']');
  }

  private static void list(ListValue list, Printer inner, Slot slot, ByteText out, char close) {
    for (int i = 0; i < list.size(); i++) {
      if (i > 0) {
        out.add(',');
      }
      list.get(i, slot);
      inner.print(slot, out);
    }
    out.add(close);
  }

  private static Printer tuple(DataType.Tuple type, ZoneId zone) {
    List<Printer> printers =
        type.elements().stream().map(element -> quoted(element.type(), zone)).toList();
    Slot slot = new Slot();
    return (value, out) -> {
      out.add('(');
      for (int i = 0; i < printers.size(); i++) {
        if (i > 0) {
          out.add(',');
        }
        ((TupleValue) value.object()).get(i, slot);
        printers.get(i).print(slot, out);
      }
      out.add(')');
    };
  }

  private static Printer map(DataType.MapOf type, ZoneId zone) {
    Printer keys = quoted(type.key(), zone);
    Printer values = quoted(type.value(), zone);
    Slot slot = new Slot();
    return (value, out) -> {
      MapValue map = (MapValue) value.object();
      out.add('{');
      for (int i = 0; i < map.keys().size(); i++) {
        if (i > 0) {
          out.add(',');
        }
        map.keys().get(i, slot);
        keys.print(slot, out);
        out.add(':');
        map.values().get(i, slot);
        values.print(slot, out);
      }
      out.add('}');
    };
  }

  /// As values stand inside of others: texts in quotes, NULL as a word.
  private static Printer quoted(DataType type, ZoneId zone) {
    Printer plain = of(type, zone);
    boolean quotes =
        switch (Types.bare(type)) {
          case DataType.Int _,
              DataType.Float _,
              DataType.Decimal _,
              DataType.Bool _,
              DataType.Array _,
              DataType.Tuple _,
              DataType.MapOf _ ->
              false;
          default -> true;
        };
    ByteText text = new ByteText();
    return (value, out) -> {
      if (value.isNull()) {
        out.add("NULL");
      } else if (quotes) {
        text.clear();
        plain.print(value, text);
        escape(text, out);
      } else {
        plain.print(value, out);
      }
    };
  }

  private static void escape(ByteText text, ByteText out) {
    out.add('\'');
    for (int i = 0; i < text.length(); i++) {
      byte b = text.array()[i];
      switch (b) {
        case '\b' -> out.add('\\').add('b');
        case '\f' -> out.add('\\').add('f');
        case '\n' -> out.add('\\').add('n');
        case '\r' -> out.add('\\').add('r');
        case '\t' -> out.add('\\').add('t');
        case 0 -> out.add('\\').add('0');
        case '\'', '\\' -> out.add('\\').add(b);
        default -> out.add(b);
      }
    }
    out.add('\'');
  }
}
