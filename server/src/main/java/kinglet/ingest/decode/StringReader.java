// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// Strings; numbers, booleans, arrays and objects are kept as they are written.
final class StringReader extends ValueReader {
  private final Bytes out = new Bytes(STREAM_BYTES);

  @Override
  boolean json(JsonCursor cursor) {
    if (cursor.atQuote()) {
      if (!cursor.string()) {
        return false;
      }
      out.putString(cursor.scalar, cursor.from, cursor.to - cursor.from);
      return true;
    }
    int start = cursor.position;
    if (cursor.relaxed || cursor.peek() == 'n' || !cursor.skipValue()) {
      return false;
    }
    out.putString(cursor.bytes, start, cursor.position - start);
    return true;
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    out.putString(text, from, to - from);
    return true;
  }

  @Override
  void empty() {
    out.putByte(0);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
