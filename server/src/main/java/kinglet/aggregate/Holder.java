// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// How values of one type are kept beyond their row, compared, written and read. Immutable.
final class Holder {
  /// The longest list, map or tuple that is read back.
  private static final int SIZE_MAX = 1 << 24;

  private final DataType type;
  private final Shape shape;
  private final boolean uuid;

  /// The holders of the elements, or of key and value.
  private final List<Holder> inner;

  Holder(DataType written) {
    this.type = Call.plain(written);
    this.shape = Shape.of(type);
    this.uuid = type instanceof DataType.Uuid;
    this.inner =
        switch (type) {
          case DataType.Array(DataType element) -> List.of(new Holder(element));
          case DataType.MapOf(DataType key, DataType value) ->
              List.of(new Holder(key), new Holder(value));
          case DataType.Tuple(List<DataType.TupleElement> elements) ->
              elements.stream().map(element -> new Holder(element.type())).toList();
          default -> List.of();
        };
  }

  DataType type() {
    return type;
  }

  Shape shape() {
    return shape;
  }

  /// Whether a value is a word.
  boolean isWord() {
    return shape == Shape.WHOLE || shape == Shape.FLOAT;
  }

  /// An object that stays when the slot goes on.
  Object keep(Slot slot) {
    return shape == Shape.BYTES ? slot.copyBytes() : slot.object();
  }

  void give(Object held, Slot out) {
    if (shape == Shape.BYTES) {
      out.setBytes((byte[]) held);
    } else {
      out.setObject(held);
    }
  }

  /// What stands for no value: an empty list or map, otherwise NULL.
  void giveNothing(Slot out) {
    switch (shape) {
      case LIST -> out.setObject(noValues(inner.getFirst()));
      case MAP ->
          out.setObject(new MapValue(noValues(inner.getFirst()), noValues(inner.getLast())));
      default -> out.setNull();
    }
  }

  private static ListValue noValues(Holder element) {
    return ListValue.builder(element.shape, 0).build();
  }

  /// Whether a slot holds the number zero.
  boolean isZero(Slot slot) {
    return switch (shape) {
      case WHOLE -> slot.whole() == 0;
      case FLOAT -> slot.real() == 0;
      case BIG -> ((BigInteger) slot.object()).signum() == 0;
      default -> false;
    };
  }

  /// Compares what a slot holds with a kept value, in ClickHouse's order.
  int compare(Slot slot, Object held) {
    return shape == Shape.BYTES
        ? compareBytes(slot.bytes(), slot.offset(), slot.length(), (byte[]) held)
        : ((BigInteger) slot.object()).compareTo((BigInteger) held);
  }

  int compare(Object one, Object other) {
    return shape == Shape.BYTES
        ? compareBytes((byte[]) one, 0, ((byte[]) one).length, (byte[]) other)
        : ((BigInteger) one).compareTo((BigInteger) other);
  }

  private int compareBytes(byte[] one, int offset, int length, byte[] other) {
    if (uuid) {
      // ClickHouse compares the two halves of a UUID as numbers, the second one first.
      int second = compareHalf(one, offset + 8, other, 8);
      return second != 0 ? second : compareHalf(one, offset, other, 0);
    }
    return Arrays.compareUnsigned(one, offset, offset + length, other, 0, other.length);
  }

