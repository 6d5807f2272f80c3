// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import org.jspecify.annotations.Nullable;

/// Finds the newest event of an entity until a time.
final class Newest {
  private Newest() {}

  /// Its time, or [Folded#NEVER].
  ///
  /// @param count how many of the tail's rows are looked at
  static long micros(Tail tail, RowLayout rows, int count, long untilMicros) {
    long newest = Folded.NEVER;
    for (int row = 0; row < count; row++) {
      long micros = tail.words()[row * rows.words() + RowLayout.MICROS];
      if (micros <= untilMicros && micros > newest) {
        newest = micros;
      }
    }
    Folded folded = tail.folded();
    if (folded.seenMicros() <= untilMicros) {
      newest = Math.max(newest, folded.seenMicros());
    }
    return Math.max(newest, inTree(folded.tree(), rows, untilMicros));
  }

  private static long inTree(@Nullable Node node, RowLayout rows, long untilMicros) {
    if (node == null) {
      return Folded.NEVER;
    }
    for (int entry = node.size() - 1; entry >= 0; entry--) {
      if (node.lastMicros(entry) <= untilMicros) {
        return node.lastMicros(entry);
      }
      if (node.firstMicros(entry) > untilMicros) {
        continue;
      }
      long found =
          node.children()[entry] instanceof Node below
              ? inTree(below, rows, untilMicros)
              : inLeaf((RowLeaf) node.children()[entry], rows, untilMicros);
      if (found != Folded.NEVER) {
        return found;
      }
    }
    return Folded.NEVER;
  }

  private static long inLeaf(RowLeaf leaf, RowLayout rows, long untilMicros) {
    for (int word = leaf.words().length - rows.words(); word >= 0; word -= rows.words()) {
      if (leaf.words()[word + RowLayout.MICROS] <= untilMicros) {
        return leaf.words()[word + RowLayout.MICROS];
      }
    }
    return Folded.NEVER;
  }
}
