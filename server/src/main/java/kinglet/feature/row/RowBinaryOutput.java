// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.math.BigInteger;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;

/// Writes values in ClickHouse's format `RowBinary`, as [RowBinaryInput] reads them. Belongs to one
/// thread.
///
/// @param out where the bytes go
public record RowBinaryOutput(Bytes out) {
  /// Writes a value of a type, as one of its wire type. NULL of a type that has none is written as
  /// the type's default: zeros, or nothing.
  public void write(DataType type, Slot value) {
    switch (type) {
      case DataType.NullableOf(DataType inner) -> {
        out.putByte(value.isNull() ? 1 : 0);
        if (!value.isNull()) {
          write(inner, value);
        }
      }
      case DataType.Array(DataType element) -> {
        if (value.isNull()) {
          out.putVarint(0);
        } else {
          ListValue list = (ListValue) value.object();
          out.putVarint(list.size());
          elements(element, list);
        }
      }
      case DataType.MapOf(DataType key, DataType of) -> {
        if (value.isNull()) {
          out.putVarint(0);
        } else {
          map(key, of, (MapValue) value.object());
        }
      }
      case DataType.Tuple(List<DataType.TupleElement> elements) -> tuple(elements, value);
      case DataType.StringType _ -> {
        if (value.isNull()) {
          out.putVarint(0);
        } else {
          out.putString(value.bytes(), value.offset(), value.length());
        }
      }
      default -> {
        DataType wire = type.wire();
        if (wire.equals(type)) {
          fixed(type, value);
        } else {
          write(wire, value);
        }
      }
    }
  }

  private void map(DataType key, DataType of, MapValue map) {
    out.putVarint(map.keys().size());
    Slot slot = new Slot();
    for (int i = 0; i < map.keys().size(); i++) {
      map.keys().get(i, slot);
      write(key, slot);
      map.values().get(i, slot);
      write(of, slot);
    }
  }

  private void tuple(List<DataType.TupleElement> elements, Slot value) {
    Slot slot = new Slot();
    slot.setNull();
    for (int i = 0; i < elements.size(); i++) {
      if (!value.isNull()) {
        ((TupleValue) value.object()).get(i, slot);
      }
      write(elements.get(i).type(), slot);
    }
  }

  private void elements(DataType type, ListValue list) {
    Slot slot = new Slot();
    for (int i = 0; i < list.size(); i++) {
      list.get(i, slot);
      write(type, slot);
    }
  }

  private void fixed(DataType type, Slot value) {
    int width = type.width();
    if (value.isNull()) {
      out.putZeros(width);
      return;
    }
    switch (Shape.of(type)) {
      case WHOLE -> whole(value.whole(), width);
      case FLOAT -> {
        if (width == 4) {
          out.putInt(Float.floatToRawIntBits((float) value.real()));
        } else {
          out.putLong(value.bits());
        }
      }
      case BIG -> big((BigInteger) value.object(), width);
      case BYTES -> {
        out.put(value.bytes(), value.offset(), Math.min(width, value.length()));
        out.putZeros(Math.max(0, width - value.length()));
      }
      case LIST, MAP, TUPLE -> throw new IllegalStateException("no fixed width: " + type.sql());
    }
  }

  /// The lowest byte first.
  private void whole(long value, int width) {
    for (int i = 0; i < width; i++) {
      out.putByte((int) (value >> (8 * i)));
    }
  }

  private void big(BigInteger value, int width) {
    byte[] highFirst = value.toByteArray();
    int fill = value.signum() < 0 ? 0xFF : 0;
    for (int i = 0; i < width; i++) {
      int at = highFirst.length - 1 - i;
      out.putByte(at >= 0 ? highFirst[at] : fill);
    }
  }
}
