// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigInteger;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoublePredicate;
import java.util.function.DoubleUnaryOperator;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Functions of numbers.
final class MathFunctions {
  private static final int PLACES_MAX = 18;

  private MathFunctions() {}

  private enum Rounding {
    HALF_EVEN,
    FLOOR,
    CEIL,
    TRUNC;

    double whole(double value) {
      return switch (this) {
        case HALF_EVEN -> Math.rint(value);
        case FLOOR -> Math.floor(value);
        case CEIL -> Math.ceil(value);
        case TRUNC -> value < 0 ? Math.ceil(value) : Math.floor(value);
      };
    }

    /// A multiple of the step near the value; halves go away from 0.
    long whole(long value, long step) {
      long down = value / step * step;
      long rest = value - down;
      return switch (this) {
        case TRUNC -> down;
        case FLOOR -> rest < 0 ? down - step : down;
        case CEIL -> rest > 0 ? down + step : down;
        case HALF_EVEN -> {
          long twice = Math.abs(rest) * 2;
          yield twice >= step ? down + (value < 0 ? -step : step) : down;
        }
      };
    }
  }

  static FunctionGroup group() {
    FunctionGroup group = new FunctionGroup("Math");
    rounding(
        group,
        "~round",
        "The nearest number with n decimal places (default 0; n may be"
            + " negative). Halves of floats go to the even neighbour, halves of integers and decimals"
            + " away from 0.",
        "2.5",
        Rounding.HALF_EVEN);
    rounding(
        group,
        "~floor",
        "The greatest number with n decimal places that is not above `x`.",
        "-2.5",
        Rounding.FLOOR);
    rounding(
        group,
        "~ceil ~ceiling",
        "The least number with n decimal places that is not below" + " `x`.",
        "2.1",
        Rounding.CEIL);
    rounding(
        group,
        "~trunc ~truncate",
        "The number without the places after the n-th.",
        "-2.7",
        Rounding.TRUNC);
    unary(group, "~sqrt", "The square root.", "2", Math::sqrt);
    unary(group, "cbrt", "The cubic root.", "27", Math::cbrt);
    unary(group, "~exp", "e to the power of x.", "1", Math::exp);
    unary(group, "exp2", "2 to the power of x.", "3", x -> Math.pow(2, x));
    unary(group, "exp10", "10 to the power of x.", "3", x -> Math.pow(10, x));
    unary(group, "~log ~ln", "The natural logarithm.", "10", Math::log);
    unary(group, "~log2", "The logarithm to base 2.", "8", MathFunctions::log2);
    unary(group, "~log10", "The logarithm to base 10.", "1000", Math::log10);
    unary(group, "log1p", "The natural logarithm of 1 + x.", "0.5", Math::log1p);
    unary(group, "~sin", "The sine.", "1", Math::sin);
    unary(group, "~cos", "The cosine.", "1", Math::cos);
    unary(group, "~tan", "The tangent.", "1", Math::tan);
    unary(group, "~asin", "The angle of a sine.", "0.5", Math::asin);
    unary(group, "~acos", "The angle of a cosine.", "0.5", Math::acos);
    unary(group, "~atan", "The angle of a tangent.", "0.5", Math::atan);
    unary(group, "sinh", "The hyperbolic sine.", "1", Math::sinh);
    unary(group, "cosh", "The hyperbolic cosine.", "1", Math::cosh);
    unary(group, "~tanh", "The hyperbolic tangent.", "1", Math::tanh);
    unary(group, "sigmoid", "1 / (1 + exp(-x)).", "0.5", x -> 1 / (1 + Math.exp(-x)));
    unary(group, "~radians", "Degrees as radians.", "180", x -> x * (Math.PI / 180));
    unary(group, "~degrees", "Radians as degrees.", "1", x -> x * (180 / Math.PI));
    binary(group, "~pow ~power", "`x` to the power of `y`.", "2, 10", Math::pow);
    binary(group, "~atan2", "The angle of the point (y, x).", "1, 2", Math::atan2);
    binary(group, "~hypot", "The length of the hypotenuse.", "3, 4", Math::hypot);
    group.add(
        "~sign",
        "sign(x)",
        "-1, 0 or 1.",
        "sign(-2.5)",
        arguments -> {
          arguments.count(1);
          Numbers.Real real = real(arguments, 0);
          return Bound.of(
              Types.INT8,
              (in, out) -> {
                double value = real.read(in[0]);
                out.setWhole(value < 0 ? -1 : value == 0 ? 0 : 1);
              });
        });
    test(group, "isNaN", "1 for NaN.", "nan", Double::isNaN);
    test(group, "isInfinite", "1 for infinity of either sign.", "inf", Double::isInfinite);
    test(group, "isFinite", "1 for other than NaN and infinity.", "1", Double::isFinite);
    group.add(
        "roundDown",
        "roundDown(x, bounds)",
        "The greatest of the constant bounds that is not above `x`, or the least of all.",
        "roundDown(7, [1, 5, 10])",
        MathFunctions::roundDown);
    group.add(
        "widthBucket ~width_bucket",
        "widthBucket(x, low, high, count)",
        "The number of the bucket, of `count` equally wide ones between `low` and `high`: 0 below"
            + " them, count + 1 above.",
        "widthBucket(7, 0, 10, 5)",
        MathFunctions::widthBucket);
    return group;
  }