  private static int compareHalf(byte[] one, int offset, byte[] other, int otherOffset) {
    for (int i = 7; i >= 0; i--) {
      int difference = (one[offset + i] & 0xFF) - (other[otherOffset + i] & 0xFF);
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  /// About how much memory a kept value takes.
  long bytes(Object held) {
    return switch (held) {
      case byte[] array -> 16 + array.length;
      case BigInteger number -> 40 + number.bitLength() / 8;
      case ListValue list -> listBytes(list, inner.getFirst());
      case MapValue map ->
          listBytes(map.keys(), inner.getFirst()) + listBytes(map.values(), inner.getLast());
      case TupleValue tuple -> {
        long sum = 32;
        for (int i = 0; i < inner.size(); i++) {
          sum += listBytes(tuple.elements().get(i), inner.get(i));
        }
        yield sum;
      }
      default -> throw new IllegalStateException(held.getClass().getName());
    };
  }

  private static long listBytes(ListValue list, Holder element) {
    long sum = 88 + 8L * list.size();
    if (!element.isWord()) {
      Slot slot = new Slot();
      for (int i = 0; i < list.size(); i++) {
        list.get(i, slot);
        if (!slot.isNull()) {
          sum += element.shape == Shape.BYTES ? 16 + slot.length() : element.bytes(slot.object());
        }
      }
    }
    return sum;
  }

  void write(Object held, Bytes to) {
    Slot slot = new Slot();
    give(held, slot);
    write(slot, to);
  }

  Object read(Input from) {
    Slot slot = new Slot();
    read(from, slot);
    return keep(slot);
  }

  /// Writes what a slot holds, which is not NULL.
  void write(Slot slot, Bytes to) {
    switch (shape) {
      case WHOLE, FLOAT -> to.putLong(slot.bits());
      case BYTES -> to.putString(slot.bytes(), slot.offset(), slot.length());
      case BIG -> {
        byte[] number = ((BigInteger) slot.object()).toByteArray();
        to.putString(number, 0, number.length);
      }
      case LIST -> writeList((ListValue) slot.object(), inner.getFirst(), to);
      case MAP -> {
        MapValue map = (MapValue) slot.object();
        writeList(map.keys(), inner.getFirst(), to);
        writeList(map.values(), inner.getLast(), to);
      }
      case TUPLE -> {
        TupleValue tuple = (TupleValue) slot.object();
        for (int i = 0; i < inner.size(); i++) {
          writeList(tuple.elements().get(i), inner.get(i), to);
        }
      }
    }
  }

  void read(Input from, Slot slot) {
    switch (shape) {
      case WHOLE, FLOAT -> slot.setWhole(from.nextLong());
      case BYTES -> {
        byte[] value = from.nextString();
        from.check(type.width() == 0 || value.length == type.width(), "a value of " + type.sql());
        slot.setBytes(value);
      }
      case BIG -> {
        byte[] number = from.nextString();
        from.check(number.length > 0 && number.length <= 33, "a large number");
        slot.setObject(new BigInteger(number));
      }
      case LIST -> slot.setObject(readList(from, inner.getFirst()));
      case MAP -> {
        ListValue keys = readList(from, inner.getFirst());
        ListValue values = readList(from, inner.getLast());
        from.check(keys.size() == values.size(), "a map");
        slot.setObject(new MapValue(keys, values));
      }
      case TUPLE -> {
        List<ListValue> elements = new ArrayList<>();
        for (Holder element : inner) {
          ListValue value = readList(from, element);
          from.check(value.size() == 1, "a tuple");
          elements.add(value);
        }
        slot.setObject(new TupleValue(elements));
      }
    }
  }

  private static void writeList(ListValue list, Holder element, Bytes to) {
    Slot slot = new Slot();
    to.putVarint(list.size());
    for (int i = 0; i < list.size(); i++) {
      list.get(i, slot);
      to.putByte(slot.isNull() ? 0 : 1);
      if (!slot.isNull()) {
        element.write(slot, to);
      }
    }
  }

  private static ListValue readList(Input from, Holder element) {
    Slot slot = new Slot();
    int size = from.nextCount(1, SIZE_MAX);
    ListValue.Builder list = ListValue.builder(element.shape, Math.min(size, 1024));
    for (int i = 0; i < size; i++) {
      slot.setNull();
      if (from.nextBoolean()) {
        element.read(from, slot);
      }
      list = list.add(slot);
    }
    return list.build();
  }
}
