// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;

/// Tuples: objects if their elements have names, otherwise arrays.
final class TupleReader extends ValueReader {
  private final ValueReader[] elements;
  private final ByteTable names;
  private final boolean named;
  private final boolean[] seen;
  private final JsonCursor textCursor = new JsonCursor();

  TupleReader(DataType.Tuple type) {
    int count = type.elements().size();
    this.named = type.named();
    this.elements = new ValueReader[count];
    this.seen = new boolean[count];
    this.names = new ByteTable(count);
    for (int i = 0; i < count; i++) {
      DataType.TupleElement element = type.elements().get(i);
      elements[i] = ValueReader.of(element.type());
      if (element.name() != null) {
        names.put(element.name().getBytes(StandardCharsets.UTF_8), i);
      }
    }
  }

  @Override
  boolean json(JsonCursor cursor) {
    return switch (cursor.peek()) {
      case '{' -> named && object(cursor);
      case '[' -> !named && list(cursor, ']');
      case '(' -> cursor.relaxed && list(cursor, ')');
      default -> false;
    };
  }

  private boolean list(JsonCursor cursor, int close) {
    cursor.position++;
    for (int i = 0; i < elements.length; i++) {
      if (i > 0 && !cursor.accept(',')) {
        return false;
      }
      cursor.skipSpace();
      if (!elements[i].json(cursor)) {
        return false;
      }
    }
    return cursor.accept(close);
  }

  private boolean object(JsonCursor cursor) {
    Arrays.fill(seen, false);
    cursor.position++;
    if (!cursor.accept('}')) {
      do {
        cursor.skipSpace();
        if (!cursor.atQuote() || !cursor.string()) {
          return false;
        }
        int index = names.find(cursor.scalar, cursor.from, cursor.to);
        if (!cursor.accept(':')) {
          return false;
        }
        cursor.skipSpace();
        if (index < 0) {
          if (!cursor.skipValue()) {
            return false;
          }
        } else if (seen[index] || !elements[index].json(cursor)) {
          return false;
        } else {
          seen[index] = true;
        }
      } while (cursor.accept(','));
      if (!cursor.accept('}')) {
        return false;
      }
    }
    for (int i = 0; i < elements.length; i++) {
      if (!seen[i]) {
        elements[i].empty();
      }
    }
    return true;
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    return textCursor.relaxed(this, text, from, to);
  }

  @Override
  void empty() {
    for (ValueReader element : elements) {
      element.empty();
    }
  }

  @Override
  void streams(List<Bytes> all) {
    for (ValueReader element : elements) {
      element.streams(all);
    }
  }
}
