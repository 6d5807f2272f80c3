// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Values in ClickHouse's format RowBinary.
final class RowBinary {
  private RowBinary() {}

  static void write(DataType type, Slot slot, Bytes to) {
    switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        to.putByte(slot.isNull() ? 1 : 0);
        if (!slot.isNull()) {
          write(inner, slot, to);
        }
      }
      case DataType.LowCardinality(DataType inner) -> write(inner, slot, to);
      case DataType.StringType _ -> to.putString(slot.bytes(), slot.offset(), slot.length());
      case DataType.Float(int bits) -> {
        if (bits == 32) {
          to.putInt(Float.floatToRawIntBits((float) slot.real()));
        } else {
          to.putLong(slot.bits());
        }
      }
      case DataType.Array(DataType element) -> writeList(element, (ListValue) slot.object(), to);
      case DataType.MapOf(DataType key, DataType value) -> {
        MapValue map = (MapValue) slot.object();
        to.putVarint(map.keys().size());
        Slot inner = new Slot();
        for (int i = 0; i < map.keys().size(); i++) {
          map.keys().get(i, inner);
          write(key, inner, to);
          map.values().get(i, inner);
          write(value, inner, to);
        }
      }
      default -> {
        switch (Shape.of(type)) {
          case BYTES -> to.put(slot.bytes(), slot.offset(), slot.length());
          case WHOLE -> number(BigInteger.valueOf(slot.whole()), type.width(), to);
          default -> number((BigInteger) slot.object(), type.width(), to);
        }
      }
    }
  }

  private static void writeList(DataType element, ListValue list, Bytes to) {
    Slot inner = new Slot();
    to.putVarint(list.size());
    for (int i = 0; i < list.size(); i++) {
      list.get(i, inner);
      write(element, inner, to);
    }
  }

  private static void number(BigInteger value, int width, Bytes to) {
    for (int i = 0; i < width; i++) {
      to.putByte(value.shiftRight(8 * i).intValue());
    }
  }

  static void read(DataType type, Input from, Slot slot) {
    switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        if (from.nextByte() == 1) {
          slot.setNull();
        } else {
          read(inner, from, slot);
        }
      }
      case DataType.LowCardinality(DataType inner) -> read(inner, from, slot);
      case DataType.StringType _ -> slot.setBytes(from.nextString());
      case DataType.Float(int bits) -> {
        if (bits == 32) {
          slot.setReal(Float.intBitsToFloat(nextNumber(from, 4, true).intValue()));
        } else {
          slot.setReal(from.nextDouble());
        }
      }
      case DataType.Array(DataType element) -> {
        int size = (int) from.nextVarint();
        ListValue.Builder list = ListValue.builder(Shape.of(element), size);
        for (int i = 0; i < size; i++) {
          read(element, from, slot);
          list = list.add(slot);
        }
        slot.setObject(list.build());
      }
      case DataType.MapOf(DataType key, DataType value) -> {
        int size = (int) from.nextVarint();
        ListValue.Builder keys = ListValue.builder(Shape.of(key), size);
        ListValue.Builder values = ListValue.builder(Shape.of(value), size);
        for (int i = 0; i < size; i++) {
          read(key, from, slot);
          keys = keys.add(slot);
          read(value, from, slot);
          values = values.add(slot);
        }
        slot.setObject(new MapValue(keys.build(), values.build()));
      }
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        List<ListValue> values = new ArrayList<>();
        for (DataType.TupleElement element : elements) {
          read(element.type(), from, slot);
          values.add(ListValue.builder(Shape.of(element.type()), 1).add(slot).build());
        }
        slot.setObject(new TupleValue(values));
      }
      default -> {
        switch (Shape.of(type)) {
          case BYTES -> slot.setBytes(from.nextBytes(type.width()));
          case WHOLE ->
              slot.setWhole(nextNumber(from, type.width(), !Call.isUnsigned(type)).longValue());
          default -> slot.setObject(nextNumber(from, type.width(), !Call.isUnsigned(type)));
        }
      }
    }
  }

  private static BigInteger nextNumber(Input from, int width, boolean signed) {
    byte[] little = from.nextBytes(width);
    byte[] big = new byte[width + 1];
    for (int i = 0; i < width; i++) {
      big[width - i] = little[i];
    }
    big[0] = signed ? (byte) (big[1] >> 7) : 0;
    return new BigInteger(big);
  }
}