  private static double log2(double value) {
    int exponent = Math.getExponent(value);
    return value > 0 && value == Math.scalb(1.0, exponent) && exponent <= Double.MAX_EXPONENT
        ? exponent
        : Math.log(value) / Math.log(2);
  }

  /// A number that is no decimal.
  private static Numbers.Real machine(Arguments arguments, int index) {
    if (Types.isDecimal(arguments.type(index))) {
      throw arguments.wrongType(index, "an integer or a float");
    }
    return real(arguments, index);
  }

  private static Numbers.Real real(Arguments arguments, int index) {
    DataType type = arguments.type(index);
    boolean wide = !Types.isDecimal(type) && Shape.of(type) == Shape.BIG;
    if (!Types.isNumber(type) || wide) {
      throw arguments.wrongType(index, "a number of at most 64 bits, or a decimal,");
    }
    return Numbers.real(arguments.type(index));
  }

  private static String first(String names) {
    return (names.startsWith("~") ? names.substring(1) : names).split(" ", -1)[0];
  }

  private static void unary(
      FunctionGroup group,
      String names,
      String description,
      String example,
      DoubleUnaryOperator operator) {
    String name = first(names);
    group.add(
        names,
        name + "(x)",
        description,
        "round(" + name + "(" + example + "), 9)",
        arguments -> {
          arguments.count(1);
          Numbers.Real real = real(arguments, 0);
          return Bound.of(
              Types.FLOAT64, (in, out) -> out.setReal(operator.applyAsDouble(real.read(in[0]))));
        });
  }

  private static void binary(
      FunctionGroup group,
      String names,
      String description,
      String example,
      DoubleBinaryOperator operator) {
    String name = first(names);
    group.add(
        names,
        name + "(x, y)",
        description,
        "round(" + name + "(" + example + "), 9)",
        arguments -> {
          arguments.count(2);
          Numbers.Real x = real(arguments, 0);
          Numbers.Real y = real(arguments, 1);
          return Bound.of(
              Types.FLOAT64,
              (in, out) -> out.setReal(operator.applyAsDouble(x.read(in[0]), y.read(in[1]))));
        });
  }

  private static void test(
      FunctionGroup group, String name, String description, String example, DoublePredicate test) {
    group.add(
        name,
        name + "(x)",
        description,
        name + "(" + example + ")",
        arguments -> {
          arguments.count(1);
          Numbers.Real real = machine(arguments, 0);
          return Bound.of(Types.UINT8, (in, out) -> out.setBool(test.test(real.read(in[0]))));
        });
  }

  private static void rounding(
      FunctionGroup group, String names, String description, String example, Rounding rounding) {
    String name = first(names);
    group.add(
        names,
        name + "(x[, n])",
        description,
        name + "(" + example + ")",
        arguments -> {
          arguments.count(1, 2);
          long places = arguments.size() == 1 ? 0 : arguments.whole(1);
          if (Math.abs(places) > PLACES_MAX) {
            throw arguments.failure(1, "The number of places is -18 to 18");
          }
          return round(arguments, (int) places, rounding);
        });
  }

  private static Bound round(Arguments arguments, int places, Rounding rounding) {
    DataType type = arguments.type(0);
    switch (type) {
      case DataType.Float(int bits) -> {
        return roundReal(type, bits, places, rounding);
      }
      case DataType.Decimal known -> {
        return roundDecimal(known, places, rounding);
      }
      default -> {}
    }
    if (!Types.isInt(type)) {
      throw arguments.wrongType(0, "a number");
    }
    DataType.Int whole = Types.integer(type).orElseThrow();
    if (places >= 0) {
      return Bound.of(type, (in, out) -> out.set(in[0]));
    }
    if (whole.bits() > 64 || Numbers.isUnsigned64(whole)) {
      throw arguments.wrongType(0, "an integer of at most 64 bits with a sign, to round it,");
    }
    long step = Numbers.power(-places);
    return Bound.of(
        type,
        (in, out) ->
            out.setWhole(
                Numbers.wrap(rounding.whole(in[0].whole(), step), whole.bits(), whole.signed())));
  }

