// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.Arrays;
import kinglet.type.Bytes;

/// A whole number of up to 256 bits, built digit by digit. Not thread-safe.
final class WideNumber {
  private static final int LIMBS = 4;

  /// The magnitude, lowest 64 bits first.
  private final long[] limbs = new long[LIMBS];

  void clear() {
    Arrays.fill(limbs, 0);
  }

  boolean isZero() {
    return (limbs[0] | limbs[1] | limbs[2] | limbs[3]) == 0;
  }

  /// Appends a decimal digit; false if the magnitude would not fit 256 bits.
  boolean append(int digit) {
    long carry = digit;
    for (int i = 0; i < LIMBS; i++) {
      long low = limbs[i] * 10;
      long high = Math.unsignedMultiplyHigh(limbs[i], 10);
      long sum = low + carry;
      limbs[i] = sum;
      carry = high + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
    }
    return carry == 0;
  }

  /// Whether the number, negated if `negative`, fits a whole number of `bits`.
  boolean fits(int bits, boolean signed, boolean negative) {
    int used = bits / Long.SIZE;
    for (int i = used; i < LIMBS; i++) {
      if (limbs[i] != 0) {
        return false;
      }
    }
    if (!signed) {
      return !negative;
    }
    if (limbs[used - 1] >= 0) {
      return true;
    }
    boolean lowest = limbs[used - 1] == Long.MIN_VALUE;
    for (int i = 0; i < used - 1; i++) {
      lowest &= limbs[i] == 0;
    }
    return negative && lowest;
  }

  /// Writes the lowest `bits` in two's complement.
  void write(Bytes out, int bits, boolean negative) {
    long carry = negative ? 1 : 0;
    for (int i = 0; i < bits / Long.SIZE; i++) {
      long limb = negative ? ~limbs[i] + carry : limbs[i];
      if (carry != 0 && limb != 0) {
        carry = 0;
      }
      out.putLong(limb);
    }
  }
}
