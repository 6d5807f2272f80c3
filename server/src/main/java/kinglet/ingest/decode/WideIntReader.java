// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// Whole numbers of 128 and 256 bits. A number that does not fit is refused.
final class WideIntReader extends ValueReader {
  private final int bits;
  private final boolean signed;
  private final Bytes out = new Bytes(STREAM_BYTES);
  private final WideNumber number = new WideNumber();

  WideIntReader(int bits, boolean signed) {
    this.bits = bits;
    this.signed = signed;
  }

  @Override
  boolean json(JsonCursor cursor) {
    boolean read = cursor.atQuote() ? cursor.string() : cursor.bare();
    return read && text(cursor.scalar, cursor.from, cursor.to);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    boolean yes = Digits.equal(text, from, to, "true");
    if (yes || Digits.equal(text, from, to, "false")) {
      out.putLong(yes ? 1 : 0);
      out.putZeros(bits / 8 - Long.BYTES);
      return true;
    }
    int p = from;
    boolean negative = p < to && text[p] == '-';
    if (p < to && (negative || text[p] == '+')) {
      p++;
    }
    if (p == to || negative && !signed) {
      return false;
    }
    number.clear();
    for (; p < to; p++) {
      if (!Digits.isDigit(text[p]) || !number.append(text[p] - '0')) {
        return false;
      }
    }
    if (!number.fits(bits, signed, negative)) {
      return false;
    }
    number.write(out, bits, negative);
    return true;
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