  private static Bound roundReal(DataType type, int bits, int places, Rounding rounding) {
    double factor = Math.pow(10, Math.abs(places));
    float narrow = (float) factor;
    return Bound.of(
        type,
        (in, out) -> {
          double value = in[0].real();
          if (places == 0) {
            out.setReal(rounding.whole(value));
          } else if (bits == 32) {
            float single = (float) value;
            out.setReal(
                places > 0
                    ? (float) rounding.whole(single * narrow) / narrow
                    : (float) rounding.whole(single / narrow) * narrow);
          } else {
            out.setReal(
                places > 0
                    ? rounding.whole(value * factor) / factor
                    : rounding.whole(value / factor) * factor);
          }
        });
  }

  private static Bound roundDecimal(DataType.Decimal type, int places, Rounding rounding) {
    int cut = type.scale() - places;
    if (cut <= 0) {
      return Bound.of(type, (in, out) -> out.set(in[0]));
    }
    if (Shape.of(type) == Shape.WHOLE && cut <= 18) {
      long step = Numbers.power(cut);
      return Bound.of(type, (in, out) -> out.setWhole(rounding.whole(in[0].whole(), step)));
    }
    BigInteger step = BigInteger.TEN.pow(cut);
    Numbers.Big big = Numbers.big(type);
    return Bound.of(
        type,
        (in, out) -> {
          BigInteger value = big.read(in[0]);
          BigInteger[] parts = value.divideAndRemainder(step);
          BigInteger down = parts[0].multiply(step);
          int sign = parts[1].signum();
          boolean away =
              switch (rounding) {
                case TRUNC -> false;
                case FLOOR -> sign < 0;
                case CEIL -> sign > 0;
                case HALF_EVEN -> parts[1].abs().shiftLeft(1).compareTo(step) >= 0;
              };
          BigInteger rounded =
              !away ? down : value.signum() < 0 ? down.subtract(step) : down.add(step);
          Numbers.putDecimal(rounded, type, out);
        });
  }

  private static Bound roundDown(Arguments arguments) {
    arguments.count(2);
    if (!(arguments.type(1) instanceof DataType.Array(DataType element))
        || !Types.isNumber(element)
        || arguments.get(1).constant().isEmpty()) {
      throw arguments.wrongType(1, "a constant array of numbers");
    }
    DataType number = arguments.type(0);
    if (!Types.isNumber(number) || Shape.of(number) == Shape.BIG) {
      throw arguments.wrongType(0, "a number");
    }
    DataType type =
        Types.common(List.of(number, element))
            .orElseThrow(() -> arguments.noCommonType(List.of(number, element)));
    Converter toType = Converter.of(number, type, arguments.scope().zone()).orElseThrow().get();
    ListValue bounds =
        (ListValue)
            ConditionalFunctions.converted(arguments, arguments.get(1), new DataType.Array(type))
                .folded()
                .constant()
                .orElseThrow()
                .object();
    if (bounds.size() == 0) {
      throw arguments.failure(1, "There is no bound");
    }
    Orders.Order order = Orders.of(type, type, arguments.scope().zone()).orElseThrow();
    return new Bound(
        type,
        () -> {
          Slot value = new Slot();
          Slot bound = new Slot();
          return (in, out) -> {
            toType.convert(in[0], value);
            if (Types.isFloat(type) && Double.isNaN(value.real())) {
              out.set(value);
              return;
            }
            boolean found = false;
            for (int i = 0; i < bounds.size(); i++) {
              bounds.get(i, bound);
              boolean below = order.compare(bound, value) <= 0;
              boolean better =
                  i == 0
                      || (below
                          ? !found || order.compare(bound, out) > 0
                          : !found && order.compare(bound, out) < 0);
              if (better) {
                out.set(bound);
              }
              found |= below;
            }
          };
        });
  }

  private static Bound widthBucket(Arguments arguments) {
    arguments.count(4);
    Numbers.Real x = machine(arguments, 0);
    Numbers.Real low = machine(arguments, 1);
    Numbers.Real high = machine(arguments, 2);
    DataType count = arguments.type(3);
    if (!(count instanceof DataType.Int(int bits, boolean signed)) || bits > 32 || signed) {
      throw arguments.wrongType(3, "an unsigned integer of at most 32 bits");
    }
    return Bound.of(
        new DataType.Int(Math.min(64, bits * 2), false),
        (in, out) -> {
          double value = x.read(in[0]);
          double from = low.read(in[1]);
          double to = high.read(in[2]);
          long buckets = in[3].whole();
          boolean wrong =
              buckets <= 0 || Double.isNaN(value) || !Double.isFinite(from) || !Double.isFinite(to);
          if (wrong) {
            out.setNull();
          } else if (value < from || from >= to) {
            out.setWhole(0);
          } else if (value >= to) {
            out.setWhole(buckets + 1);
          } else {
            out.setWhole((long) ((value - from) * buckets / (to - from)) + 1);
          }
        });
  }
}
