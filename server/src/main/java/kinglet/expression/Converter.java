// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Makes a value of one type that of another, as CAST does; NULL stays NULL, and becomes what can't
/// be converted. May own working space.
@FunctionalInterface
interface Converter {
  void convert(Slot in, Slot out);

  /// Empty where ClickHouse has no conversion that is offered here.
  static Optional<Supplier<Converter>> of(DataType source, DataType target, ZoneId zone) {
    DataType from = Types.bare(source);
    DataType to = Types.bare(target);
    if (from.equals(to) || Types.isNothing(from)) {
      return Optional.of(() -> (in, out) -> out.set(in));
    }
    Optional<Supplier<Converter>> inner = bare(from, to, zone);
    return inner.map(supplier ->
        () -> {
          Converter converter = supplier.get();
          return (in, out) -> {
            if (in.isNull()) {
              out.setNull();
            } else {
              converter.convert(in, out);
            }
          };
        });
  }

  private static Optional<Supplier<Converter>> bare(DataType from, DataType to, ZoneId zone) {
    if (to instanceof DataType.StringType && from instanceof DataType.FixedString) {
      return some((in, out) -> out.setBytes(in.bytes(), in.offset(), lengthWithoutZeros(in)));
    }
    if (to instanceof DataType.StringType) {
      return Optional.of(() -> {
        Printer printer = Printer.of(from, zone);
        ByteText text = new ByteText();
        return (in, out) -> {
          text.clear();
          printer.print(in, text);
          text.into(out);
        };
      });
    }
    if (to instanceof DataType.FixedString(int width)) {
      return Types.isText(from) ? Optional.of(() -> fixed(width)) : Optional.empty();
    }
    if (Types.isText(from)) {
      return fromText(from, to, zone);
    }
    return switch (to) {
      case DataType.Bool _ when Types.isNumber(from) -> {
        Numbers.Real real = Numbers.real(from);
        yield some((in, out) -> out.setBool(real.read(in) != 0));
      }
      case DataType.Int type -> toInt(from, type, zone);
      case DataType.Float(int bits) when isNumeric(from) -> {
        Numbers.Real real = Numbers.real(from);
        yield some(
            bits == 32
                ? (in, out) -> out.setReal((float) real.read(in))
                : (in, out) -> out.setReal(real.read(in)));
      }
      case DataType.Decimal type
          when Types.isDecimal(from)
              || (Types.isNumber(from) && Shape.of(from) == Shape.WHOLE)
              || Types.isFloat(from) ->
          some(toDecimal(from, type));
      case DataType.Enum type when from instanceof DataType.Int || from instanceof DataType.Enum ->
          some(toEnum(type));
      case DataType.Date _, DataType.Date32 _, DataType.DateTime _, DataType.DateTime64 _ ->
          toDate(from, to, zone);
      case DataType.Array(DataType element) when from instanceof DataType.Array(DataType own) ->
          of(own, element, zone).map(inner -> () -> list(inner.get(), Shape.of(element)));
      case DataType.Tuple tuple when from instanceof DataType.Tuple own -> tuple(own, tuple, zone);
      case DataType.MapOf map when from instanceof DataType.MapOf own ->
          of(own.key(), map.key(), zone)
              .flatMap(keys ->
                  of(own.value(), map.value(), zone)
                      .map(values -> () -> map(keys.get(), values.get(), map)));
      default -> Optional.empty();
    };
  }

  private static Optional<Supplier<Converter>> some(Converter converter) {
    return Optional.of(() -> converter);
  }

  private static Optional<Supplier<Converter>> fromText(DataType from, DataType to, ZoneId zone) {
    if (Types.integer(to).isEmpty()
        && !Types.isNumber(to)
        && !(to instanceof DataType.Uuid || to instanceof DataType.Bool)) {
      return Optional.empty();
    }
    TextReader reader = TextReader.of(to, zone);
    if (!(from instanceof DataType.FixedString)) {
      return some(reader::read);
    }
    return Optional.of(() -> {
      Slot cut = new Slot();
      return (in, out) -> {
        int length = in.length();
        while (length > 0 && in.bytes()[in.offset() + length - 1] == 0) {
          length--;
        }
        cut.setBytes(in.bytes(), in.offset(), length);
        reader.read(cut, out);
      };
    });
  }

  private static int lengthWithoutZeros(Slot in) {
    int length = in.length();
    while (length > 0 && in.bytes()[in.offset() + length - 1] == 0) {
      length--;
    }
    return length;
  }

  /// Filled up with zero bytes.
  private static Converter fixed(int width) {
    byte[] space = new byte[width];
    return (in, out) -> {
      if (in.length() > width) {
        out.setNull();
        return;
      }
      System.arraycopy(in.bytes(), in.offset(), space, 0, in.length());
      Arrays.fill(space, in.length(), width, (byte) 0);
      out.setBytes(space, 0, width);
    };
  }

