// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

/// JSON objects as maps, in the order and with the repetitions they are written in.
final class MapReader extends ListReader {
  private final ValueReader key;
  private final ValueReader value;

  MapReader(ValueReader key, ValueReader value) {
    super('{', '}', key, value);
    this.key = key;
    this.value = value;
  }

  @Override
  boolean element(JsonCursor cursor) {
    if (!key.json(cursor) || !cursor.accept(':')) {
      return false;
    }
    cursor.skipSpace();
    return value.json(cursor);
  }
}
