// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigInteger;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// `+ - * / %` and what belongs to them, with the result types of ClickHouse.
final class ArithmeticFunctions {
  private ArithmeticFunctions() {}

  private enum Kind {
    PLUS,
    MINUS,
    MULTIPLY;

    DataType.Int result(DataType.Int a, DataType.Int b) {
      int bits = Math.max(a.bits(), b.bits());
      return new DataType.Int(
          bits < 64 ? bits * 2 : bits, this == MINUS || a.signed() || b.signed());
    }

    LongBinaryOperator whole() {
      return switch (this) {
        case PLUS -> Long::sum;
        case MINUS -> (x, y) -> x - y;
        case MULTIPLY -> (x, y) -> x * y;
      };
    }

    DoubleBinaryOperator real() {
      return switch (this) {
        case PLUS -> Double::sum;
        case MINUS -> (x, y) -> x - y;
        case MULTIPLY -> (x, y) -> x * y;
      };
    }

    BigInteger big(BigInteger x, BigInteger y) {
      return switch (this) {
        case PLUS -> x.add(y);
        case MINUS -> x.subtract(y);
        case MULTIPLY -> x.multiply(y);
      };
    }
  }

  static FunctionGroup group() {
    return new FunctionGroup("Arithmetic")
        .add(
            "plus",
            "a + b",
            "The sum; of integers the next wider type, which wraps beyond 64 bits. A date and an"
                + " interval or a number of days or seconds give a date. NULL if a decimal"
                + " overflows.",
            "1 + 2.5",
            arguments -> additive(arguments, Kind.PLUS))
        .add(
            "minus",
            "a - b",
            "The difference, signed. Two dates give days, two times seconds. NULL if a decimal"
                + " overflows.",
            "toUInt8(1) - toUInt8(3)",
            arguments -> additive(arguments, Kind.MINUS))
        .add(
            "multiply",
            "a * b",
            "The product. NULL if a decimal overflows.",
            "toInt8(100) * 3",
            arguments -> {
              arguments.count(2);
              return numbers(arguments, Kind.MULTIPLY);
            })
        .add(
            "divide",
            "a / b",
            "The quotient as `Float64`; of decimals a decimal, NULL where it can't be.",
            "7 / 2",
            ArithmeticFunctions::divide)
        .add(
            "intDiv",
            "intDiv(a, b)",
            "The quotient without its fraction. NULL for a division by 0, where ClickHouse fails.",
            "intDiv(-7, 2)",
            arguments -> intDiv(arguments, false))
        .add(
            "intDivOrZero",
            "intDivOrZero(a, b)",
            "As `intDiv`, but 0 for a division by 0.",
            "intDivOrZero(7, 0)",
            arguments -> intDiv(arguments, true))
        .add(
            "modulo ~mod",
            "a % b",
            "The rest of the division, with the sign of `a`. NULL for a division by 0, where"
                + " ClickHouse fails.",
            "-7 % 3",
            arguments -> modulo(arguments, false))
        .add(
            "moduloOrZero",
            "moduloOrZero(a, b)",
            "As `modulo`, but 0 for a division by 0.",
            "moduloOrZero(7, 0)",
            arguments -> modulo(arguments, true))
        .add(
            "negate",
            "-x",
            "The opposite number.",
            "negate(toUInt8(5))",
            ArithmeticFunctions::negate)
        .add(
            "~abs", "abs(x)", "The distance from 0.", "abs(toInt8(-128))", ArithmeticFunctions::abs)
        .add(
            "bitAnd",
            "bitAnd(a, b)",
            "The bits both integers have.",
            "bitAnd(12, 10)",
            arguments -> bits(arguments, (x, y) -> x & y))
        .add(
            "bitOr",
            "bitOr(a, b)",
            "The bits one of the integers has.",
            "bitOr(12, 10)",
            arguments -> bits(arguments, (x, y) -> x | y))
        .add(
            "bitXor",
            "bitXor(a, b)",
            "The bits exactly one of the integers has.",
            "bitXor(12, 10)",
            arguments -> bits(arguments, (x, y) -> x ^ y));
  }

  private static DataType.Int integer(Arguments arguments, int index) {
    return Types.integer(arguments.type(index))
        .orElseThrow(() -> arguments.wrongType(index, "a number"));
  }

