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
  private static final int OBJECT_BYTES = 32;
  private static final int ARRAY_BYTES = 16;

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

  /// The number of the last event that arrived, or the lowest there is.
  long lastSeq(RowLayout rows) {
    int last = (int) COUNT.get(this) - 1;
    return last < 0 ? Long.MIN_VALUE : words[last * rows.words() + RowLayout.SEQ];
  }

  /// About how many bytes of memory it takes.
  long bytes(RowLayout rows) {
    int count = (int) COUNT.get(this);
    long bytes = OBJECT_BYTES + ARRAY_BYTES + (long) words.length * Long.BYTES;
    if (objects != NO_OBJECTS) {
      bytes += ARRAY_BYTES + RowLeaf.bytes(objects, count * rows.objects());
      bytes += (long) (objects.length - count * rows.objects()) * Integer.BYTES;
    }
    return bytes + folded.bytes();
  }

  boolean isFull(RowLayout rows) {
    return ((int) COUNT.get(this) + 1) * rows.words() > words.length;
  }

  void append(RowLayout rows, long[] from, int word, Object[] fromObjects, int object) {
    int at = (int) COUNT.get(this);
    System.arraycopy(from, word, words, at * rows.words(), rows.words());
    if (rows.objects() > 0) {
      System.arraycopy(fromObjects, object, objects, at * rows.objects(), rows.objects());
    }
    COUNT.setRelease(this, at + 1);
  }

  /// Appends rows of another tail.
  void append(RowLayout rows, Tail from, int first, int until) {
    int at = (int) COUNT.get(this);
    int more = until - first;
    int width = rows.words();
    System.arraycopy(from.words, first * width, words, at * width, more * width);
    width = rows.objects();
    if (width > 0) {
      System.arraycopy(from.objects, first * width, objects, at * width, more * width);
    }
    COUNT.setRelease(this, at + more);
  }
}
