// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.math.BigDecimal;
import java.math.BigInteger;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Numbers of all types, read in one way.
final class Numbers {
  private static final double TWO_64 = 0x1p64;
  private static final long[] POWERS = new long[19];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private Numbers() {}

  @FunctionalInterface
  interface Real {
    double read(Slot slot);
  }

  @FunctionalInterface
  interface Big {
    BigInteger read(Slot slot);
  }

  /// 10^exponent, up to 10^18.
  static long power(int exponent) {
    return POWERS[exponent];
  }

  /// How a number of a type becomes a Float64.
  static Real real(DataType type) {
    return switch (type) {
      case DataType.Float _ -> Slot::real;
      case DataType.Decimal(int _, int scale) -> {
        double divisor = BigDecimal.TEN.pow(scale).doubleValue();
        yield Shape.of(type) == Shape.WHOLE
            ? slot -> slot.whole() / divisor
            : slot -> ((BigInteger) slot.object()).doubleValue() / divisor;
      }
      case DataType.Int(int bits, boolean signed) when bits == 64 && !signed ->
          slot -> unsignedReal(slot.whole());
      default ->
          Shape.of(type) == Shape.BIG
              ? slot -> ((BigInteger) slot.object()).doubleValue()
              : slot -> slot.whole();
    };
  }

  static double unsignedReal(long value) {
    if (value >= 0) {
      return value;
    }
    // Halved with the lost bit kept, so that the sum rounds as the whole would.
    return ((value >>> 1) | (value & 1)) * 2.0;
  }

  /// The whole number by which a value of a type is kept, unscaled for decimals.
  static Big big(DataType type) {
    if (Shape.of(type) == Shape.BIG) {
      return slot -> (BigInteger) slot.object();
    }
    return isUnsigned64(type)
        ? slot -> new BigInteger(Long.toUnsignedString(slot.whole()))
        : slot -> BigInteger.valueOf(slot.whole());
  }

  static boolean isUnsigned64(DataType type) {
    return type instanceof DataType.Int(int bits, boolean signed) && bits == 64 && !signed;
  }

  /// The value modulo the type's range.
  static long wrap(long value, int bits, boolean signed) {
    if (bits >= 64) {
      return value;
    }
    int unused = 64 - bits;
    return signed ? value << unused >> unused : value << unused >>> unused;
  }

  static BigInteger wrap(BigInteger value, int bits, boolean signed) {
    BigInteger low = value.mod(BigInteger.TWO.pow(bits));
    return signed && low.testBit(bits - 1) ? low.subtract(BigInteger.TWO.pow(bits)) : low;
  }

  /// Puts a whole number modulo the type's range.
  static void put(BigInteger value, DataType.Int type, Slot out) {
    if (type.bits() <= 64) {
      out.setWhole(wrap(value.longValue(), type.bits(), type.signed()));
    } else {
      out.setObject(wrap(value, type.bits(), type.signed()));
    }
  }

  /// Puts an unscaled value; NULL if the decimal's machine type can't hold it.
  static void putDecimal(BigInteger unscaled, DataType.Decimal type, Slot out) {
    if (unscaled.bitLength() >= type.width() * 8) {
      out.setNull();
    } else if (type.precision() <= 18) {
      out.setWhole(unscaled.longValue());
    } else {
      out.setObject(unscaled);
    }
  }

  static boolean fits(long unscaled, int width) {
    return width == 8 || (int) unscaled == unscaled;
  }

  /// A float as the machine of ClickHouse makes a whole number of it: cut, modulo the range; the
  /// lowest Int64 for what is beyond 64 bits.
  static long cut(double value, int bits, boolean signed) {
    if (bits == 64 && !signed && value >= 0x1p63) {
      return value >= TWO_64 ? 0 : new BigDecimal(value).toBigInteger().longValue();
    }
    long cut = value >= 0x1p63 || value < -0x1p63 ? Long.MIN_VALUE : (long) value;
    return wrap(cut, bits, signed);
  }
}
