// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Reads what ClickHouse answers in the format RowBinaryWithNamesAndTypes.
final class RowBinary {
  private final DataInputStream in;
  private final List<String> names = new ArrayList<>();
  private final List<String> types = new ArrayList<>();

  RowBinary(byte[] bytes) throws IOException {
    this.in = new DataInputStream(new ByteArrayInputStream(bytes));
    int columns = (int) size();
    for (int i = 0; i < columns; i++) {
      names.add(text());
    }
    for (int i = 0; i < columns; i++) {
      types.add(text());
    }
  }

  List<String> types() {
    return types;
  }

  boolean hasNext() throws IOException {
    return in.available() > 0;
  }

  void read(DataType type, Slot out) throws IOException {
    switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        if (in.readByte() != 0) {
          out.setNull();
        } else {
          read(inner, out);
        }
      }
      case DataType.LowCardinality(DataType inner) -> read(inner, out);
      case DataType.Float(int bits) ->
          out.setReal(
              bits == 32
                  ? Float.intBitsToFloat((int) whole(4, true))
                  : Double.longBitsToDouble(whole(8, true)));
      case DataType.StringType _ -> out.setBytes(in.readNBytes((int) size()));
      case DataType.FixedString(int width) -> out.setBytes(in.readNBytes(width));
      case DataType.Uuid _, DataType.Ipv6 _ -> out.setBytes(in.readNBytes(16));
      case DataType.Array(DataType element) -> out.setObject(list(element, (int) size()));
      case DataType.MapOf(DataType key, DataType value) -> map(key, value, out);
      case DataType.Tuple tuple -> {
        List<ListValue> elements = new ArrayList<>();
        for (DataType.TupleElement element : tuple.elements()) {
          elements.add(list(element.type(), 1));
        }
        out.setObject(new TupleValue(elements));
      }
      case DataType.Other(String text) -> {
        if (text.equals("Nothing")) {
          out.setNull();
        } else {
          out.setWhole(whole(8, true));
        }
      }
      default -> number(type, out);
    }
  }

  private void number(DataType type, Slot out) throws IOException {
    boolean signed =
        type instanceof DataType.Decimal
            || Types.integer(type).map(DataType.Int::signed).orElse(false);
    if (Shape.of(type) == Shape.WHOLE) {
      out.setWhole(whole(type.width(), signed));
      return;
    }
    byte[] bytes = in.readNBytes(type.width());
    for (int i = 0; i < bytes.length / 2; i++) {
      byte swapped = bytes[i];
      bytes[i] = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = swapped;
    }
    out.setObject(signed ? new BigInteger(bytes) : new BigInteger(1, bytes));
  }

  private ListValue list(DataType element, int size) throws IOException {
    Slot slot = new Slot();
    ListValue.Builder list = ListValue.builder(Shape.of(element), size);
    for (int i = 0; i < size; i++) {
      read(element, slot);
      list.add(slot);
    }
    return list.build();
  }

  private void map(DataType key, DataType value, Slot out) throws IOException {
    int size = (int) size();
    Slot slot = new Slot();
    ListValue.Builder keys = ListValue.builder(Shape.of(key), size);
    ListValue.Builder values = ListValue.builder(Shape.of(value), size);
    for (int i = 0; i < size; i++) {
      read(key, slot);
      keys.add(slot);
      read(value, slot);
      values.add(slot);
    }
    out.setObject(new MapValue(keys.build(), values.build()));
  }

  private long whole(int width, boolean signed) throws IOException {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (long) in.readUnsignedByte() << (8 * i);
    }
    return Numbers.wrap(value, width * 8, signed);
  }

  private long size() throws IOException {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int next = in.readUnsignedByte();
      value |= (long) (next & 127) << shift;
      if (next < 128) {
        return value;
      }
    }
  }

  private String text() throws IOException {
    return new String(in.readNBytes((int) size()), StandardCharsets.UTF_8);
  }
}
