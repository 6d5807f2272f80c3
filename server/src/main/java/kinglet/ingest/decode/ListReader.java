// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// Elements between two brackets, with commas between them and perhaps one behind the last; as
/// text, in ClickHouse's own form.
abstract class ListReader extends ValueReader {
  private final char open;
  private final char close;
  private final List<ValueReader> parts;
  private final Bytes sizes = new Bytes(STREAM_BYTES);
  private final JsonCursor textCursor = new JsonCursor();

  /// @param parts the readers of what an element has
  ListReader(char open, char close, ValueReader... parts) {
    this.open = open;
    this.close = close;
    this.parts = List.of(parts);
  }

  /// Reads the element under the cursor.
  abstract boolean element(JsonCursor cursor);

  @Override
  final boolean json(JsonCursor cursor) {
    if (cursor.peek() != open) {
      return false;
    }
    cursor.position++;
    int count = 0;
    if (!cursor.accept(close)) {
      do {
        cursor.skipSpace();
        if (count > 0 && cursor.peek() == close) {
          break;
        }
        if (!element(cursor)) {
          return false;
        }
        count++;
      } while (cursor.accept(','));
      if (!cursor.accept(close)) {
        return false;
      }
    }
    sizes.putVarint(count);
    return true;
  }

  @Override
  final boolean text(byte[] text, int from, int to) {
    return textCursor.relaxed(this, text, from, to);
  }

  @Override
  final void empty() {
    sizes.putVarint(0);
  }

  @Override
  final void streams(List<Bytes> all) {
    all.add(sizes);
    parts.forEach(part -> part.streams(all));
  }
}
