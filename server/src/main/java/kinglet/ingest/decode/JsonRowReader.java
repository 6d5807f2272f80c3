// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

/// Reads one JSON object into columns. Owned by one decoder; allocates nothing.
final class JsonRowReader implements RowDecoder.Row {
  private final Columns columns;
  private final JsonCursor cursor = new JsonCursor();

  /// The row in which a column got its value last.
  private final long[] seen;

  /// The row in which a column that is not Nullable was null last.
  private final long[] empty;

  private byte[] body = new byte[0];
  private int from;
  private int to;
  private long row;
  private RowColumns target;

  JsonRowReader(Columns columns, RowColumns first) {
    this.columns = columns;
    this.seen = new long[columns.schema.size()];
    this.empty = new long[columns.schema.size()];
    this.target = first;
  }

  /// Says where the row stands.
  void open(byte[] text, int start, int end) {
    body = text;
    from = start;
    to = end;
  }

  /// Reads the row; false if it is not one object whose values fit.
  @Override
  public boolean read(RowColumns into) {
    row++;
    target = into;
    cursor.open(body, from, to);
    cursor.skipSpace();
    int start = cursor.position;
    if (cursor.peek() != '{' || !leaves(columns.root, start)) {
      return false;
    }
    cursor.position = start;
    if (!object(columns.root)) {
      return false;
    }
    cursor.skipSpace();
    return cursor.position == to;
  }

  @Override
  public boolean has(int column) {
    return seen[column] == row;
  }

  private boolean object(PathNode node) {
    cursor.position++;
    if (cursor.accept('}')) {
      return true;
    }
    int expected = 0;
    do {
      cursor.skipSpace();
      if (cursor.peek() != '"') {
        return false;
      }
      int child = expected;
      if (node.isNext(expected, cursor.bytes, cursor.position + 1, cursor.end)) {
        cursor.position += node.children[expected].key.length + 2;
      } else if (cursor.string()) {
        child = node.find(cursor.scalar, cursor.from, cursor.to);
      } else {
        return false;
      }
      if (!cursor.accept(':')) {
        return false;
      }
      cursor.skipSpace();
      if (child < 0) {
        if (!cursor.skipValue()) {
          return false;
        }
      } else {
        if (!value(node.children[child])) {
          return false;
        }
        expected = child + 1;
      }
    } while (cursor.accept(','));
    return cursor.accept('}');
  }

  private boolean value(PathNode node) {
    int start = cursor.position;
    if (!leaves(node, start)) {
      return false;
    }
    if (node.children.length == 0) {
      return true;
    }
    cursor.position = start;
    if (cursor.peek() == '{') {
      return object(node);
    }
    return cursor.acceptNull() || cursor.skipValue();
  }

  private boolean leaves(PathNode node, int start) {
    for (int column : node.columns) {
      cursor.position = start;
      if (seen[column] == row || empty[column] == row) {
        return false;
      }
      if (!columns.nullable[column] && cursor.acceptNull()) {
        empty[column] = row;
        continue;
      }
      if (target.omitted.get(column)) {
        // A value where the row was thought to have none: the caller looks again.
        seen[column] = row;
        if (!cursor.skipValue()) {
          return false;
        }
        continue;
      }
      seen[column] = row;
      if (!target.readers[column].json(cursor)) {
        return false;
      }
    }
    return true;
  }
}
