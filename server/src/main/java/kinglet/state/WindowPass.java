// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.aggregate.States;
import kinglet.value.Slot;
import org.jspecify.annotations.Nullable;

/// Reads the windows of one group in one pass from the newest event back. Belongs to a reader.
/* One row of states grows while the pass goes back in time. When everything that is left is older
 * than the current window, the features over it are finished from the states so far, and the next,
 * wider window goes on with them: each event is added once however many windows see it, and whole
 * subtrees are merged as one wherever the window's beginning does not cut them.
 *
 * The rows of the tail come in between: before something of a tree is taken, the tail's rows after
 * it are.
 *
 * Rows and states are taken in runs as long as they can be, so that an aggregate is called once for
 * many of them.
 */
final class WindowPass {
  private final ViewPlan plan;
  private final RowLayout rows;
  private final WindowGroup group;
  private final Section section;
  private final TailOrder order;
  private final States states;
  private final RowRun tailRun;
  private final RowRun leafRun;
  private final boolean byRows;
  private final long[] starts;

  private Slot[] values = {};
  private long readMicros;
  private long endMicros;

  /// The window that is being filled.
  private int part;

  /// The place of the tail's next row; -1 when all are taken.
  private int next;

  /// Rows taken so far.
  private long taken;

  WindowPass(ViewPlan plan, WindowGroup group, TailOrder order) {
    this.plan = plan;
    this.rows = plan.rows();
    this.group = group;
    this.section = group.section();
    this.order = order;
    this.states = section.states(1);
    this.tailRun = new RowRun(rows, group, states);
    this.leafRun = new RowRun(rows, group, states);
    this.byRows = group.source() instanceof WindowGroup.Source.LastRows;
    this.starts = new long[group.parts().length];
  }

  void run(long atMicros, Slot[] into) {
    values = into;
    readMicros = atMicros;
    part = 0;
    taken = 0;
    next = order.count() - 1;
    states.clear(0);
    WindowGroup.Part[] parts = group.parts();
    for (int i = 0; i < parts.length; i++) {
      Window window = parts[i].window();
      starts[i] =
          window instanceof Window.Rows(int preceding)
              ? preceding + 1L
              : window.startMicros(readMicros);
    }
    endMicros = parts[0].window().endMicros(readMicros);
    while (next >= 0 && micros(next) > endMicros) {
      next--;
    }
    tailRun.open(order, next);
    Folded folded = order.tail().folded();
    boolean more =
        switch (group.source()) {
          case WindowGroup.Source.Events _, WindowGroup.Source.LastRows _ ->
              walk(folded.tree(), Long.MIN_VALUE, true);
          case WindowGroup.Source.Track(int index) ->
              walk(folded.tree(), folded.trackedMicros(), false) && walkTiles(folded.track(index));
        };
    if (more) {
      finishRest();
    }
    tailRun.close();
    leafRun.close();
    values = NO_VALUES;
  }

  private static final Slot[] NO_VALUES = {};

  private long micros(int place) {
    return order.tail().words()[order.row(place) * rows.words() + RowLayout.MICROS];
  }

  private long seq(int place) {
    return order.tail().words()[order.row(place) * rows.words() + RowLayout.SEQ];
  }

  /// Takes what a tree of events has after `afterMicros`; `false` when every window is finished.
  private boolean walk(@Nullable Node node, long afterMicros, boolean whole) {
    if (node == null) {
      return true;
    }
    for (int entry = node.size() - 1; entry >= 0; entry--) {
      long first = node.firstMicros(entry);
      long last = node.lastMicros(entry);
      if (first > endMicros) {
        continue;
      }
      if (last <= afterMicros && afterMicros != Long.MIN_VALUE) {
        return true;
      }
      if (!advance(Math.min(last, endMicros), Long.MAX_VALUE)) {
        return false;
      }
      if (whole && last <= endMicros && isInside(first, node.firstSeq(entry), node.count(entry))) {
        int lowest = lowestInside(node, entry);
        if (!takeWhole(node, entry, lowest)) {
          return false;
        }
        entry = lowest;
        continue;
      }
      boolean more =
          node.children()[entry] instanceof Node below
              ? walk(below, afterMicros, whole)
              : walkLeaf((RowLeaf) node.children()[entry], afterMicros);
      if (!more) {
        return false;
      }
    }
    return true;
  }

