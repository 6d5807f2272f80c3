// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.List;
import kinglet.type.Bytes;

/// Floating-point numbers, correctly rounded.
final class FloatReader extends ValueReader {
  private static final int EXACT_DIGITS = 15;
  private static final int EXACT_POWER = 22;
  private static final double[] POWERS = new double[EXACT_POWER + 1];

  static {
    double power = 1;
    for (int i = 0; i <= EXACT_POWER; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private final boolean wide;
  private final Bytes out = new Bytes(STREAM_BYTES);

  FloatReader(int bits) {
    this.wide = bits == 64;
  }

  @Override
  boolean json(JsonCursor cursor) {
    boolean read = cursor.atQuote() ? cursor.string() : cursor.bare();
    return read && text(cursor.scalar, cursor.from, cursor.to);
  }

  /*
   * Up to fifteen digits and a power of ten up to 10^22 are both exact doubles, so one division or
   * multiplication rounds correctly (Clinger 1990). Everything else goes to the JDK.
   */
  @Override
  boolean text(byte[] text, int from, int to) {
    int p = from;
    boolean negative = p < to && text[p] == '-';
    if (p < to && (negative || text[p] == '+')) {
      p++;
    }
    long digits = 0;
    int count = 0;
    int fraction = 0;
    boolean point = false;
    for (; p < to; p++) {
      byte b = text[p];
      if (Digits.isDigit(b)) {
        digits = digits * 10 + (b - '0');
        count++;
        fraction += point ? 1 : 0;
      } else if (b == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (p < to || count > EXACT_DIGITS || fraction > EXACT_POWER || !wide && count > 7) {
      return slow(text, from, to);
    }
    if (count == 0) {
      return false;
    }
    double value = fraction == 0 ? digits : digits / POWERS[fraction];
    put(negative ? -value : value, wide || fraction <= 10 && count <= 7);
    return true;
  }

  private void put(double value, boolean exact) {
    assert exact;
    if (wide) {
      out.putLong(Double.doubleToRawLongBits(value));
    } else {
      out.putInt(Float.floatToRawIntBits((float) value));
    }
  }

  private boolean slow(byte[] text, int from, int to) {
    int p = from < to && (text[from] == '-' || text[from] == '+') ? from + 1 : from;
    boolean negative = p > from && text[from] == '-';
    double special;
    if (Digits.equalIgnoringCase(text, p, to, "nan")) {
      special = Double.NaN;
    } else if (Digits.equalIgnoringCase(text, p, to, "inf")
        || Digits.equalIgnoringCase(text, p, to, "infinity")) {
      special = negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    } else if (Digits.equal(text, from, to, "true")) {
      special = 1;
    } else if (Digits.equal(text, from, to, "false")) {
      special = 0;
    } else if (Digits.isNumberLike(text, from, to)) {
      String number = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
      if (wide) {
        out.putLong(Double.doubleToRawLongBits(Double.parseDouble(number)));
      } else {
        out.putInt(Float.floatToRawIntBits(Float.parseFloat(number)));
      }
      return true;
    } else {
      return false;
    }
    put(special, true);
    return true;
  }

  @Override
  void empty() {
    out.putZeros(wide ? 8 : 4);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