  private static void checkNumbers(Arguments arguments) {
    arguments.count(2);
    for (int i = 0; i < 2; i++) {
      if (!Types.isNumber(arguments.type(i))) {
        throw arguments.wrongType(i, "a number");
      }
    }
    boolean exact = Types.isInt(arguments.type(0)) && Types.isInt(arguments.type(1));
    for (int i = 0; i < 2 && !exact; i++) {
      if (Types.isInt(arguments.type(i)) && Shape.of(arguments.type(i)) == Shape.BIG) {
        throw arguments.wrongType(i, "an integer of at most 64 bits, beside other numbers,");
      }
    }
  }

  private static Bound additive(Arguments arguments, Kind kind) {
    arguments.count(2);
    if (Intervals.takes(arguments, kind == Kind.MINUS)) {
      return Intervals.shift(arguments, kind == Kind.MINUS);
    }
    return numbers(arguments, kind);
  }

  private static Bound numbers(Arguments arguments, Kind kind) {
    checkNumbers(arguments);
    DataType a = arguments.type(0);
    DataType b = arguments.type(1);
    if (Types.isFloat(a) || Types.isFloat(b)) {
      return reals(a, b, kind.real());
    }
    if (Types.isDecimal(a) || Types.isDecimal(b)) {
      return decimals(a, b, kind);
    }
    DataType.Int left = integer(arguments, 0);
    DataType.Int right = integer(arguments, 1);
    DataType.Int result = kind.result(left, right);
    if (result.bits() <= 64) {
      LongBinaryOperator operator = kind.whole();
      int bits = result.bits();
      boolean signed = result.signed();
      return Bound.of(
          result,
          (in, out) ->
              out.setWhole(
                  Numbers.wrap(operator.applyAsLong(in[0].whole(), in[1].whole()), bits, signed)));
    }
    Numbers.Big x = Numbers.big(left);
    Numbers.Big y = Numbers.big(right);
    return Bound.of(
        result, (in, out) -> Numbers.put(kind.big(x.read(in[0]), y.read(in[1])), result, out));
  }

  private static Bound reals(DataType a, DataType b, DoubleBinaryOperator operator) {
    Numbers.Real x = Numbers.real(a);
    Numbers.Real y = Numbers.real(b);
    return Bound.of(
        Types.FLOAT64,
        (in, out) -> out.setReal(operator.applyAsDouble(x.read(in[0]), y.read(in[1]))));
  }

  private static int scale(DataType type) {
    return type instanceof DataType.Decimal(int _, int scale) ? scale : 0;
  }

  private static DataType.Decimal decimal(DataType a, DataType b, int scale, Arguments arguments) {
    int precision =
        Math.max(
            a instanceof DataType.Decimal x ? x.precision() : 1,
            b instanceof DataType.Decimal y ? y.precision() : 1);
    int widest = Types.widest(precision);
    if (scale > widest) {
      throw arguments.failure("The result would have more decimal places than fit");
    }
    return new DataType.Decimal(widest, scale);
  }

  private static Bound decimals(DataType a, DataType b, Kind kind) {
    int scale = kind == Kind.MULTIPLY ? scale(a) + scale(b) : Math.max(scale(a), scale(b));
    int precision =
        Types.widest(
            Math.max(
                a instanceof DataType.Decimal x ? x.precision() : 1,
                b instanceof DataType.Decimal y ? y.precision() : 1));
    DataType.Decimal result = new DataType.Decimal(precision, Math.min(scale, precision));
    int left = kind == Kind.MULTIPLY ? 0 : scale - scale(a);
    int right = kind == Kind.MULTIPLY ? 0 : scale - scale(b);
    boolean whole =
        Shape.of(a) == Shape.WHOLE
            && Shape.of(b) == Shape.WHOLE
            && precision <= 18
            && !Numbers.isUnsigned64(a)
            && !Numbers.isUnsigned64(b);
    return Bound.of(
        result,
        whole ? narrow(kind, left, right, result.width()) : wide(a, b, kind, left, right, result));
  }

  private static Operation narrow(Kind kind, int left, int right, int width) {
    long scaleX = Numbers.power(left);
    long scaleY = Numbers.power(right);
    LongBinaryOperator operator = kind.whole();
    return (in, out) -> {
      long x = in[0].whole();
      long y = in[1].whole();
      long scaledX = x * scaleX;
      long scaledY = y * scaleY;
      long result = operator.applyAsLong(scaledX, scaledY);
      boolean lost =
          overflows(x, scaleX)
              || overflows(y, scaleY)
              || switch (kind) {
                case PLUS -> ((scaledX ^ result) & (scaledY ^ result)) < 0;
                case MINUS -> ((scaledX ^ scaledY) & (scaledX ^ result)) < 0;
                case MULTIPLY -> overflows(x, y);
              };
      if (lost || !Numbers.fits(result, width)) {
        out.setNull();
      } else {
        out.setWhole(result);
      }
    };
  }

