// SPDX-License-Identifier: Apache-2.0
package kinglet.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A place for one value, which the type beside it gives a meaning ([Shape]). Not thread-safe.
public final class Slot {
  private static final byte[] NO_BYTES = {};

  private boolean present;
  private long bits;
  private byte[] bytes = NO_BYTES;
  private int offset;
  private int length;
  private @Nullable Object object;

  /// Places for several values.
  public static Slot[] array(int count) {
    Slot[] slots = new Slot[count];
    Arrays.setAll(slots, _ -> new Slot());
    return slots;
  }

  public boolean isNull() {
    return !present;
  }

  public void setNull() {
    present = false;
  }

  /// The value of [Shape#WHOLE].
  public long whole() {
    return bits;
  }

  public void setWhole(long value) {
    present = true;
    bits = value;
  }

  public boolean isTrue() {
    return present && bits != 0;
  }

  public void setBool(boolean value) {
    setWhole(value ? 1 : 0);
  }

  /// The value of [Shape#FLOAT].
  public double real() {
    return Double.longBitsToDouble(bits);
  }

  public void setReal(double value) {
    present = true;
    bits = Double.doubleToRawLongBits(value);
  }

  /// The 64 bits of a whole or real value.
  public long bits() {
    return bits;
  }

  /// Where the value of [Shape#BYTES] stands; not to be changed, and to be copied to be kept.
  public byte[] bytes() {
    return bytes;
  }

  public int offset() {
    return offset;
  }

  public int length() {
    return length;
  }

  /// Holds bytes without copying them.
  public void setBytes(byte[] array, int offset, int length) {
    present = true;
    this.bytes = array;
    this.offset = offset;
    this.length = length;
  }

  public void setBytes(byte[] array) {
    setBytes(array, 0, array.length);
  }

  public void setText(String text) {
    setBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// A copy of the bytes.
  public byte[] copyBytes() {
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }

  public String text() {
    return new String(bytes, offset, length, StandardCharsets.UTF_8);
  }

  /// The value of [Shape#BIG], [Shape#LIST], [Shape#MAP] and [Shape#TUPLE].
  public Object object() {
    Object held = object;
    if (held == null) {
      throw new IllegalStateException("the slot holds no object");
    }
    return held;
  }

  public void setObject(Object value) {
    present = true;
    object = value;
  }

  /// Holds what another slot holds; bytes are not copied.
  public void set(Slot other) {
    present = other.present;
    bits = other.bits;
    bytes = other.bytes;
    offset = other.offset;
    length = other.length;
    object = other.object;
  }
}