  private static boolean isNumeric(DataType type) {
    return Types.isNumber(type)
        || type instanceof DataType.Date
        || type instanceof DataType.Date32
        || type instanceof DataType.DateTime
        || type instanceof DataType.Enum;
  }

  private static Optional<Supplier<Converter>> toInt(
      DataType from, DataType.Int type, ZoneId zone) {
    int bits = type.bits();
    boolean signed = type.signed();
    if (from instanceof DataType.Float) {
      return some(bits <= 64 ? cut(bits, signed) : cutBig(type));
    }
    if (from instanceof DataType.Decimal(int _, int scale)) {
      BigInteger divisor = BigInteger.TEN.pow(scale);
      Numbers.Big big = Numbers.big(from);
      return some((in, out) -> {
        BigInteger whole = big.read(in).divide(divisor);
        if (!Numbers.wrap(whole, bits, signed).equals(whole)) {
          out.setNull();
        } else {
          Numbers.put(whole, type, out);
        }
      });
    }
    if (from instanceof DataType.DateTime64(int precision, String _)) {
      long ticks = Numbers.power(precision);
      return bits > 64
          ? Optional.empty()
          : some((in, out) -> {
            long seconds = in.whole() / ticks;
            boolean fits =
                bits == 64
                    ? signed || seconds >= 0
                    : Numbers.wrap(seconds, bits, signed) == seconds;
            if (fits) {
              out.setWhole(seconds);
            } else {
              out.setNull();
            }
          });
    }
    if (Types.integer(from).isEmpty() || from instanceof DataType.Ipv4) {
      return Optional.empty();
    }
    if (Shape.of(from) == Shape.WHOLE && bits <= 64) {
      return some((in, out) -> out.setWhole(Numbers.wrap(in.whole(), bits, signed)));
    }
    Numbers.Big big = Numbers.big(from);
    return some((in, out) -> Numbers.put(big.read(in), type, out));
  }

  private static Converter cut(int bits, boolean signed) {
    return (in, out) -> {
      double value = in.real();
      if (Double.isNaN(value) || Double.isInfinite(value)) {
        out.setNull();
      } else {
        out.setWhole(Numbers.cut(value, bits, signed));
      }
    };
  }

  private static Converter cutBig(DataType.Int type) {
    return (in, out) -> {
      double value = in.real();
      if (Double.isNaN(value) || Double.isInfinite(value)) {
        out.setNull();
      } else {
        Numbers.put(new BigDecimal(value).toBigInteger(), type, out);
      }
    };
  }

  private static Converter toDecimal(DataType from, DataType.Decimal type) {
    int scale = type.scale();
    BigInteger limit = BigInteger.TEN.pow(type.precision());
    if (from instanceof DataType.Float) {
      double factor = BigDecimal.TEN.pow(scale).doubleValue();
      return (in, out) -> {
        double scaled = in.real() * factor;
        if (Double.isNaN(scaled) || Double.isInfinite(scaled)) {
          out.setNull();
          return;
        }
        checked(new BigDecimal(scaled).toBigInteger(), type, limit, out);
      };
    }
    int own = from instanceof DataType.Decimal(int _, int known) ? known : 0;
    Numbers.Big big = Numbers.big(from);
    BigInteger factor = BigInteger.TEN.pow(Math.abs(scale - own));
    return (in, out) -> {
      BigInteger value = big.read(in);
      checked(own <= scale ? value.multiply(factor) : value.divide(factor), type, limit, out);
    };
  }

  private static void checked(
      BigInteger unscaled, DataType.Decimal type, BigInteger limit, Slot out) {
    if (unscaled.abs().compareTo(limit) >= 0) {
      out.setNull();
    } else {
      Numbers.putDecimal(unscaled, type, out);
    }
  }

  private static Converter toEnum(DataType.Enum type) {
    Set<Long> known = new HashSet<>();
    type.entries().forEach(entry -> known.add((long) entry.value()));
    return (in, out) -> {
      if (known.contains(in.whole())) {
        out.setWhole(in.whole());
      } else {
        out.setNull();
      }
    };
  }

