// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Reads values in ClickHouse's format `RowBinary`. Belongs to one thread.
public final class RowBinaryInput {
  private static final int BUFFER_BYTES = 1 << 16;

  private final DataInputStream in;

  public RowBinaryInput(InputStream in) {
    this.in = new DataInputStream(new BufferedInputStream(in, BUFFER_BYTES));
  }

  /// Whether another row follows.
  public boolean hasNext() throws IOException {
    in.mark(1);
    boolean more = in.read() >= 0;
    if (more) {
      in.reset();
    }
    return more;
  }

  /// Reads a value of a type, or of its wire type where that is another.
  public void read(DataType type, Slot into) throws IOException {
    switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        if (in.readByte() != 0) {
          into.setNull();
        } else {
          read(inner, into);
        }
      }
      case DataType.Array(DataType element) -> into.setObject(list(element, varint()));
      case DataType.MapOf(DataType key, DataType value) -> into.setObject(map(key, value));
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        List<ListValue> values = new ArrayList<>(elements.size());
        for (DataType.TupleElement element : elements) {
          values.add(list(element.type(), 1));
        }
        into.setObject(new TupleValue(values));
      }
      case DataType.StringType _ -> into.setBytes(bytes(varint()));
      default -> {
        DataType wire = type.wire();
        if (wire.equals(type)) {
          fixed(type, into);
        } else {
          read(wire, into);
        }
      }
    }
  }

  private void fixed(DataType type, Slot into) throws IOException {
    int width = type.width();
    boolean signed =
        switch (type) {
          case DataType.Int(int _, boolean sign) -> sign;
          case DataType.Bool _, DataType.Date _, DataType.DateTime _, DataType.Ipv4 _ -> false;
          default -> true;
        };
    switch (Shape.of(type)) {
      case WHOLE -> {
        long value = whole(width);
        int unused = Long.SIZE - 8 * width;
        into.setWhole(signed ? value << unused >> unused : value);
      }
      case FLOAT ->
          into.setReal(
              width == 4
                  ? Float.intBitsToFloat((int) whole(4))
                  : Double.longBitsToDouble(whole(8)));
      case BIG -> {
        BigInteger value = ColumnCursor.big(bytes(width), 0, width, signed);
        into.setObject(value);
      }
      case BYTES -> into.setBytes(bytes(width));
      case LIST, MAP, TUPLE -> throw new IllegalStateException("no fixed width: " + type.sql());
    }
  }

  private ListValue list(DataType element, int size) throws IOException {
    ListValue.Builder builder = ListValue.builder(Shape.of(element), size);
    Slot slot = new Slot();
    for (int i = 0; i < size; i++) {
      read(element, slot);
      ListValue.Builder _ = builder.add(slot);
    }
    return builder.build();
  }

  private MapValue map(DataType key, DataType value) throws IOException {
    int size = varint();
    ListValue.Builder keys = ListValue.builder(Shape.of(key), size);
    ListValue.Builder values = ListValue.builder(Shape.of(value), size);
    Slot slot = new Slot();
    for (int i = 0; i < size; i++) {
      read(key, slot);
      ListValue.Builder _ = keys.add(slot);
      read(value, slot);
      ListValue.Builder _ = values.add(slot);
    }
    return new MapValue(keys.build(), values.build());
  }

  /// The lowest byte first.
  public long whole(int width) throws IOException {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (long) in.readUnsignedByte() << (8 * i);
    }
    return value;
  }

  private int varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = in.readUnsignedByte();
      value |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return Math.toIntExact(value);
      }
    }
    throw new EOFException("a length of more than five bytes");
  }

  private byte[] bytes(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the answer of ClickHouse ends inside a row");
    }
    return bytes;
  }
}
