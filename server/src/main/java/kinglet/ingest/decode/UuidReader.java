// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// UUIDs of 32 hexadecimal digits, with all four dashes or none.
final class UuidReader extends ValueReader {
  private final Bytes out = new Bytes(STREAM_BYTES);

  @Override
  boolean json(JsonCursor cursor) {
    return cursor.atQuote() && cursor.string() && text(cursor.scalar, cursor.from, cursor.to);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    int length = to - from;
    if (length != 32 && length != 36) {
      return false;
    }
    long high = 0;
    long low = 0;
    int digits = 0;
    for (int i = 0; i < length; i++) {
      byte b = text[from + i];
      if (length == 36 && (i == 8 || i == 13 || i == 18 || i == 23)) {
        if (b != '-') {
          return false;
        }
        continue;
      }
      int digit = Digits.hex(b);
      if (digit < 0) {
        return false;
      }
      if (digits++ < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    put(high, low);
    return true;
  }

  void put(long high, long low) {
    out.putLong(high);
    out.putLong(low);
  }

  @Override
  void empty() {
    out.putZeros(16);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
