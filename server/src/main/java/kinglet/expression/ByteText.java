// SPDX-License-Identifier: Apache-2.0
package kinglet.expression;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import kinglet.value.Slot;

/// Bytes that are put together for one value after the other; belongs to one thread.
final class ByteText {
  private byte[] bytes = new byte[64];
  private int length;

  void clear() {
    length = 0;
  }

  int length() {
    return length;
  }

  byte[] array() {
    return bytes;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  @CanIgnoreReturnValue
  ByteText add(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  @CanIgnoreReturnValue
  ByteText add(byte[] from, int offset, int count) {
    room(count);
    System.arraycopy(from, offset, bytes, length, count);
    length += count;
    return this;
  }

  @CanIgnoreReturnValue
  ByteText add(Slot text) {
    return add(text.bytes(), text.offset(), text.length());
  }

  @CanIgnoreReturnValue
  ByteText add(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    return add(encoded, 0, encoded.length);
  }

  @CanIgnoreReturnValue
  ByteText addCodePoint(int point) {
    return point < 0x80 ? add(point) : add(Character.toString(point));
  }

  /// A whole number in decimal digits.
  @CanIgnoreReturnValue
  ByteText number(long value) {
    if (value == Long.MIN_VALUE) {
      return add("-9223372036854775808");
    }
    if (value < 0) {
      add('-');
    }
    long left = Math.abs(value);
    room(20);
    int digits = 1;
    for (long power = 10; digits < 19 && power <= left; power *= 10) {
      digits++;
    }
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    length += digits;
    return this;
  }

  /// A number with leading zeros.
  @CanIgnoreReturnValue
  ByteText padded(long value, int digits) {
    room(digits);
    long left = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    length += digits;
    return this;
  }

  /// Lets the slot hold what was put together, until the next value is.
  void into(Slot out) {
    out.setBytes(bytes, 0, length);
  }
}
