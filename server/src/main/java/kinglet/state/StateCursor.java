// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads back what [kinglet.type.Bytes] wrote.
final class StateCursor {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private int at;

  StateCursor(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  int at() {
    return at;
  }

  void skip(int count) {
    at += count;
  }

  int readByte() {
    return bytes[at++] & 0xFF;
  }

  long readLong() {
    long value = (long) LONG.get(bytes, at);
    at += Long.BYTES;
    return value;
  }

  int readCount() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      int part = readByte();
      value |= (part & 0x7FL) << shift;
      if (part < 0x80) {
        return Math.toIntExact(value);
      }
    }
  }

  long[] readLongs(int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = readLong();
    }
    return values;
  }

  byte[] readBytes() {
    int length = readCount();
    byte[] read = new byte[length];
    System.arraycopy(bytes, at, read, 0, length);
    at += length;
    return read;
  }
}