  private static boolean overflows(long x, long y) {
    return Math.multiplyHigh(x, y) != (x * y) >> 63;
  }

  private static Operation wide(
      DataType a, DataType b, Kind kind, int left, int right, DataType.Decimal result) {
    Numbers.Big x = Numbers.big(a);
    Numbers.Big y = Numbers.big(b);
    BigInteger scaleX = BigInteger.TEN.pow(left);
    BigInteger scaleY = BigInteger.TEN.pow(right);
    return (in, out) ->
        Numbers.putDecimal(
            kind.big(x.read(in[0]).multiply(scaleX), y.read(in[1]).multiply(scaleY)), result, out);
  }

  private static Bound divide(Arguments arguments) {
    checkNumbers(arguments);
    DataType a = arguments.type(0);
    DataType b = arguments.type(1);
    boolean decimals = Types.isDecimal(a) || Types.isDecimal(b);
    if (!decimals || Types.isFloat(a) || Types.isFloat(b)) {
      return reals(a, b, (x, y) -> x / y);
    }
    int scale = Types.isDecimal(a) ? scale(a) : scale(b);
    DataType.Decimal result = decimal(a, b, scale, arguments);
    BigInteger factor = BigInteger.TEN.pow(scale(b) + (Types.isDecimal(a) ? 0 : scale));
    Numbers.Big x = Numbers.big(a);
    Numbers.Big y = Numbers.big(b);
    return Bound.of(
        result,
        (in, out) -> {
          BigInteger divisor = y.read(in[1]);
          BigInteger scaled = x.read(in[0]).multiply(factor);
          if (divisor.signum() == 0 || scaled.bitLength() >= result.width() * 8) {
            out.setNull();
          } else {
            Numbers.putDecimal(scaled.divide(divisor), result, out);
          }
        });
  }

  private static Bound intDiv(Arguments arguments, boolean zero) {
    arguments.count(2);
    DataType.Int a = whole(arguments, 0);
    DataType.Int b = whole(arguments, 1);
    DataType.Int result = new DataType.Int(a.bits(), a.signed() || b.signed());
    int wide = Math.max(a.bits(), b.bits());
    if (a.bits() > 64 || b.bits() > 64) {
      Numbers.Big x = Numbers.big(a);
      Numbers.Big y = Numbers.big(b);
      return Bound.of(
          result,
          (in, out) -> {
            BigInteger divisor = Numbers.wrap(y.read(in[1]), wide, result.signed());
            if (divisor.signum() == 0) {
              nothing(zero, result, out);
            } else {
              BigInteger value = Numbers.wrap(x.read(in[0]), wide, result.signed());
              BigInteger quotient = value.divide(divisor);
              if (result.signed() && quotient.bitLength() >= result.bits()) {
                nothing(zero, result, out);
              } else {
                Numbers.put(quotient, result, out);
              }
            }
          });
    }
    boolean unsigned = !result.signed();
    int bits = result.bits();
    return Bound.of(
        result,
        (in, out) -> {
          long x = Numbers.wrap(in[0].whole(), a.bits(), !unsigned);
          long y = Numbers.wrap(in[1].whole(), wide, !unsigned);
          if (y == 0 || (!unsigned && y == -1 && x == Long.MIN_VALUE >> (64 - bits))) {
            nothing(zero, result, out);
            return;
          }
          long quotient = unsigned ? Long.divideUnsigned(x, y) : x / y;
          out.setWhole(Numbers.wrap(quotient, bits, result.signed()));
        });
  }

  private static void nothing(boolean zero, DataType type, Slot out) {
    if (!zero) {
      out.setNull();
    } else if (Shape.of(type) == Shape.BIG) {
      out.setObject(BigInteger.ZERO);
    } else {
      out.setWhole(0);
    }
  }

  private static DataType.Int whole(Arguments arguments, int index) {
    if (!Types.isInt(arguments.type(index))) {
      throw arguments.wrongType(index, "an integer");
    }
    return integer(arguments, index);
  }

  private static double whole(double value) {
    return value < 0 ? Math.ceil(value) : Math.floor(value);
  }

