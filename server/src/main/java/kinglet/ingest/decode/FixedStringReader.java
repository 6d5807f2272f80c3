// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// Strings of a given number of bytes: shorter ones end in zero bytes, longer ones are refused.
final class FixedStringReader extends ValueReader {
  private final int width;
  private final Bytes out = new Bytes(STREAM_BYTES);

  FixedStringReader(int width) {
    this.width = width;
  }

  @Override
  boolean json(JsonCursor cursor) {
    return cursor.atQuote() && cursor.string() && text(cursor.scalar, cursor.from, cursor.to);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    int length = to - from;
    if (length > width) {
      return false;
    }
    out.put(text, from, length);
    out.putZeros(width - length);
    return true;
  }

  @Override
  void empty() {
    out.putZeros(width);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
