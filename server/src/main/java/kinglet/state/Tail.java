// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Everything of one entity at a moment: its newest rows in the order they arrived, and what became
/// of those before.
///
/// One writer appends rows while there is room; a reader sees the rows below the count it read
/// first. Everything else makes a new one.
final class Tail {
  private static final VarHandle COUNT;

  static {
    try {
      COUNT = MethodHandles.lookup().findVarHandle(Tail.class, "count", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final Object[] NO_OBJECTS = {};

  static final Tail EMPTY = new Tail(Folded.NOTHING, new long[0], NO_OBJECTS, 0);

  private final Folded folded;
  private final long[] words;
  private final Object[] objects;

  @SuppressWarnings("UnusedVariable") // through COUNT
  private int count;

  private Tail(Folded folded, long[] words, Object[] objects, int count) {
    this.folded = folded;
    this.words = words;
    this.objects = objects;
    this.count = count;
  }

  /// A tail without rows that has room for some.
  static Tail of(Folded folded, RowLayout rows, int capacity) {
    return new Tail(
        folded,
        new long[capacity * rows.words()],
        rows.objects() == 0 ? NO_OBJECTS : new Object[capacity * rows.objects()],
        0);
  }

  /// The same rows with something else folded before them.
  Tail with(Folded other) {
    return new Tail(other, words, objects, (int) COUNT.get(this));
  }

  Folded folded() {
    return folded;
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

  boolean isFull(RowLayout rows) {
    return ((int) COUNT.get(this) + 1) * rows.words() > words.length;
  }

  void append(RowLayout rows, long[] from, int word, Object[] fromObjects, int object) {
    int at = (int) COUNT.get(this);
    System.arraycopy(from, word, words, at * rows.words(), rows.words());
    System.arraycopy(fromObjects, object, objects, at * rows.objects(), rows.objects());
    COUNT.setRelease(this, at + 1);
  }
}
