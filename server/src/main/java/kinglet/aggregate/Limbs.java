// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigInteger;

/// Whole numbers of `count` words in two's complement, the lowest word first, which wrap around.
record Limbs(int count) {
  void add(States states, int row, int word, long value) {
    long carry = 0;
    long sign = value >> 63;
    for (int i = 0; i < count; i++) {
      carry = plus(states, row, word + i, i == 0 ? value : sign, carry);
    }
  }

  void add(States states, int row, int word, BigInteger value) {
    long carry = 0;
    for (int i = 0; i < count; i++) {
      carry = plus(states, row, word + i, value.shiftRight(i * Long.SIZE).longValue(), carry);
    }
  }

  void merge(States into, int row, int word, States from, int fromRow) {
    long carry = 0;
    for (int i = 0; i < count; i++) {
      carry = plus(into, row, word + i, from.word(fromRow, word + i), carry);
    }
  }

  private static long plus(States states, int row, int word, long value, long carry) {
    long old = states.word(row, word);
    long sum = old + value;
    long overflow = Long.compareUnsigned(sum, old) < 0 ? 1 : 0;
    long withCarry = sum + carry;
    overflow |= Long.compareUnsigned(withCarry, sum) < 0 ? 1 : 0;
    states.setWord(row, word, withCarry);
    return overflow;
  }

  BigInteger value(States states, int row, int word, boolean signed) {
    byte[] bytes = new byte[count * Long.BYTES + 1];
    for (int i = 0; i < count; i++) {
      long limb = states.word(row, word + i);
      for (int k = 0; k < Long.BYTES; k++) {
        bytes[bytes.length - 1 - i * Long.BYTES - k] = (byte) (limb >> (k * 8));
      }
    }
    bytes[0] = signed ? (byte) (bytes[1] >> 7) : 0;
    return new BigInteger(bytes);
  }
}
