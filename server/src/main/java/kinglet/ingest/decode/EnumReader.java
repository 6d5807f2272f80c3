// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import java.nio.charset.StandardCharsets;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;

/// Names of an enum, or its numbers.
final class EnumReader extends ValueReader {
  private final boolean wide;
  private final ByteTable names;
  private final int[] values;
  private final int first;
  private final Bytes out = new Bytes(STREAM_BYTES);

  EnumReader(DataType.Enum type) {
    this.wide = type.bits() == 16;
    this.values = type.entries().stream().mapToInt(DataType.EnumEntry::value).toArray();
    this.first = java.util.Arrays.stream(values).min().orElse(0);
    this.names = new ByteTable(values.length);
    for (int i = 0; i < values.length; i++) {
      names.put(type.entries().get(i).name().getBytes(StandardCharsets.UTF_8), i);
    }
  }

  @Override
  boolean json(JsonCursor cursor) {
    if (cursor.atQuote()) {
      return cursor.string() && text(cursor.scalar, cursor.from, cursor.to);
    }
    return cursor.bare() && number(cursor.scalar, cursor.from, cursor.to);
  }

  @Override
  boolean text(byte[] text, int from, int to) {
    int index = names.find(text, from, to);
    if (index < 0) {
      return number(text, from, to);
    }
    put(values[index]);
    return true;
  }

  private boolean number(byte[] text, int from, int to) {
    int p = from < to && (text[from] == '-' || text[from] == '+') ? from + 1 : from;
    if (p == to || to - p > 5) {
      return false;
    }
    int number = 0;
    for (; p < to; p++) {
      if (!Digits.isDigit(text[p])) {
        return false;
      }
      number = number * 10 + text[p] - '0';
    }
    if (text[from] == '-') {
      number = -number;
    }
    for (int value : values) {
      if (value == number) {
        put(value);
        return true;
      }
    }
    return false;
  }

  private void put(int value) {
    if (wide) {
      out.putShort(value);
    } else {
      out.putByte(value);
    }
  }

  @Override
  void empty() {
    put(first);
  }

  @Override
  void streams(List<Bytes> all) {
    all.add(out);
  }
}
