// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Passes over the values of a column, one after the other. Belongs to one thread.
///
/// What it reads is that of [kinglet.type.Block]: a value takes what stands next in each of the
/// column's streams.
interface ColumnCursor {
  /// Takes the next value; bytes in the slot are good until the streams are changed.
  void next(Slot into);

  /// A cursor over the streams of a type, which are taken from `streams` in their order.
  static ColumnCursor of(DataType type, Streams streams) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        ByteStream nulls = streams.next();
        yield new OfNullable(nulls, of(inner, streams));
      }
      case DataType.Array(DataType element) -> {
        ByteStream sizes = streams.next();
        yield new OfArray(sizes, of(element, streams), Shape.of(element));
      }
      case DataType.MapOf(DataType key, DataType value) -> {
        ByteStream sizes = streams.next();
        ColumnCursor keys = of(key, streams);
        yield new OfMap(sizes, keys, Shape.of(key), of(value, streams), Shape.of(value));
      }
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        List<ColumnCursor> cursors = new ArrayList<>();
        List<Shape> shapes = new ArrayList<>();
        for (DataType.TupleElement element : elements) {
          cursors.add(of(element.type(), streams));
          shapes.add(Shape.of(element.type()));
        }
        yield new OfTuple(cursors, shapes);
      }
      case DataType.StringType _ -> new OfString(streams.next());
      default -> {
        DataType wire = type.wire();
        yield wire.equals(type) ? fixed(type, streams.next()) : of(wire, streams);
      }
    };
  }

  private static ColumnCursor fixed(DataType type, ByteStream stream) {
    int width = type.width();
    boolean signed =
        switch (type) {
          case DataType.Int(int _, boolean sign) -> sign;
          case DataType.Bool _, DataType.Date _, DataType.DateTime _, DataType.Ipv4 _ -> false;
          default -> true;
        };
    return switch (Shape.of(type)) {
      case WHOLE -> into -> into.setWhole(stream.whole(width, signed));
      case FLOAT ->
          width == 4
              ? into -> into.setReal(Float.intBitsToFloat((int) stream.whole(4, true)))
              : into -> into.setReal(Double.longBitsToDouble(stream.whole(8, true)));
      case BIG -> into -> into.setObject(stream.big(width, signed));
      case BYTES -> into -> stream.bytes(width, into);
      case LIST, MAP, TUPLE -> throw new IllegalStateException("no fixed width: " + type.sql());
    };
  }

  /// Hands out the streams of a column in their order.
  @FunctionalInterface
  interface Streams {
    ByteStream next();
  }

  record OfString(ByteStream stream) implements ColumnCursor {
    @Override
    public void next(Slot into) {
      stream.bytes(stream.varint(), into);
    }
  }

  record OfNullable(ByteStream nulls, ColumnCursor inner) implements ColumnCursor {
    @Override
    public void next(Slot into) {
      boolean absent = nulls.whole(1, false) != 0;
      inner.next(into);
      if (absent) {
        into.setNull();
      }
    }
  }

  /// Belongs to one thread, with its slot.
  final class OfArray implements ColumnCursor {
    private final ByteStream sizes;
    private final ColumnCursor elements;
    private final Shape shape;
    private final Slot slot = new Slot();

    OfArray(ByteStream sizes, ColumnCursor elements, Shape shape) {
      this.sizes = sizes;
      this.elements = elements;
      this.shape = shape;
    }

    @Override
    public void next(Slot into) {
      into.setObject(list(elements, shape, sizes.varint(), slot));
    }
  }

  /// Belongs to one thread, with its slot.
  final class OfMap implements ColumnCursor {
    private final ByteStream sizes;
    private final ColumnCursor keys;
    private final Shape keyShape;
    private final ColumnCursor values;
    private final Shape valueShape;
    private final Slot slot = new Slot();

    OfMap(
        ByteStream sizes,
        ColumnCursor keys,
        Shape keyShape,
        ColumnCursor values,
        Shape valueShape) {
      this.sizes = sizes;
      this.keys = keys;
      this.keyShape = keyShape;
      this.values = values;
      this.valueShape = valueShape;
    }

    @Override
    public void next(Slot into) {
      int size = sizes.varint();
      ListValue first = list(keys, keyShape, size, slot);
      into.setObject(new MapValue(first, list(values, valueShape, size, slot)));
    }
  }

  /// Belongs to one thread, with its slot.
  final class OfTuple implements ColumnCursor {
    private final List<ColumnCursor> elements;
    private final List<Shape> shapes;
    private final Slot slot = new Slot();

    OfTuple(List<ColumnCursor> elements, List<Shape> shapes) {
      this.elements = elements;
      this.shapes = shapes;
    }

    @Override
    public void next(Slot into) {
      List<ListValue> values = new ArrayList<>(elements.size());
      for (int i = 0; i < elements.size(); i++) {
        values.add(list(elements.get(i), shapes.get(i), 1, slot));
      }
      into.setObject(new TupleValue(values));
    }
  }

  private static ListValue list(ColumnCursor elements, Shape shape, int size, Slot slot) {
    ListValue.Builder builder = ListValue.builder(shape, size);
    for (int i = 0; i < size; i++) {
      elements.next(slot);
      ListValue.Builder _ = builder.add(slot);
    }
    return builder.build();
  }

  /// A whole number of many bytes, the lowest first.
  static BigInteger big(byte[] array, int offset, int width, boolean signed) {
    byte[] highFirst = new byte[width];
    for (int i = 0; i < width; i++) {
      highFirst[i] = array[offset + width - 1 - i];
    }
    return signed ? new BigInteger(highFirst) : new BigInteger(1, highFirst);
  }
}
