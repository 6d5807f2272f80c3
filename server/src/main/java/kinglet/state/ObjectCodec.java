// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;
import org.jspecify.annotations.Nullable;

/// The bytes of values that are objects.
///
/// ```
/// BYTES      length, bytes
/// BIG        length, two's complement, big-endian
/// LIST       shape, size, for each value 0 or 1 and the value; whole and real ones 8 bytes
/// MAP        the keys and the values as lists
/// TUPLE      how many elements, each as a list
/// ```
///
/// Lengths, sizes and shapes are varints; numbers are little-endian.
final class ObjectCodec {
  private ObjectCodec() {}

  static void write(Shape shape, @Nullable Object value, Bytes to) {
    switch (value) {
      case byte[] bytes -> to.putString(bytes, 0, bytes.length);
      case BigInteger big -> {
        byte[] bytes = big.toByteArray();
        to.putString(bytes, 0, bytes.length);
      }
      case ListValue list -> writeList(list, to);
      case MapValue(ListValue keys, ListValue values) -> {
        writeList(keys, to);
        writeList(values, to);
      }
      case TupleValue(List<ListValue> elements) -> {
        to.putVarint(elements.size());
        elements.forEach(element -> writeList(element, to));
      }
      case null, default -> throw new IllegalStateException("no " + shape + " is " + value);
    }
  }

  private static void writeList(ListValue list, Bytes to) {
    to.putVarint(list.shape().ordinal());
    to.putVarint(list.size());
    Slot slot = new Slot();
    for (int i = 0; i < list.size(); i++) {
      to.putByte(list.isNull(i) ? 0 : 1);
      if (list.isNull(i)) {
        continue;
      }
      list.get(i, slot);
      switch (list.shape()) {
        case WHOLE, FLOAT -> to.putLong(slot.bits());
        case BYTES -> to.putString(slot.bytes(), slot.offset(), slot.length());
        case BIG, LIST, MAP, TUPLE -> write(list.shape(), slot.object(), to);
      }
    }
  }

  static Object read(Shape shape, StateCursor from) {
    return switch (shape) {
      case BYTES -> from.readBytes();
      case BIG -> new BigInteger(from.readBytes());
      case LIST -> readList(from);
      case MAP -> new MapValue(readList(from), readList(from));
      case TUPLE -> {
        int size = from.readCount();
        List<ListValue> elements = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
          elements.add(readList(from));
        }
        yield new TupleValue(elements);
      }
      case WHOLE, FLOAT -> throw new IllegalArgumentException(shape + " is no object");
    };
  }

  private static ListValue readList(StateCursor from) {
    Shape shape = Shape.values()[from.readCount()];
    int size = from.readCount();
    ListValue.Builder list = ListValue.builder(shape, size);
    Slot slot = new Slot();
    for (int i = 0; i < size; i++) {
      slot.setNull();
      if (from.readByte() != 0) {
        switch (shape) {
          case WHOLE, FLOAT -> slot.setWhole(from.readLong());
          case BYTES -> slot.setBytes(from.readBytes());
          case BIG, LIST, MAP, TUPLE -> slot.setObject(read(shape, from));
        }
      }
      ListValue.Builder unused = list.add(slot);
    }
    return list.build();
  }
}
