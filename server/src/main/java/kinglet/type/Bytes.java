// SPDX-License-Identifier: Apache-2.0
package kinglet.type;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A growing run of bytes, numbers in little-endian order. Not thread-safe; belongs to its writer.
public final class Bytes {
  private static final int CAPACITY_MAX = Integer.MAX_VALUE - 16;
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] array;
  private int size;

  public Bytes(int capacity) {
    this.array = new byte[capacity];
  }

  /// The bytes so far are those below [#size()]; valid until the next write.
  public byte[] array() {
    return array;
  }

  public int size() {
    return size;
  }

  /// Forgets everything from `size` on.
  public void truncate(int size) {
    assert size <= this.size;
    this.size = size;
  }

  public void clear() {
    size = 0;
  }

  public byte[] toArray() {
    return Arrays.copyOf(array, size);
  }

  public void putByte(int value) {
    if (size == array.length) {
      grow(1);
    }
    array[size++] = (byte) value;
  }

  public void putShort(int value) {
    reserve(2);
    SHORT.set(array, size, (short) value);
    size += 2;
  }

  public void putInt(int value) {
    reserve(4);
    INT.set(array, size, value);
    size += 4;
  }

  public void putLong(long value) {
    reserve(8);
    LONG.set(array, size, value);
    size += 8;
  }

  public void put(byte[] source, int offset, int length) {
    reserve(length);
    System.arraycopy(source, offset, array, size, length);
    size += length;
  }

  public void putZeros(int count) {
    reserve(count);
    Arrays.fill(array, size, size + count, (byte) 0);
    size += count;
  }

  /// Seven bits a byte, the lowest first, the top bit set on all but the last.
  public void putVarint(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      array[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    array[size++] = (byte) rest;
  }

  /// A length and that many bytes.
  public void putString(byte[] source, int offset, int length) {
    if (length < 0x80) {
      reserve(length + 1);
      array[size++] = (byte) length;
    } else {
      putVarint(length);
      reserve(length);
    }
    System.arraycopy(source, offset, array, size, length);
    size += length;
  }

  /// Overwrites a byte written before.
  public void setByte(int index, int value) {
    assert index < size;
    array[index] = (byte) value;
  }

  /// Makes room for `count` more bytes.
  public void reserve(int count) {
    if (array.length - size < count) {
      grow(count);
    }
  }

  private void grow(int count) {
    long needed = (long) size + count;
    if (needed > CAPACITY_MAX) {
      throw new OutOfMemoryError("A run of bytes would grow beyond " + CAPACITY_MAX);
    }
    long wanted = Math.max(needed, Math.max(16, (long) array.length * 2));
    array = Arrays.copyOf(array, (int) Math.min(wanted, CAPACITY_MAX));
  }

  /// How many bytes [#putVarint] writes.
  public static int varintSize(long value) {
    return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
  }
}
