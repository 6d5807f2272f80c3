// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.util.List;
import kinglet.type.Bytes;

/// Values of a type that only ClickHouse reads: their text.
final class OtherReader extends ValueReader {
  private final StringReader string = new StringReader();

  @Override
  boolean json(JsonCursor cursor) {
    return string.json(cursor);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    return string.text(text, from, to);
  }

  @Override
  void empty() {
    string.empty();
  }

  @Override
  void streams(List<Bytes> all) {
    string.streams(all);
  }
}
