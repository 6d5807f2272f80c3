// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import kinglet.type.Bytes;

/// Objects for a column of type `JSON`, kept as text once they are known to be what ClickHouse
/// takes: strict JSON, no path twice, whole numbers of at most 64 bits.
final class JsonObjectReader extends ValueReader {
  private static final int DEPTH_MAX = 256;

  private final Bytes out = new Bytes(STREAM_BYTES);
  private final JsonCursor textCursor = new JsonCursor();
  private final IntReader signed = new IntReader(64, true);
  private final IntReader unsigned = new IntReader(64, false);

  @Override
  boolean json(JsonCursor cursor) {
    int start = cursor.position;
    if (cursor.peek() != '{' || !object(cursor, "", new HashSet<>(), 0)) {
      return false;
    }
    out.putString(cursor.bytes, start, cursor.position - start);
    return Utf8.isValid(cursor.bytes, start, cursor.position);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    textCursor.open(text, from, to);
    textCursor.skipSpace();
    if (!json(textCursor)) {
      return false;
    }
    textCursor.skipSpace();
    return textCursor.position == to;
  }

  private boolean object(JsonCursor cursor, String path, Set<String> paths, int depth) {
    cursor.position++;
    if (cursor.accept('}')) {
      return true;
    }
    Set<String> keys = new HashSet<>();
    do {
      cursor.skipSpace();
      if (cursor.peek() != '"' || !strictString(cursor)) {
        return false;
      }
      String key =
          new String(cursor.scalar, cursor.from, cursor.to - cursor.from, StandardCharsets.UTF_8);
      if (!keys.add(key) || !cursor.accept(':')) {
        return false;
      }
      if (!value(cursor, path.isEmpty() ? key : path + "." + key, paths, depth + 1)) {
        return false;
      }
    } while (cursor.accept(','));
    return cursor.accept('}');
  }

  private boolean value(JsonCursor cursor, String path, Set<String> paths, int depth) {
    if (depth > DEPTH_MAX) {
      return false;
    }
    cursor.skipSpace();
    int next = cursor.peek();
    if (next == '{') {
      return object(cursor, path, paths, depth);
    }
    if (!paths.add(path)) {
      return false;
    }
    return switch (next) {
      case '[' -> array(cursor, depth);
      case '"' -> strictString(cursor);
      default -> scalar(cursor);
    };
  }

  /// Paths inside an array belong to its element alone.
  private boolean array(JsonCursor cursor, int depth) {
    cursor.position++;
    if (cursor.accept(']')) {
      return true;
    }
    do {
      if (!value(cursor, "", new HashSet<>(), depth + 1)) {
        return false;
      }
    } while (cursor.accept(','));
    return cursor.accept(']');
  }

  private static boolean strictString(JsonCursor cursor) {
    int start = cursor.position + 1;
    if (!cursor.string()) {
      return false;
    }
    for (int i = start; i < cursor.position - 1; i++) {
      byte b = cursor.bytes[i];
      if (b >= 0 && b < ' ') {
        return false;
      }
      if (b == '\\') {
        i++;
        if ("\"\\/bfnrtu".indexOf(cursor.bytes[i]) < 0) {
          return false;
        }
      }
    }
    return Utf8.isValid(cursor.scalar, cursor.from, cursor.to);
  }

  private boolean scalar(JsonCursor cursor) {
    if (!cursor.bare()) {
      return false;
    }
    byte[] text = cursor.scalar;
    int p = cursor.from;
    int to = cursor.to;
    if (Digits.isLetter(text[p])) {
      return Digits.equal(text, p, to, "true")
          || Digits.equal(text, p, to, "false")
          || Digits.equal(text, p, to, "null");
    }
    int start = p;
    p += text[p] == '-' ? 1 : 0;
    int whole = p;
    while (p < to && Digits.isDigit(text[p])) {
      p++;
    }
    if (p == whole || text[whole] == '0' && p > whole + 1) {
      return false;
    }
    if (p == to) {
      return fits(signed, text, start, to) || fits(unsigned, text, start, to);
    }
    if (text[p] == '.' && (p + 1 == to || !Digits.isDigit(text[p + 1]))) {
      return false;
    }
    if (!Digits.isNumberLike(text, start, to)) {
      return false;
    }
    String number = new String(text, start, to - start, StandardCharsets.ISO_8859_1);
    return Double.isFinite(Double.parseDouble(number));
  }

  private static boolean fits(IntReader reader, byte[] text, int from, int to) {
    List<Bytes> streams = new java.util.ArrayList<>(1);
    reader.streams(streams);
    streams.getFirst().clear();
    return reader.text(text, from, to);
  }

  @Override
  void empty() {
    out.putString(new byte[] {'{', '}'}, 0, 2);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