  private static Optional<Supplier<Converter>> toDate(DataType from, DataType to, ZoneId zone) {
    if (Types.isDateLike(from)) {
      return some(betweenDates(from, to, zone));
    }
    if (!Types.isNumber(from) || Shape.of(from) == Shape.BIG || Types.isDecimal(from)) {
      return Optional.empty();
    }
    boolean real = Types.isFloat(from);
    long ticks = Numbers.power(Times.precision(to));
    boolean high = Numbers.isUnsigned64(from);
    return switch (to) {
      case DataType.DateTime64 _ ->
          some((in, out) ->
              out.setWhole(
                  real
                      ? (long) (in.real() * ticks)
                      : Times.known(in.whole(), high, ticks) * ticks));
      case DataType.DateTime _ ->
          some((in, out) ->
              out.setWhole(Math.clamp(real ? (long) in.real() : in.whole(), 0, 0xFFFFFFFFL)));
      case DataType.Date _ when Numbers.isUnsigned64(from) -> Optional.empty();
      case DataType.Date _ -> {
        Times.Clock clock = new Times.Clock(zone);
        yield some((in, out) -> {
          long value = real ? (long) in.real() : in.whole();
          boolean days = value >= 0 && value <= 65_535;
          long seconds = Math.clamp(value, 0, 0xFFFFFFFFL);
          out.setWhole(days ? value : Math.floorDiv(clock.local(seconds), Times.DAY_SECONDS));
        });
      }
      default -> Optional.empty();
    };
  }

  private static Converter betweenDates(DataType from, DataType to, ZoneId zone) {
    long fromTicks = Numbers.power(Times.precision(from));
    long toTicks = Numbers.power(Times.precision(to));
    boolean days = Types.isDay(from);
    Times.Clock fromClock = new Times.Clock(Times.zone(from, zone));
    Times.Clock toClock = new Times.Clock(Times.zone(to, zone));
    return switch (to) {
      case DataType.Date _ ->
          (in, out) -> {
            long day = day(in.whole(), days, fromTicks, fromClock);
            out.setWhole(Numbers.wrap(day, 16, false));
          };
      case DataType.Date32 _ ->
          (in, out) ->
              out.setWhole(
                  Math.clamp(day(in.whole(), days, fromTicks, fromClock), -25_567, 120_529));
      default -> {
        boolean narrow = to instanceof DataType.DateTime;
        yield (in, out) -> {
          long value = in.whole();
          long ticks =
              days
                  ? toClock.absolute(value * Times.DAY_SECONDS) * toTicks
                  : toTicks >= fromTicks
                      ? value * (toTicks / fromTicks)
                      : Math.floorDiv(value, fromTicks / toTicks);
          out.setWhole(narrow ? Numbers.wrap(ticks, 32, false) : ticks);
        };
      }
    };
  }

  private static long day(long value, boolean days, long ticks, Times.Clock clock) {
    return days
        ? value
        : Math.floorDiv(clock.local(Math.floorDiv(value, ticks)), Times.DAY_SECONDS);
  }

  private static Converter list(Converter element, Shape shape) {
    Slot in = new Slot();
    Slot out = new Slot();
    return (value, into) ->
        into.setObject(list((ListValue) value.object(), element, shape, in, out));
  }

  private static ListValue list(ListValue list, Converter element, Shape shape, Slot in, Slot out) {
    ListValue.Builder built = ListValue.builder(shape, list.size());
    for (int i = 0; i < list.size(); i++) {
      list.get(i, in);
      element.convert(in, out);
      built.add(out);
    }
    return built.build();
  }

  private static Converter map(Converter keys, Converter values, DataType.MapOf type) {
    Slot in = new Slot();
    Slot out = new Slot();
    return (value, into) -> {
      MapValue map = (MapValue) value.object();
      into.setObject(
          new MapValue(
              list(map.keys(), keys, Shape.of(type.key()), in, out),
              list(map.values(), values, Shape.of(type.value()), in, out)));
    };
  }

  private static Optional<Supplier<Converter>> tuple(
      DataType.Tuple from, DataType.Tuple to, ZoneId zone) {
    if (from.elements().size() != to.elements().size()) {
      return Optional.empty();
    }
    List<Supplier<Converter>> inner = new ArrayList<>();
    for (int i = 0; i < to.elements().size(); i++) {
      Optional<Supplier<Converter>> element =
          of(from.elements().get(i).type(), to.elements().get(i).type(), zone);
      if (element.isEmpty()) {
        return Optional.empty();
      }
      inner.add(element.get());
    }
    List<Shape> shapes = to.elements().stream().map(element -> Shape.of(element.type())).toList();
    return Optional.of(() -> {
      List<Converter> converters = inner.stream().map(Supplier::get).toList();
      Slot in = new Slot();
      Slot out = new Slot();
      return (value, into) -> {
        List<ListValue> elements = new ArrayList<>();
        for (int i = 0; i < converters.size(); i++) {
          ((TupleValue) value.object()).get(i, in);
          converters.get(i).convert(in, out);
          elements.add(ListValue.builder(shapes.get(i), 1).add(out).build());
        }
        into.setObject(new TupleValue(elements));
      };
    });
  }
}
