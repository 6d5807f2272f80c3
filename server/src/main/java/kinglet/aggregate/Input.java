// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import kinglet.error.PlatformException;

/// Reads what [kinglet.type.Bytes] wrote, and refuses bytes that are not that.
final class Input {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int end;
  private int at;

  Input(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  static PlatformException damaged(String what) {
    return new PlatformException(
        AggregateError.CORRUPT_STATE, "the bytes of an aggregation state are damaged: " + what);
  }

  int remaining() {
    return end - at;
  }

  int nextByte() {
    need(1);
    return bytes[at++] & 0xFF;
  }

  boolean nextBoolean() {
    int value = nextByte();
    check(value <= 1, "a truth value");
    return value == 1;
  }

  long nextLong() {
    need(Long.BYTES);
    long value = (long) LONG.get(bytes, at);
    at += Long.BYTES;
    return value;
  }

  double nextDouble() {
    return Double.longBitsToDouble(nextLong());
  }

  long nextVarint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int part = nextByte();
      value |= (long) (part & 0x7F) << shift;
      if (part < 0x80) {
        return value;
      }
    }
    throw damaged("a number without end");
  }

  /// A count of things that take at least `bytesEach` bytes, and are at most `max`.
  int nextCount(int bytesEach, int max) {
    long count = nextVarint();
    check(count >= 0 && count <= max && count * bytesEach <= remaining(), "a count");
    return (int) count;
  }

  long[] nextLongs(int count) {
    need((long) count * Long.BYTES);
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = nextLong();
    }
    return values;
  }

  byte[] nextString() {
    return nextBytes(nextCount(1, Integer.MAX_VALUE));
  }

  byte[] nextBytes(int length) {
    need(length);
    byte[] value = Arrays.copyOfRange(bytes, at, at + length);
    at += length;
    return value;
  }

  /// All bytes must have been read.
  void end() {
    check(at == end, "more bytes than there should be");
  }

  void check(boolean holds, String what) {
    if (!holds) {
      throw damaged(what);
    }
  }

  private void need(long count) {
    check(count <= end - at, "they end too early");
  }
}
