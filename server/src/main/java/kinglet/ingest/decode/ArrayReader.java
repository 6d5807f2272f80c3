// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

/// JSON arrays.
final class ArrayReader extends ListReader {
  private final ValueReader element;

  ArrayReader(ValueReader element) {
    super('[', ']', element);
    this.element = element;
  }

  @Override
  boolean element(JsonCursor cursor) {
    return element.json(cursor);
  }
}
