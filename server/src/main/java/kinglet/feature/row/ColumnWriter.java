// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Writes the values of a column, one after the other, into the streams of a [kinglet.type.Block].
/// Belongs to one thread.
///
/// A value of a type that travels as another one ([DataType#wire()]) is written as that one. Where
/// the type has no NULL, NULL is written as the type's default.
public final class ColumnWriter {
  private final Sink sink;

  private ColumnWriter(Sink sink) {
    this.sink = sink;
  }

  /// @param streams those of the column, which are asked for in their order
  public static ColumnWriter of(DataType type, Supplier<Bytes> streams) {
    return new ColumnWriter(sink(type.wire(), streams));
  }

  public void add(Slot value) {
    sink.add(value);
  }

  /// What takes the values of one type.
  @FunctionalInterface
  private interface Sink {
    void add(Slot value);
  }

  private static Sink sink(DataType type, Supplier<Bytes> streams) {
    return switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        Bytes nulls = streams.get();
        Sink values = sink(inner, streams);
        yield value -> {
          nulls.putByte(value.isNull() ? 1 : 0);
          values.add(value);
        };
      }
      case DataType.Array(DataType element) -> {
        Bytes sizes = streams.get();
        Sink elements = sink(element, streams);
        Slot slot = new Slot();
        yield value -> {
          if (value.isNull()) {
            sizes.putVarint(0);
            return;
          }
          ListValue list = (ListValue) value.object();
          sizes.putVarint(list.size());
          for (int i = 0; i < list.size(); i++) {
            list.get(i, slot);
            elements.add(slot);
          }
        };
      }
      case DataType.MapOf(DataType key, DataType element) -> {
        Bytes sizes = streams.get();
        Sink keys = sink(key, streams);
        Sink elements = sink(element, streams);
        Slot slot = new Slot();
        yield value -> {
          if (value.isNull()) {
            sizes.putVarint(0);
            return;
          }
          MapValue map = (MapValue) value.object();
          sizes.putVarint(map.keys().size());
          for (int i = 0; i < map.keys().size(); i++) {
            map.keys().get(i, slot);
            keys.add(slot);
            map.values().get(i, slot);
            elements.add(slot);
          }
        };
      }
      case DataType.Tuple(List<DataType.TupleElement> elements) -> {
        List<Sink> sinks = new ArrayList<>();
        for (DataType.TupleElement element : elements) {
          sinks.add(sink(element.type(), streams));
        }
        Slot slot = new Slot();
        yield value -> {
          for (int i = 0; i < sinks.size(); i++) {
            if (value.isNull()) {
              slot.setNull();
            } else {
              ((TupleValue) value.object()).get(i, slot);
            }
            sinks.get(i).add(slot);
          }
        };
      }
      case DataType.StringType _ -> {
        Bytes out = streams.get();
        yield value -> {
          if (value.isNull()) {
            out.putVarint(0);
          } else {
            out.putString(value.bytes(), value.offset(), value.length());
          }
        };
      }
      default -> fixed(type, streams.get());
    };
  }

  private static Sink fixed(DataType type, Bytes out) {
    int width = type.width();
    // An enum has no 0 unless one of its names has.
    long absent =
        type instanceof DataType.Enum(int _, List<DataType.EnumEntry> entries)
            ? entries.getFirst().value()
            : 0;
    return switch (Shape.of(type)) {
      case WHOLE -> value -> whole(out, width, value.isNull() ? absent : value.whole());
      case FLOAT ->
          width == 4
              ? value ->
                  out.putInt(value.isNull() ? 0 : Float.floatToRawIntBits((float) value.real()))
              : value -> out.putLong(value.isNull() ? 0 : value.bits());
      case BIG -> value -> big(out, width, value);
      case BYTES ->
          value -> {
            if (value.isNull()) {
              out.putZeros(width);
            } else {
              out.put(value.bytes(), value.offset(), width);
            }
          };
      case LIST, MAP, TUPLE -> throw new IllegalStateException("no fixed width: " + type.sql());
    };
  }

  private static void whole(Bytes out, int width, long value) {
    switch (width) {
      case 1 -> out.putByte((int) value);
      case 2 -> out.putShort((int) value);
      case 4 -> out.putInt((int) value);
      default -> out.putLong(value);
    }
  }

  /// The lowest byte first.
  private static void big(Bytes out, int width, Slot value) {
    BigInteger number = value.isNull() ? BigInteger.ZERO : (BigInteger) value.object();
    byte[] highFirst = number.toByteArray();
    int sign = number.signum() < 0 ? 0xFF : 0;
    for (int i = 0; i < width; i++) {
      int place = highFirst.length - 1 - i;
      out.putByte(place >= 0 ? highFirst[place] : sign);
    }
  }
}
