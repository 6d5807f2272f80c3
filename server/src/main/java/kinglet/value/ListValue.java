// SPDX-License-Identifier: Apache-2.0
package kinglet.value;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/// Values of one type in order. Immutable once built.
public final class ListValue {
  private final Shape shape;
  private final int size;
  private final long[] bits;
  private final @Nullable Object[] objects;
  private final BitSet nulls;

  private ListValue(Shape shape, int size, long[] bits, @Nullable Object[] objects, BitSet nulls) {
    this.shape = shape;
    this.size = size;
    this.bits = bits;
    this.objects = objects;
    this.nulls = nulls;
  }

  /// A list that takes over the array.
  public static ListValue ofBits(Shape shape, long[] bits) {
    return new ListValue(shape, bits.length, bits, new Object[0], new BitSet());
  }

  public static Builder builder(Shape shape, int capacity) {
    return new Builder(shape, capacity);
  }

  public Shape shape() {
    return shape;
  }

  public int size() {
    return size;
  }

  public boolean isNull(int index) {
    return nulls.get(index);
  }

  /// The bits of a whole or real value.
  public long bits(int index) {
    return bits[index];
  }

  public double real(int index) {
    return Double.longBitsToDouble(bits[index]);
  }

  /// Puts the value at an index, counted from 0, into a slot.
  public void get(int index, Slot into) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    if (nulls.get(index)) {
      into.setNull();
      return;
    }
    switch (shape) {
      case WHOLE, FLOAT -> into.setWhole(bits[index]);
      case BYTES -> into.setBytes((byte[]) held(index));
      default -> into.setObject(held(index));
    }
  }

  private Object held(int index) {
    Object value = objects[index];
    if (value == null) {
      throw new IllegalStateException("no value at " + index);
    }
    return value;
  }

  /// Fills one list; belongs to one thread.
  public static final class Builder {
    private final Shape shape;
    private final boolean primitive;
    private final BitSet nulls = new BitSet();
    private long[] bits;
    private @Nullable Object[] objects;
    private int size;

    private Builder(Shape shape, int capacity) {
      this.shape = shape;
      this.primitive = shape == Shape.WHOLE || shape == Shape.FLOAT;
      this.bits = new long[primitive ? capacity : 0];
      this.objects = new Object[primitive ? 0 : capacity];
    }

    public int size() {
      return size;
    }

    /// Adds a copy of what the slot holds.
    @CanIgnoreReturnValue
    public Builder add(Slot slot) {
      grow();
      if (slot.isNull()) {
        nulls.set(size);
      } else if (primitive) {
        bits[size] = slot.bits();
      } else {
        objects[size] = shape == Shape.BYTES ? slot.copyBytes() : slot.object();
      }
      size++;
      return this;
    }

    private void grow() {
      int capacity = primitive ? bits.length : objects.length;
      if (size < capacity) {
        return;
      }
      int wanted = Math.max(8, capacity * 2);
      if (primitive) {
        bits = Arrays.copyOf(bits, wanted);
      } else {
        objects = Arrays.copyOf(objects, wanted);
      }
    }

    public ListValue build() {
      return new ListValue(
          shape,
          size,
          Arrays.copyOf(bits, primitive ? size : 0),
          Arrays.copyOf(objects, primitive ? 0 : size),
          (BitSet) nulls.clone());
    }
  }
}
