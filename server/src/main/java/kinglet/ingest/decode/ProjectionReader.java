// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// One value out of each object of an array, as an array: `$.items[:].price`.
final class ProjectionReader extends ListReader {
  private final byte[][] keys;
  private final ValueReader element;
  private final boolean nullable;

  ProjectionReader(List<String> keys, ValueReader element, boolean nullable) {
    super('[', ']', element);
    this.keys =
        keys.stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    this.element = element;
    this.nullable = nullable;
  }

  @Override
  boolean element(JsonCursor cursor) {
    return inside(cursor, 0);
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
}
