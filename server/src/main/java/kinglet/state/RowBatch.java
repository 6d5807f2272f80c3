// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;

/// Rows to be put into a tree, sorted by (time, sequence number); used again and again.
final class RowBatch {
  private final RowLayout rows;
  private long[] words;
  private Object[] objects;
  private int count;

  RowBatch(RowLayout rows) {
    this.rows = rows;
    this.words = new long[64 * rows.words()];
    this.objects = new Object[64 * rows.objects()];
  }

  int count() {
    return count;
  }

  long[] words() {
    return words;
  }

  Object[] objects() {
    return objects;
  }

  int word(int row) {
    return row * rows.words();
  }

  int object(int row) {
    return row * rows.objects();
  }

  long micros(int row) {
    return words[word(row) + RowLayout.MICROS];
  }

  long seq(int row) {
    return words[word(row) + RowLayout.SEQ];
  }

  void clear() {
    Arrays.fill(objects, 0, object(count), null);
    count = 0;
  }

  /// Adds a row in its place; the later it comes the less there is to move.
  void add(long[] from, int word, Object[] fromObjects, int object) {
    reserve();
    int at = count;
    long micros = from[word + RowLayout.MICROS];
    long seq = from[word + RowLayout.SEQ];
    while (at > 0 && isAfter(at - 1, micros, seq)) {
      at--;
    }
    if (at < count) {
      System.arraycopy(words, word(at), words, word(at + 1), word(count - at));
      System.arraycopy(objects, object(at), objects, object(at + 1), object(count - at));
    }
    System.arraycopy(from, word, words, word(at), rows.words());
    System.arraycopy(fromObjects, object, objects, object(at), rows.objects());
    count++;
  }

  private boolean isAfter(int row, long micros, long seq) {
    long held = micros(row);
    return held > micros || held == micros && seq(row) > seq;
  }

  private void reserve() {
    if (word(count + 1) > words.length) {
      words = Arrays.copyOf(words, words.length * 2);
      objects = Arrays.copyOf(objects, objects.length * 2);
    }
  }

  /// How many of the rows are before a place in time.
  int countBefore(long micros, long seq) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = low + high >>> 1;
      long held = micros(middle);
      if (held < micros || held == micros && seq(middle) < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