  private static Bound modulo(Arguments arguments, boolean zero) {
    checkNumbers(arguments);
    DataType a = arguments.type(0);
    DataType b = arguments.type(1);
    for (int i = 0; i < 2; i++) {
      if (Types.isDecimal(arguments.type(i))) {
        throw arguments.wrongType(i, "an integer or a float");
      }
    }
    if (Types.isFloat(a) || Types.isFloat(b)) {
      return reals(a, b, (x, y) -> x - y * whole(x / y));
    }
    DataType.Int left = whole(arguments, 0);
    DataType.Int right = whole(arguments, 1);
    boolean signed = left.signed();
    int bits = signed && right.bits() < 64 ? right.bits() * 2 : right.bits();
    DataType.Int result = new DataType.Int(bits, signed);
    int wide = Math.max(32, Math.max(left.bits(), right.bits()));
    // Small integers become Int32 first, and of two equally wide ones the unsigned wins, as in C++.
    boolean unsigned =
        (!left.signed() && left.bits() == wide) || (!right.signed() && right.bits() == wide);
    if (left.bits() > 64 || right.bits() > 64) {
      Numbers.Big x = Numbers.big(left);
      Numbers.Big y = Numbers.big(right);
      return Bound.of(
          result,
          (in, out) -> {
            BigInteger divisor = Numbers.wrap(y.read(in[1]), wide, !unsigned);
            if (divisor.signum() == 0) {
              nothing(zero, result, out);
            } else {
              BigInteger value = Numbers.wrap(x.read(in[0]), wide, !unsigned);
              Numbers.put(value.remainder(divisor), result, out);
            }
          });
    }
    return Bound.of(
        result,
        (in, out) -> {
          long y = in[1].whole();
          if (y == 0) {
            nothing(zero, result, out);
            return;
          }
          long x = Numbers.wrap(in[0].whole(), wide, !unsigned);
          long divisor = Numbers.wrap(y, wide, !unsigned);
          long rest =
              unsigned ? Long.remainderUnsigned(x, divisor) : divisor == -1 ? 0 : x % divisor;
          out.setWhole(Numbers.wrap(rest, bits, signed));
        });
  }

  private static Bound negate(Arguments arguments) {
    arguments.count(1);
    DataType type = arguments.type(0);
    switch (type) {
      case DataType.Float _ -> {
        return Bound.of(type, (in, out) -> out.setReal(-in[0].real()));
      }
      case DataType.Decimal known -> {
        Numbers.Big x = Numbers.big(type);
        DataType.Decimal result = new DataType.Decimal(known.precision(), known.scale());
        return Bound.of(
            result, (in, out) -> Numbers.putDecimal(x.read(in[0]).negate(), result, out));
      }
      default -> {}
    }
    DataType.Int own = whole(arguments, 0);
    int bits = own.signed() || own.bits() >= 64 ? own.bits() : own.bits() * 2;
    DataType.Int result = new DataType.Int(bits, true);
    if (bits > 64) {
      Numbers.Big x = Numbers.big(own);
      return Bound.of(result, (in, out) -> Numbers.put(x.read(in[0]).negate(), result, out));
    }
    return Bound.of(result, (in, out) -> out.setWhole(Numbers.wrap(-in[0].whole(), bits, true)));
  }

  private static Bound abs(Arguments arguments) {
    arguments.count(1);
    DataType type = arguments.type(0);
    switch (type) {
      case DataType.Float _ -> {
        return Bound.of(type, (in, out) -> out.setReal(Math.abs(in[0].real())));
      }
      case DataType.Decimal result -> {
        Numbers.Big x = Numbers.big(type);
        return Bound.of(result, (in, out) -> Numbers.putDecimal(x.read(in[0]).abs(), result, out));
      }
      default -> {}
    }
    DataType.Int own = whole(arguments, 0);
    DataType.Int result = new DataType.Int(own.bits(), false);
    if (own.bits() > 64) {
      Numbers.Big x = Numbers.big(own);
      return Bound.of(result, (in, out) -> Numbers.put(x.read(in[0]).abs(), result, out));
    }
    return own.signed()
        ? Bound.of(
            result,
            (in, out) -> out.setWhole(Numbers.wrap(Math.abs(in[0].whole()), own.bits(), false)))
        : Bound.of(result, (in, out) -> out.setWhole(in[0].whole()));
  }

  private static Bound bits(Arguments arguments, LongBinaryOperator operator) {
    arguments.count(2);
    DataType.Int a = whole(arguments, 0);
    DataType.Int b = whole(arguments, 1);
    DataType.Int result = new DataType.Int(Math.max(a.bits(), b.bits()), a.signed() || b.signed());
    if (result.bits() > 64) {
      throw arguments.wrongType(0, "an integer of at most 64 bits");
    }
    return Bound.of(
        result,
        (in, out) ->
            out.setWhole(
                Numbers.wrap(
                    operator.applyAsLong(in[0].whole(), in[1].whole()),
                    result.bits(),
                    result.signed())));
  }
}
