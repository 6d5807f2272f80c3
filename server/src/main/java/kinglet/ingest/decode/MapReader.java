// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// JSON objects as maps, in the order and with the repetitions they are written in.
final class MapReader extends ValueReader {
  private final ValueReader key;
  private final ValueReader value;
  private final Bytes sizes = new Bytes(STREAM_BYTES);
  private final JsonCursor textCursor = new JsonCursor();

  MapReader(ValueReader key, ValueReader value) {
    this.key = key;
    this.value = value;
  }

  @Override
  boolean json(JsonCursor cursor) {
    if (cursor.peek() != '{') {
      return false;
    }
    cursor.position++;
    int count = 0;
    if (!cursor.accept('}')) {
      do {
        cursor.skipSpace();
        if (count > 0 && cursor.peek() == '}') {
          break;
        }
        if (!key.json(cursor) || !cursor.accept(':')) {
          return false;
        }
        cursor.skipSpace();
        if (!value.json(cursor)) {
          return false;
        }
        count++;
      } while (cursor.accept(','));
      if (!cursor.accept('}')) {
        return false;
      }
    }
    sizes.putVarint(count);
    return true;
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    return ArrayReader.relaxed(this, textCursor, text, from, to);
  }

  @Override
  void empty() {
    sizes.putVarint(0);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(sizes);
    key.streams(all);
    value.streams(all);
  }
}
