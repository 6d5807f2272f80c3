// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigInteger;
import java.time.ZoneId;
import java.util.Optional;
import java.util.function.Supplier;
import kinglet.error.Nearest;
import kinglet.error.PlatformException;
import kinglet.expression.Function.NullRule;
import kinglet.expression.Function.Plain;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// CAST and the families of `to...`.
final class ConversionFunctions {
  private static final String FAILS =
      " NULL for a text that is none and a number that does not fit, where ClickHouse fails.";

  /// 1900-01-01.
  private static final long DATE32_LEAST = -25_567;

  private ConversionFunctions() {}

  /// What a function gives: a type, perhaps after further arguments.
  @FunctionalInterface
  private interface Target {
    DataType of(Arguments arguments);
  }

  static FunctionGroup group() {
    FunctionGroup group = new FunctionGroup("Conversion");
    group.special(
        "~CAST",
        "CAST(x AS T), x::T",
        "The value as one of the type `T`." + FAILS,
        "CAST('12' AS Nullable(Int32))",
        ConversionFunctions::cast);
    for (int bits = 8; bits <= 256; bits *= 2) {
      DataType signed = new DataType.Int(bits, true);
      DataType unsigned = new DataType.Int(bits, false);
      family(
          group,
          signed.sql(),
          "x",
          "A whole number; wraps beyond the type's range.",
          "'12'",
          "",
          _ -> signed);
      family(
          group,
          unsigned.sql(),
          "x",
          "A whole number; wraps beyond the type's range.",
          "'12'",
          "",
          _ -> unsigned);
    }
    family(
        group,
        "Float32",
        "x",
        "A number with 24 bits of precision.",
        "'1.5'",
        "",
        _ -> new DataType.Float(32));
    family(
        group,
        "Float64",
        "x",
        "A number with 53 bits of precision.",
        "'1.5'",
        "",
        _ -> Types.FLOAT64);
    for (int digits : new int[] {9, 18, 38, 76}) {
      String name = "Decimal" + (digits == 9 ? 32 : digits == 18 ? 64 : digits == 38 ? 128 : 256);
      family(
          group,
          name,
          "x, scale",
          "A decimal with that many places; further ones are cut off.",
          "'1.239'",
          ", 2",
          arguments -> decimal(arguments, digits));
    }
    family(
        group,
        "Date",
        "x",
        "A day; of a number up to 65535 the day since 1970-01-01, of a greater one the day of that second.",
        "'2026-01-31'",
        "",
        _ -> new DataType.Date());
    family(
        group,
        "Date32",
        "x",
        "A day, from 1900 to 2299.",
        "'1910-01-31'",
        "",
        _ -> new DataType.Date32());
    family(
        group,
        "DateTime",
        "x[, zone]",
        "A second; a text is read in the zone.",
        "'2026-01-31 10:00:00'",
        "",
        arguments -> new DataType.DateTime(zone(arguments, 1)));
    family(
        group,
        "DateTime64",
        "x, precision[, zone]",
        "A time with that many digits below the second.",
        "'2026-01-31 10:00:00.123'",
        ", 3",
        ConversionFunctions::dateTime64);
    family(
        group,
        "UUID",
        "x",
        "A UUID.",
        "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'",
        "",
        _ -> new DataType.Uuid());
    group.add(
        "toBool",
        "toBool(x)",
        "False for 0 and texts such as `false`, true for other numbers and `true`." + FAILS,
        "toBool('true')",
        arguments -> {
          arguments.count(1);
          return convert(arguments, new DataType.Bool());
        });
    group.add(
        "toIPv4",
        "toIPv4(x)",
        "The address a text says." + FAILS,
        "toIPv4('10.0.0.1')",
        arguments -> {
          arguments.count(1);
          return convert(arguments, new DataType.Ipv4());
        });
    group.add(
        "toString",
        "toString(x[, zone])",
        "The value as text.",
        "toString([1.5, 2])",
        arguments -> {
          arguments.count(1, Types.isTime(arguments.type(0)) ? 2 : 1);
          DataType type =
              arguments.size() == 2
                  ? zoned(arguments.type(0), arguments.text(1))
                  : arguments.type(0);
          return converted(arguments, type, Types.STRING);
        });
    group.add(
        "toFixedString",
        "toFixedString(text, length)",
        "The text filled up with zero bytes; NULL if it is longer, where ClickHouse fails.",
        "toFixedString('ab', 3)",
        arguments -> {
          arguments.count(2);
          long width = arguments.whole(1);
          if (width < 1 || width > 1 << 16) {
            throw arguments.failure(1, "The length is 1 to 65536");
          }
          return convert(arguments, new DataType.FixedString((int) width));
        });
    return group;
  }

  private static DataType zoned(DataType type, String zone) {
    return switch (type) {
      case DataType.DateTime _ -> new DataType.DateTime(zone);
      case DataType.DateTime64(int precision, String _) -> new DataType.DateTime64(precision, zone);
      default -> type;
    };
  }

  private static @Nullable String zone(Arguments arguments, int index) {
    if (arguments.size() <= index) {
      return switch (arguments.type(0)) {
        case DataType.DateTime(String zone) -> zone;
        case DataType.DateTime64(int _, String zone) -> zone;
        default -> null;
      };
    }
    return zoneName(arguments, index);
  }

