// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.aggregate.States;

/// A node of a tree of events or tiles; never changed. For each of its entries, in the order of
/// time, it has the bounds and the states of everything below.
///
/// In a tree of events the entries of level 0 are leaves of rows; in one of tiles they are tiles,
/// which have nothing below, and whose bounds are their first microsecond.
///
/// What no window sees any more is dropped from the left. An entry's bounds and states stay what
/// they were, so that a value does not depend on when something was dropped: an entry that begins
/// before a window is never taken as a whole.
///
/// @param level how many levels of nodes are below
/// @param bounds [#STRIDE] words for each entry
/// @param children what is below each entry; empty for tiles
/// @param below about how many bytes of memory the children take
/// @param dropped how many rows or tiles were dropped here
/// @param droppedMicros the first time among them
/// @param bytes about how many bytes of memory it takes with everything below
@SuppressWarnings("ArrayRecordComponent") // never compared
record Node(
    int level,
    long[] bounds,
    Object[] children,
    long below,
    States states,
    long dropped,
    long droppedMicros,
    long droppedSeq,
    long bytes) {
  static final int FIRST_MICROS = 0;
  static final int FIRST_SEQ = 1;
  static final int LAST_MICROS = 2;
  static final int COUNT = 3;
  static final int STRIDE = 4;

  private static final int NODE_BYTES = 160;

  static Node of(
      Section section,
      int level,
      long[] bounds,
      Object[] children,
      long below,
      States states,
      long dropped,
      long droppedMicros,
      long droppedSeq) {
    long bytes = NODE_BYTES + (long) bounds.length * Long.BYTES + below;
    for (int entry = 0; entry < bounds.length / STRIDE; entry++) {
      bytes += section.bytes(states, entry);
    }
    return new Node(
        level, bounds, children, below, states, dropped, droppedMicros, droppedSeq, bytes);
  }

  static long bytesBelow(Object[] children) {
    long bytes = 0;
    for (Object child : children) {
      bytes += bytes(child);
    }
    return bytes;
  }

  static long bytes(Object child) {
    return child instanceof RowLeaf leaf ? leaf.bytes() : ((Node) child).bytes();
  }

  int size() {
    return bounds.length / STRIDE;
  }

  boolean isOfTiles() {
    return children.length == 0;
  }

  long firstMicros(int entry) {
    return bounds[entry * STRIDE + FIRST_MICROS];
  }

  long firstSeq(int entry) {
    return bounds[entry * STRIDE + FIRST_SEQ];
  }

  long lastMicros(int entry) {
    return bounds[entry * STRIDE + LAST_MICROS];
  }

  long count(int entry) {
    return bounds[entry * STRIDE + COUNT];
  }

  long lastMicros() {
    return lastMicros(size() - 1);
  }

  /// Rows or tiles below, dropped ones included.
  long count() {
    long count = dropped;
    for (int entry = 0; entry < size(); entry++) {
      count += count(entry);
    }
    return count;
  }
}
