// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import kinglet.type.ByteRun;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Slot;

/// The rows of an answer of ClickHouse in the format `Native`, which it gives in blocks, column by
/// column. Belongs to one thread.
///
/// A column becomes the streams of a [kinglet.type.Block], whose memory is used again for the next
/// block.
public final class NativeRows {
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int at;
  private int end;
  private final List<byte[]> memory = new ArrayList<>();
  private int streams;
  private final List<DataType> types = new ArrayList<>();
  private ColumnCursor[] cursors = {};
  private Slot[] slots = {};
  private int rows;
  private int row;

  public NativeRows(InputStream in) {
    this.in = in;
  }

  /// Goes to the next row; `false` after the last.
  public boolean next() throws IOException {
    while (row == rows) {
      if (!block()) {
        return false;
      }
    }
    row++;
    for (int i = 0; i < cursors.length; i++) {
      cursors[i].next(slots[i]);
    }
    return true;
  }

  /// The types of the columns; known once there was a row.
  public List<DataType> types() {
    return List.copyOf(types);
  }

  /// The value of a column in the row; its bytes are good until the next row.
  public Slot get(int column) {
    return slots[column];
  }

  private boolean block() throws IOException {
    if (at == end && !fill()) {
      return false;
    }
    int columns = varint();
    rows = varint();
    row = 0;
    streams = 0;
    types.clear();
    if (slots.length != columns) {
      slots = Slot.array(columns);
      cursors = new ColumnCursor[columns];
    }
    for (int column = 0; column < columns; column++) {
      String _ = text();
      DataType type = DataType.parse(text());
      types.add(type);
      if (rows > 0) {
        List<ByteStream> read = new ArrayList<>();
        data(type, rows, read);
        Iterator<ByteStream> left = read.iterator();
        cursors[column] = ColumnCursor.of(type, left::next);
      }
    }
    return true;
  }

  private void data(DataType type, int count, List<ByteStream> to) throws IOException {
    switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        to.add(fixed(count));
        data(inner, count, to);
      }
      case DataType.Array(DataType element) -> data(element, sizes(count, to), to);
      case DataType.MapOf(DataType key, DataType value) -> {
        int elements = sizes(count, to);
        data(key, elements, to);
        data(value, elements, to);
      }
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        for (DataType.TupleElement element : elements) {
          data(element.type(), count, to);
        }
      }
      case DataType.StringType _ -> to.add(strings(count));
      default -> {
        if (!type.wire().equals(type) || type.width() <= 0) {
          throw new IOException(type.sql() + " does not travel as itself");
        }
        to.add(fixed(Math.multiplyExact(count, type.width())));
      }
    }
  }

  private ByteStream fixed(int length) throws IOException {
    byte[] array = take(length);
    bytes(array, 0, length);
    return keep(array, length);
  }

  private ByteStream strings(int count) throws IOException {
    byte[] array = take(0);
    int size = 0;
    for (int i = 0; i < count; i++) {
      int length = varint();
      int needed = size + Bytes.varintSize(length) + length;
      if (needed > array.length) {
        array = Arrays.copyOf(array, Math.max(needed, array.length * 2));
      }
      size = putVarint(array, size, length);
      bytes(array, size, length);
      size += length;
    }
    return keep(array, size);
  }

  /// Running totals become sizes; answers how many elements there are.
  private int sizes(int count, List<ByteStream> to) throws IOException {
    byte[] array = take(5 * count);
    int size = 0;
    long total = 0;
    for (int i = 0; i < count; i++) {
      long until = 0;
      for (int shift = 0; shift < Long.SIZE; shift += 8) {
        until |= (long) (read() & 0xFF) << shift;
      }
      size = putVarint(array, size, Math.toIntExact(until - total));
      total = until;
    }
    to.add(keep(array, size));
    return Math.toIntExact(total);
  }

  private static int putVarint(byte[] array, int from, int value) {
    int size = from;
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      array[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    array[size++] = (byte) rest;
    return size;
  }

  /// Memory for the next stream.
  private byte[] take(int length) {
    byte[] held = streams < memory.size() ? memory.get(streams) : new byte[0];
    return held.length < length ? new byte[length] : held;
  }

  private ByteStream keep(byte[] array, int length) {
    if (streams < memory.size()) {
      memory.set(streams, array);
    } else {
      memory.add(array);
    }
    streams++;
    return new ByteStream(new ByteRun(array, 0, length));
  }

  private String text() throws IOException {
    byte[] text = new byte[varint()];
    bytes(text, 0, text.length);
    return new String(text, StandardCharsets.UTF_8);
  }

  private int varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte next = read();
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return Math.toIntExact(value);
      }
    }
    throw new EOFException("a length of more than five bytes");
  }

  private byte read() throws IOException {
    if (at == end && !fill()) {
      throw ended();
    }
    return buffer[at++];
  }

  private void bytes(byte[] to, int from, int length) throws IOException {
    int ready = Math.min(length, end - at);
    System.arraycopy(buffer, at, to, from, ready);
    at += ready;
    if (ready == length) {
      return;
    }
    int rest = length - ready;
    if (rest >= BUFFER_BYTES) {
      if (in.readNBytes(to, from + ready, rest) < rest) {
        throw ended();
      }
    } else if (fill()) {
      bytes(to, from + ready, rest);
    } else {
      throw ended();
    }
  }

  private boolean fill() throws IOException {
    int read = in.read(buffer);
    at = 0;
    end = Math.max(0, read);
    return read > 0;
  }

  private static EOFException ended() {
    return new EOFException("the answer of ClickHouse ends inside a block");
  }
}
