// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Rows in the order they arrived. One writer appends; a reader sees the rows below the count it
/// read first.
final class Tail {
  private static final int CAPACITY_MIN = 2;
  private static final VarHandle COUNT;

  static {
    try {
      COUNT = MethodHandles.lookup().findVarHandle(Tail.class, "count", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  static final Tail EMPTY = new Tail(0, new long[0], new Object[0], 0);

  private final int capacity;
  private final long[] words;
  private final Object[] objects;

  @SuppressWarnings("UnusedVariable") // through COUNT
  private int count;

  private Tail(int capacity, long[] words, Object[] objects, int count) {
    this.capacity = capacity;
    this.words = words;
    this.objects = objects;
    this.count = count;
  }

  int count() {
    return (int) COUNT.getAcquire(this);
  }

  long[] words() {
    return words;
  }

  Object[] objects() {
    return objects;
  }

  boolean isFull() {
    return (int) COUNT.get(this) == capacity;
  }

  /// The same rows with room for more.
  Tail grown(RowLayout rows) {
    int larger = Math.max(CAPACITY_MIN, capacity * 2);
    return new Tail(
        larger,
        Arrays.copyOf(words, larger * rows.words()),
        Arrays.copyOf(objects, larger * rows.objects()),
        (int) COUNT.get(this));
  }

  void append(RowLayout rows, long[] from, int word, Object[] fromObjects, int object) {
    int at = (int) COUNT.get(this);
    System.arraycopy(from, word, words, at * rows.words(), rows.words());
    System.arraycopy(fromObjects, object, objects, at * rows.objects(), rows.objects());
    COUNT.setRelease(this, at + 1);
  }
}
