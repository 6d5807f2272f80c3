// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// Values of a type, or NULL.
final class NullableReader extends ValueReader {
  private final ValueReader inner;
  private final Bytes nulls = new Bytes(STREAM_BYTES);

  NullableReader(ValueReader inner) {
    this.inner = inner;
  }

  @Override
  boolean json(JsonCursor cursor) {
    if (cursor.acceptNull()) {
      empty();
      return true;
    }
    nulls.putByte(0);
    return inner.json(cursor);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    nulls.putByte(0);
    return inner.text(text, from, to);
  }

  @Override
  void empty() {
    nulls.putByte(1);
    inner.empty();
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(nulls);
    inner.streams(all);
  }
}