  /// A time zone that is an argument.
  static String zoneName(Arguments arguments, int index) {
    String zone = arguments.text(index);
    if (!ZoneId.getAvailableZoneIds().contains(zone)) {
      throw arguments.failure(
          index,
          "There is no time zone '"
              + zone
              + "'"
              + Nearest.hint(zone, ZoneId.getAvailableZoneIds().stream()));
    }
    return zone;
  }

  private static DataType decimal(Arguments arguments, int digits) {
    long scale = arguments.whole(1);
    if (scale < 0 || scale > digits) {
      throw arguments.failure(1, "The scale is 0 to " + digits);
    }
    return new DataType.Decimal(digits, (int) scale);
  }

  private static DataType dateTime64(Arguments arguments) {
    long precision = arguments.whole(1);
    if (precision < 0 || precision > 9) {
      throw arguments.failure(1, "The precision is 0 to 9");
    }
    return new DataType.DateTime64((int) precision, zone(arguments, 2));
  }

  private static void family(
      FunctionGroup group,
      String type,
      String parameters,
      String description,
      String example,
      String more,
      Target target) {
    String name = "to" + type;
    group.add(
        name,
        name + "(" + parameters + ")",
        description + FAILS,
        name + "(" + example + more + ")",
        arguments -> {
          count(arguments, parameters);
          return convert(arguments, target.of(arguments));
        });
    group.add(
        name + "OrNull",
        name + "OrNull(" + parameters + ")",
        "As `" + name + "` of a text, with a `Nullable` type.",
        name + "OrNull('?'" + more + ")",
        arguments -> {
          count(arguments, parameters);
          textual(arguments);
          Bound bound = convert(arguments, target.of(arguments));
          return new Bound(Types.nullable(bound.type()), bound.operations());
        });
    group.add(
        name + "OrZero",
        name + "OrZero(" + parameters + ")",
        "As `" + name + "` of a text, but 0, the first day or an empty value for one that is none.",
        name + "OrZero('?'" + more + ")",
        arguments -> {
          count(arguments, parameters);
          textual(arguments);
          Bound bound = convert(arguments, target.of(arguments));
          Slot zero = zero(bound.type());
          if (bound.type() instanceof DataType.Date32) {
            zero.setWhole(DATE32_LEAST);
          }
          return otherwise(bound, (in, out) -> out.set(zero));
        });
    if (more.isEmpty() && !parameters.contains("zone")) {
      group.add(
          name + "OrDefault",
          name + "OrDefault(" + parameters + ", default)",
          "As `" + name + "`, but the default, of that type, for NULL and a text that is none.",
          NullRule.NEVER,
          name + "OrDefault('?', " + name + "(" + example + "))",
          (Plain)
              arguments -> {
                arguments.count(2);
                textual(arguments);
                if (arguments.get(0).type() instanceof DataType.LowCardinality) {
                  throw arguments.wrongType(0, "a String");
                }
                DataType result = target.of(arguments);
                if (!arguments.get(1).type().equals(result)) {
                  throw arguments.wrongType(1, "a " + result.sql());
                }
                return otherwise(convert(arguments, result), (in, out) -> out.set(in[1]));
              });
    }
  }

  /// As many as the signature names; those in brackets may be missing.
  private static void count(Arguments arguments, String parameters) {
    int all = parameters.split(",", -1).length;
    arguments.count(parameters.contains("[") ? all - 1 : all, all);
  }

  private static void textual(Arguments arguments) {
    if (!(arguments.type(0) instanceof DataType.StringType)) {
      throw arguments.wrongType(0, "a String");
    }
  }

  private static Bound otherwise(Bound bound, Operation instead) {
    return new Bound(
        bound.type(),
        () -> {
          Operation operation = bound.operations().get();
          return (in, out) -> {
            operation.apply(in, out);
            if (out.isNull()) {
              instead.apply(in, out);
            }
          };
        });
  }

  static Slot zero(DataType type) {
    Slot zero = new Slot();
    switch (Shape.of(type)) {
      case FLOAT -> zero.setReal(0);
      case BIG -> zero.setObject(BigInteger.ZERO);
      case BYTES -> zero.setBytes(new byte[type.width()]);
      default -> zero.setWhole(0);
    }
    return zero;
  }

  private static Bound convert(Arguments arguments, DataType type) {
    return converted(arguments, arguments.type(0), type);
  }

  private static Bound converted(Arguments arguments, DataType from, DataType to) {
    Supplier<Converter> converter =
        Converter.of(from, to, arguments.scope().zone())
            .orElseThrow(() ->
                arguments.failure(0, "A " + from.sql() + " can't be converted to " + to.sql()));
    return new Bound(
        to,
        () -> {
          Converter own = converter.get();
          return (in, out) -> own.convert(in[0], out);
        });
  }

  private static Compiled cast(Arguments arguments) {
    arguments.count(2);
    DataType type;
    try {
      type = Types.read(DataType.parse(arguments.text(1)));
    } catch (PlatformException failure) {
      throw arguments.failure(1, failure.text());
    }
    Compiled value = arguments.get(0);
    if (Types.isNothing(value.type())) {
      return Constants.NULL.as(type);
    }
    Optional<Supplier<Converter>> converter =
        Converter.of(value.type(), type, arguments.scope().zone());
    if (converter.isEmpty()) {
      throw arguments.failure("A " + value.type().sql() + " can't be converted to " + type.sql());
    }
    return ConditionalFunctions.converted(arguments, value, type);
  }
}
