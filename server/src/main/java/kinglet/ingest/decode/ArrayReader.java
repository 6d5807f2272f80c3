// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// JSON arrays; as text, arrays in ClickHouse's own form.
final class ArrayReader extends ValueReader {
  private final ValueReader element;
  private final Bytes sizes = new Bytes(STREAM_BYTES);
  private final JsonCursor textCursor = new JsonCursor();

  ArrayReader(ValueReader element) {
    this.element = element;
  }

  @Override
  boolean json(JsonCursor cursor) {
    if (cursor.peek() != '[') {
      return false;
    }
    cursor.position++;
    int count = 0;
    if (!cursor.accept(']')) {
      do {
        cursor.skipSpace();
        if (count > 0 && cursor.peek() == ']') {
          break;
        }
        if (!element.json(cursor)) {
          return false;
        }
        count++;
      } while (cursor.accept(','));
      if (!cursor.accept(']')) {
        return false;
      }
    }
    sizes.putVarint(count);
    return true;
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    return relaxed(this, textCursor, text, from, to);
  }

  /// Reads a whole text with single quotes allowed.
  static boolean relaxed(ValueReader reader, JsonCursor cursor, byte[] text, int from, int to) {
    cursor.open(text, from, to);
    cursor.relaxed = true;
    cursor.skipSpace();
    if (!reader.json(cursor)) {
      return false;
    }
    cursor.skipSpace();
    return cursor.position == to;
  }

  @Override
  void empty() {
    sizes.putVarint(0);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(sizes);
    element.streams(all);
  }
}
