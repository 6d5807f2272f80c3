// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;

/// Writes the key of an entity as bytes: the same bytes for the same key, always.
///
/// ```
/// for each key column: NULL 0, else 1 and the value
/// whole, real   8 bytes
/// bytes         varint length and the bytes
/// ```
final class KeyCodec {
  private final List<DataType> types;
  private final boolean[] ofBytes;

  KeyCodec(List<DataType> types) {
    this.types = List.copyOf(types);
    this.ofBytes = new boolean[types.size()];
    for (int i = 0; i < ofBytes.length; i++) {
      ofBytes[i] = Shape.of(types.get(i)) == Shape.BYTES;
    }
  }

  /// Whether values of a type may be part of a key.
  static boolean takes(DataType type) {
    return switch (Shape.of(type)) {
      case WHOLE, FLOAT, BYTES -> true;
      case BIG, LIST, MAP, TUPLE -> false;
    };
  }

  List<DataType> types() {
    return types;
  }

  /// Puts the columns of a key into slots.
  void read(byte[] key, Slot[] into) {
    ByteBuffer from = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < types.size(); i++) {
      if (from.get() == 0) {
        into[i].setNull();
      } else if (ofBytes[i]) {
        int length = 0;
        int shift = 0;
        byte next;
        do {
          next = from.get();
          length |= (next & 0x7F) << shift;
          shift += 7;
        } while (next < 0);
        into[i].setBytes(key, from.position(), length);
        from.position(from.position() + length);
      } else {
        into[i].setWhole(from.getLong());
      }
    }
  }

  void write(Slot[] values, Bytes to) {
    for (int i = 0; i < ofBytes.length; i++) {
      Slot value = values[i];
      if (value.isNull()) {
        to.putByte(0);
        continue;
      }
      to.putByte(1);
      if (ofBytes[i]) {
        to.putString(value.bytes(), value.offset(), value.length());
      } else {
        to.putLong(value.bits());
      }
    }
  }
}
