// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;

/// Decimals of up to 76 digits, exact. Digits beyond the scale are cut off, as ClickHouse does; a
/// number with too many digits before the point is refused.
final class DecimalReader extends ValueReader {
  private static final int LONG_DIGITS = 18;
  private static final int EXPONENT_MAX = 100_000;

  private final int precision;
  private final int scale;
  private final int bits;
  private final Bytes out = new Bytes(STREAM_BYTES);
  private final WideNumber wide = new WideNumber();

  DecimalReader(DataType.Decimal type) {
    this.precision = type.precision();
    this.scale = type.scale();
    this.bits = type.width() * 8;
  }

  @Override
  boolean json(JsonCursor cursor) {
    boolean read = cursor.atQuote() ? cursor.string() : cursor.bare();
    return read && text(cursor.scalar, cursor.from, cursor.to);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    int start = from < to && (text[from] == '-' || text[from] == '+') ? from + 1 : from;
    int end = start;
    int point = -1;
    int digits = 0;
    for (; end < to; end++) {
      byte b = text[end];
      if (Digits.isDigit(b)) {
        digits++;
      } else if (b == '.' && point < 0) {
        point = end;
      } else {
        break;
      }
    }
    if (digits == 0) {
      return false;
    }
    int exponent = 0;
    if (end < to) {
      exponent = exponent(text, end, to);
      if (exponent == Integer.MIN_VALUE) {
        return false;
      }
    }
    return put(text, start, end, point < 0 ? end : point, exponent, text[from] == '-');
  }

  /// The number after `e`, cut to what decides nothing any more; the smallest int if there is none.
  private static int exponent(byte[] text, int from, int to) {
    if ((text[from] | 0x20) != 'e') {
      return Integer.MIN_VALUE;
    }
    int p = from + 1;
    boolean negative = p < to && text[p] == '-';
    if (p < to && (negative || text[p] == '+')) {
      p++;
    }
    if (p == to) {
      return Integer.MIN_VALUE;
    }
    int exponent = 0;
    for (; p < to; p++) {
      if (!Digits.isDigit(text[p])) {
        return Integer.MIN_VALUE;
      }
      exponent = Math.min(EXPONENT_MAX, exponent * 10 + text[p] - '0');
    }
    return negative ? -exponent : exponent;
  }

  private boolean put(byte[] text, int start, int end, int point, int exponent, boolean negative) {
    int p = start;
    while (p < end && (text[p] == '0' || text[p] == '.')) {
      p++;
    }
    if (p == end) {
      empty();
      return true;
    }
    // Digits of the result: those before the point, moved by the exponent, and the scale.
    long before = p < point ? point - p : point - p + 1;
    long wanted = before + exponent + scale;
    if (wanted > precision) {
      return false;
    }
    if (wanted <= 0) {
      empty();
    } else if (bits <= Long.SIZE && wanted <= LONG_DIGITS) {
      putLong(text, p, end, (int) wanted, negative);
    } else {
      putWide(text, p, end, (int) wanted, negative);
    }
    return true;
  }

  private void putLong(byte[] text, int from, int end, int wanted, boolean negative) {
    long value = 0;
    int left = wanted;
    for (int p = from; p < end && left > 0; p++) {
      if (text[p] != '.') {
        value = value * 10 + text[p] - '0';
        left--;
      }
    }
    for (; left > 0; left--) {
      value *= 10;
    }
    long result = negative ? -value : value;
    if (bits == Integer.SIZE) {
      out.putInt((int) result);
    } else {
      out.putLong(result);
    }
  }

  private void putWide(byte[] text, int from, int end, int wanted, boolean negative) {
    wide.clear();
    boolean fits = true;
    int left = wanted;
    for (int p = from; p < end && left > 0; p++) {
      if (text[p] != '.') {
        fits &= wide.append(text[p] - '0');
        left--;
      }
    }
    for (; left > 0; left--) {
      fits &= wide.append(0);
    }
    assert fits;
    wide.write(out, bits, negative);
  }

  @Override
  void empty() {
    out.putZeros(bits / 8);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
