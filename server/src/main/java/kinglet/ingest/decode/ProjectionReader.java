// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import kinglet.type.Bytes;

/// One value out of each object of an array, as an array: `$.items[:].price`.
final class ProjectionReader extends ValueReader {
  private final byte[][] keys;
  private final ValueReader element;
  private final boolean nullable;
  private final Bytes sizes = new Bytes(STREAM_BYTES);

  ProjectionReader(List<String> keys, ValueReader element, boolean nullable) {
    this.keys =
        keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    this.element = element;
    this.nullable = nullable;
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
        if (!inside(cursor, 0)) {
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

  /// Reads the value at the rest of the keys out of the object under the cursor.
  private boolean inside(JsonCursor cursor, int depth) {
    if (depth == keys.length) {
      return element.json(cursor);
    }
    if (cursor.peek() != '{') {
      return false;
    }
    cursor.position++;
    boolean found = false;
    if (!cursor.accept('}')) {
      do {
        cursor.skipSpace();
        if (!cursor.atQuote() || !cursor.string()) {
          return false;
        }
        byte[] key = keys[depth];
        boolean wanted = Arrays.equals(key, 0, key.length, cursor.scalar, cursor.from, cursor.to);
        if (!cursor.accept(':')) {
          return false;
        }
        cursor.skipSpace();
        if (wanted && found || !(wanted ? inside(cursor, depth + 1) : cursor.skipValue())) {
          return false;
        }
        found |= wanted;
      } while (cursor.accept(','));
      if (!cursor.accept('}')) {
        return false;
      }
    }
    if (!found && nullable) {
      element.empty();
    }
    return found || nullable;
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    return ArrayReader.relaxed(this, new JsonCursor(), text, from, to);
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
