// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import kinglet.type.DataType;
import kinglet.value.Shape;

/// Numbers words so that the best value, the least or the greatest, has the greatest unsigned rank.
///
/// Narrower unsigned values are not negative as words, and so in order as they are. Rank 0 is the
/// state of no value. A NaN is the worst value whether the least or the greatest is looked for.
/// Only the worst value of a 64-bit integer has rank 0 itself, which [#mayBeZero] says.
record Rank(boolean isFloat, boolean unsigned, boolean greatest, boolean mayBeZero) {
  private static final long NAN = 1;

  static Rank of(DataType type, boolean greatest) {
    boolean whole = Shape.of(type) == Shape.WHOLE;
    boolean wide = whole && type.width() == Long.BYTES;
    return new Rank(!whole, wide && Call.isUnsigned(type), greatest, wide);
  }

  long of(long bits) {
    long rank = bits;
    if (isFloat) {
      if (Double.isNaN(Double.longBitsToDouble(bits))) {
        return NAN;
      }
      // The order of doubles, negative ones by falling bits.
      rank = bits ^ ((bits >> 63) & Long.MAX_VALUE);
    } else if (unsigned) {
      rank = bits ^ Long.MIN_VALUE;
    }
    return (greatest ? rank : ~rank) ^ Long.MIN_VALUE;
  }

  /// The value of a rank.
  long bits(long rank) {
    if (isFloat && rank == NAN) {
      return Double.doubleToLongBits(Double.NaN);
    }
    long signed = rank ^ Long.MIN_VALUE;
    long value = greatest ? signed : ~signed;
    if (isFloat) {
      return value ^ ((value >> 63) & Long.MAX_VALUE);
    }
    return unsigned ? value ^ Long.MIN_VALUE : value;
  }
}