  private boolean walkLeaf(RowLeaf leaf, long afterMicros) {
    long[] words = leaf.words();
    int row = words.length / rows.words() - 1;
    while (row >= 0 && words[row * rows.words() + RowLayout.MICROS] > endMicros) {
      row--;
    }
    leafRun.open(leaf, row);
    for (; row >= 0; row--) {
      int word = row * rows.words();
      long micros = words[word + RowLayout.MICROS];
      if (micros <= afterMicros && afterMicros != Long.MIN_VALUE) {
        leafRun.add(part);
        return true;
      }
      if (!advance(micros, words[word + RowLayout.SEQ]) || !takeNextOf(leafRun, tailRun)) {
        return false;
      }
    }
    leafRun.add(part);
    return true;
  }

  /// Takes tiles; `false` when every window is finished.
  private boolean walkTiles(@Nullable Node node) {
    if (node == null) {
      return true;
    }
    for (int entry = node.size() - 1; entry >= 0; entry--) {
      if (!advance(node.lastMicros(entry), Long.MAX_VALUE)) {
        return false;
      }
      if (node.firstMicros(entry) >= starts[part]) {
        int lowest = entry;
        while (lowest > 0
            && node.firstMicros(lowest - 1) >= starts[part]
            && (next < 0 || !isAfter(next, node.lastMicros(lowest - 1), Long.MAX_VALUE))) {
          lowest--;
        }
        merge(node, entry, lowest);
        entry = lowest;
      } else if (!walkTiles((Node) node.children()[entry])) {
        return false;
      }
    }
    return true;
  }

  /// Whether everything of an entry belongs to the current window and nothing of the tail comes in
  /// between: an aggregate sees events and states in the order of time.
  private boolean isInside(long firstMicros, long firstSeq, long count) {
    boolean inside = byRows ? taken + count <= starts[part] : firstMicros >= starts[part];
    return inside && (next < 0 || !isAfter(next, firstMicros, firstSeq));
  }

  /// The last entry that can be taken with another one in one go.
  private int lowestInside(Node node, int entry) {
    int lowest = entry;
    while (!byRows
        && lowest > 0
        && isInside(node.firstMicros(lowest - 1), node.firstSeq(lowest - 1), 0)) {
      lowest--;
    }
    return lowest;
  }

  /// Whether a row of the tail is after a place in time.
  private boolean isAfter(int place, long micros, long seq) {
    long held = micros(place);
    return held > micros || held == micros && seq(place) > seq;
  }

  /// Takes the tail's rows after a place in time and finishes the windows that begin after it;
  /// `false` when all are finished.
  private boolean advance(long micros, long seq) {
    while (true) {
      while (next >= 0 && isAfter(next, micros, seq) && (byRows || micros(next) >= starts[part])) {
        if (!takeNext()) {
          return false;
        }
      }
      if (byRows || micros >= starts[part]) {
        return true;
      }
      if (!finishPart()) {
        return false;
      }
    }
  }

  private boolean takeNext() {
    next--;
    return takeNextOf(tailRun, leafRun);
  }

  /// Takes the next row of one run after those that were taken of the other.
  private boolean takeNextOf(RowRun run, RowRun other) {
    other.add(part);
    run.take();
    return count(1);
  }

  private void addTaken() {
    tailRun.add(part);
    leafRun.add(part);
  }

  private boolean takeWhole(Node node, int entry, int lowest) {
    merge(node, entry, lowest);
    return count(node.count(entry));
  }

  /// Merges the states of entries, the newest first.
  private void merge(Node node, int entry, int lowest) {
    addTaken();
    group.parts()[part].merge().mergeDown(states, 0, node.states(), entry, lowest);
  }

  private boolean count(long rowsTaken) {
    taken += rowsTaken;
    while (byRows && taken == starts[part]) {
      if (!finishPart()) {
        return false;
      }
    }
    return true;
  }

  /// Finishes the current window; `false` if it was the last.
  private boolean finishPart() {
    addTaken();
    WindowGroup.Part finished = group.parts()[part];
    int[] positions = finished.positions();
    for (int i = 0; i < positions.length; i++) {
      Section.Use use = section.use(positions[i]);
      Slot value = values[finished.values()[i]];
      use.aggregate().finish(states, 0, use.word(), use.object(), readMicros, value);
    }
    return ++part < group.parts().length;
  }

  private void finishRest() {
    do {
      while (next >= 0 && (byRows || micros(next) >= starts[part])) {
        if (!takeNext()) {
          return;
        }
      }
    } while (finishPart());
  }
}
