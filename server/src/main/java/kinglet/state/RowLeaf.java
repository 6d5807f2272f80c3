// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import org.jspecify.annotations.Nullable;

/// Rows in the order of (time, sequence number); never changed.
///
/// @param bytes about how many bytes of memory they take
@SuppressWarnings("ArrayRecordComponent") // never compared
record RowLeaf(long[] words, Object[] objects, long bytes) {
  private static final int LEAF_BYTES = 72;
  private static final int OBJECT_BYTES = 64;
  private static final int ARRAY_BYTES = 16;

  static RowLeaf of(long[] words, Object[] objects) {
    long bytes = LEAF_BYTES + (long) words.length * Long.BYTES + bytes(objects, objects.length);
    return new RowLeaf(words, objects, bytes);
  }

  /// About how many bytes the first objects of an array take, with their places in it.
  static long bytes(@Nullable Object[] objects, int count) {
    long bytes = (long) count * Integer.BYTES;
    for (int i = 0; i < count; i++) {
      Object object = objects[i];
      if (object instanceof byte[] array) {
        bytes += ARRAY_BYTES + array.length + 7 & ~7L;
      } else if (object != null) {
        bytes += OBJECT_BYTES;
      }
    }
    return bytes;
  }
}
