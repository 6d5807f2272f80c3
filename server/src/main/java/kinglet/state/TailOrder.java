// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// An entity at a moment, with the rows of its tail until a read time in the order of time. Belongs
/// to a reader.
final class TailOrder {
  private final RowLayout rows;
  private int[] order = new int[64];
  private Tail tail = Tail.EMPTY;
  private int count;
  private long readMicros;
  private long newestMicros;

  TailOrder(RowLayout rows) {
    this.rows = rows;
  }

  void take(Tail taken, long untilMicros) {
    tail = taken;
    readMicros = untilMicros;
    int held = taken.count();
    if (order.length < held) {
      order = new int[held];
    }
    newestMicros = Newest.micros(taken, rows, held, untilMicros);
    count = 0;
    for (int row = 0; row < held; row++) {
      if (micros(row) <= untilMicros) {
        int at = count++;
        while (at > 0 && isAfter(order[at - 1], row)) {
          order[at] = order[at - 1];
          at--;
        }
        order[at] = row;
      }
    }
  }

  void takeNothingIf(boolean nothing) {
    if (nothing) {
      tail = Tail.EMPTY;
      count = 0;
    }
  }

  private long micros(int row) {
    return tail.words()[row * rows.words() + RowLayout.MICROS];
  }

  private boolean isAfter(int row, int other) {
    long micros = micros(row);
    long otherMicros = micros(other);
    return micros > otherMicros
        || micros == otherMicros
            && tail.words()[row * rows.words() + RowLayout.SEQ]
                > tail.words()[other * rows.words() + RowLayout.SEQ];
  }

  Tail tail() {
    return tail;
  }

  int count() {
    return count;
  }

  /// The row of the tail at a place in the order of time.
  int row(int place) {
    return order[place];
  }

  long newestMicros() {
    return newestMicros;
  }

  /// Reads the newest event until the read time; `false` if there is none.
  boolean readNewest(int[] wanted, Slot[] arguments) {
    RowLeaf leaf = newestLeaf();
    int row = leaf == null ? -1 : newestRow(leaf);
    int tailRow = count == 0 ? -1 : order[count - 1];
    if (leaf != null && row >= 0 && (tailRow < 0 || isNewer(leaf, row, tailRow * rows.words()))) {
      int object = row * rows.objects();
      rows.read(wanted, leaf.words(), row * rows.words(), leaf.objects(), object, arguments);
      return true;
    }
    if (tailRow >= 0) {
      int object = tailRow * rows.objects();
      rows.read(wanted, tail.words(), tailRow * rows.words(), tail.objects(), object, arguments);
    }
    return tailRow >= 0;
  }

  /// The leaf that has the newest row of the tree until the read time, if any has.
  private @Nullable RowLeaf newestLeaf() {
    Node node = tail.folded().tree();
    while (node != null) {
      int entry = node.size() - 1;
      while (entry > 0 && node.firstMicros(entry) > readMicros) {
        entry--;
      }
      if (node.children()[entry] instanceof RowLeaf leaf) {
        return leaf;
      }
      node = (Node) node.children()[entry];
    }
    return null;
  }

  private int newestRow(RowLeaf leaf) {
    int row = leaf.words().length / rows.words() - 1;
    while (row >= 0 && leaf.words()[row * rows.words() + RowLayout.MICROS] > readMicros) {
      row--;
    }
    return row;
  }

  private boolean isNewer(RowLeaf leaf, int row, int tailWord) {
    long micros = leaf.words()[row * rows.words() + RowLayout.MICROS];
    long other = tail.words()[tailWord + RowLayout.MICROS];
    return micros > other
        || micros == other
            && leaf.words()[row * rows.words() + RowLayout.SEQ]
                > tail.words()[tailWord + RowLayout.SEQ];
  }
}
