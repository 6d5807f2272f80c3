// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;

/// Events of an entity whose state before them is in the store, in their order: they are applied
/// when somebody needs it. Belongs to the shard's thread.
final class WaitingEvents {
  private static final int OBJECT_BYTES = 32;
  private static final int ARRAY_BYTES = 16;

  /// Before the words of a row stands when it was ingested.
  private static final int HEADER_WORDS = 1;

  private final RowLayout rows;
  private long[] words;
  private Object[] objects;
  private int count;

  WaitingEvents(RowLayout rows) {
    this.rows = rows;
    this.words = new long[stride()];
    this.objects = new Object[rows.objects()];
  }

  private int stride() {
    return HEADER_WORDS + rows.words();
  }

  int count() {
    return count;
  }

  void add(long[] from, int word, Object[] fromObjects, int object, long ingestedMicros) {
    if (count * stride() == words.length) {
      words = Arrays.copyOf(words, 2 * count * stride());
      objects = Arrays.copyOf(objects, 2 * count * rows.objects());
    }
    int at = count * stride();
    words[at] = ingestedMicros;
    System.arraycopy(from, word, words, at + HEADER_WORDS, rows.words());
    System.arraycopy(fromObjects, object, objects, count * rows.objects(), rows.objects());
    count++;
  }

  long[] words() {
    return words;
  }

  Object[] objects() {
    return objects;
  }

  /// Where the words of an event stand.
  int word(int event) {
    return event * stride() + HEADER_WORDS;
  }

  /// Where its objects stand.
  int object(int event) {
    return event * rows.objects();
  }

  long ingestedMicros(int event) {
    return words[event * stride()];
  }

  /// About how many bytes of memory they take.
  long bytes() {
    return OBJECT_BYTES
        + 2 * ARRAY_BYTES
        + (long) words.length * Long.BYTES
        + RowLeaf.bytes(objects, count * rows.objects());
  }
}
