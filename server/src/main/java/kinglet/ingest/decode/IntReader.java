// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// Whole numbers of up to 64 bits. A number that does not fit is refused.
final class IntReader extends ValueReader {
  private static final int SAFE_DIGITS = 18;

  private final int bits;
  private final boolean signed;
  private final long min;
  private final long max;
  private final Bytes out = new Bytes(STREAM_BYTES);
  private long value;

  IntReader(int bits, boolean signed) {
    this.bits = bits;
    this.signed = signed;
    this.min = signed ? -1L << (bits - 1) : 0;
    this.max = signed ? ~min : bits == 64 ? -1L : (1L << bits) - 1;
  }

  @Override
  boolean json(JsonCursor cursor) {
    boolean read = cursor.atQuote() ? cursor.string() : cursor.bare();
    return read && text(cursor.scalar, cursor.from, cursor.to);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    if (parse(text, from, to)) {
      put(value);
      return true;
    }
    if (Digits.equal(text, from, to, "true")) {
      put(1);
      return true;
    }
    if (Digits.equal(text, from, to, "false")) {
      put(0);
      return true;
    }
    return false;
  }

  @Override
  void empty() {
    put(0);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }

  private void put(long number) {
    switch (bits) {
      case 8 -> out.putByte((int) number);
      case 16 -> out.putShort((int) number);
      case 32 -> out.putInt((int) number);
      default -> out.putLong(number);
    }
  }

  private boolean parse(byte[] text, int from, int to) {
    if (from == to) {
      return false;
    }
    int p = from;
    boolean negative = text[p] == '-';
    if (negative || text[p] == '+') {
      p++;
    }
    if (p == to || negative && !signed) {
      return false;
    }
    long number = 0;
    int safe = Math.min(to, p + SAFE_DIGITS);
    for (; p < safe; p++) {
      int digit = text[p] - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      number = number * 10 + digit;
    }
    if (p < to) {
      return parseLong(text, p, to, number, negative);
    }
    value = negative ? -number : number;
    return bits == 64 || value >= min && value <= max;
  }

  /// The digits after the first eighteen, with care.
  private boolean parseLong(byte[] text, int from, int to, long start, boolean negative) {
    long number = start;
    for (int p = from; p < to; p++) {
      int digit = text[p] - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      if (Long.compareUnsigned(number, Long.divideUnsigned(-1L, 10)) > 0) {
        return false;
      }
      long next = number * 10 + digit;
      if (Long.compareUnsigned(next, number) < 0) {
        return false;
      }
      number = next;
    }
    if (!signed) {
      value = number;
      return bits == 64 || Long.compareUnsigned(number, max) <= 0;
    }
    value = negative ? -number : number;
    boolean fits = number >= 0 || negative && number == Long.MIN_VALUE;
    return fits && value >= min && value <= max;
  }
}
