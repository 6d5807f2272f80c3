// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;
import kinglet.type.ByteRun;
import kinglet.value.Slot;

/// A place in a stretch of bytes. Belongs to one thread.
final class ByteStream {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] array;
  private final int end;
  private int at;

  ByteStream(ByteRun run) {
    this.array = run.array();
    this.at = run.offset();
    this.end = run.end();
  }

  /// The next number of 1, 2, 4 or 8 bytes.
  long whole(int width, boolean signed) {
    int from = take(width);
    return switch (width) {
      case 1 -> signed ? array[from] : array[from] & 0xFF;
      case 2 -> signed ? (short) SHORT.get(array, from) : (short) SHORT.get(array, from) & 0xFFFF;
      case 4 -> signed ? (int) INT.get(array, from) : (int) INT.get(array, from) & 0xFFFF_FFFFL;
      case 8 -> (long) LONG.get(array, from);
      default -> throw new IllegalArgumentException("a number of " + width + " bytes");
    };
  }

  BigInteger big(int width, boolean signed) {
    return ColumnCursor.big(array, take(width), width, signed);
  }

  void bytes(int length, Slot into) {
    into.setBytes(array, take(length), length);
  }

  int varint() {
    long value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte next = array[take(1)];
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return Math.toIntExact(value);
      }
    }
    throw new IllegalStateException("a length of more than five bytes");
  }

  private int take(int count) {
    int from = at;
    if (count < 0 || end - from < count) {
      throw new IllegalStateException("a column ends before its rows do");
    }
    at = from + count;
    return from;
  }
}
