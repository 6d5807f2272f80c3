// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kinglet.aggregate.States;
import org.jspecify.annotations.Nullable;

/// Collects the entries of one or more nodes of a level.
final class NodeBuilder {
  private final Section section;
  private final int level;
  private final List<Object> children = new ArrayList<>();
  private long[] bounds = new long[TreeWriter.FANOUT * Node.STRIDE];
  private States states;
  private int size;

  NodeBuilder(Section section, int level) {
    this.section = section;
    this.level = level;
    this.states = section.states(TreeWriter.FANOUT + 4);
  }

  int size() {
    return size;
  }

  States states() {
    return states;
  }

  /// Takes over an entry with its states, for which another thing below may stand.
  void keep(Node node, int entry, @Nullable Object child) {
    reserve();
    System.arraycopy(node.bounds(), entry * Node.STRIDE, bounds, size * Node.STRIDE, Node.STRIDE);
    states.set(size, node.states(), entry);
    append(child);
  }

  /// Adds an entry with empty states.
  void add(long firstMicros, long firstSeq, long lastMicros, long count, @Nullable Object child) {
    reserve();
    append(child);
    bound(firstMicros, firstSeq, lastMicros, count);
  }

  private void append(@Nullable Object child) {
    if (child != null) {
      children.add(child);
    }
    size++;
  }

  /// Sets the bounds of the last entry.
  void bound(long firstMicros, long firstSeq, long lastMicros, long count) {
    int at = (size - 1) * Node.STRIDE;
    bounds[at + Node.FIRST_MICROS] = firstMicros;
    bounds[at + Node.FIRST_SEQ] = firstSeq;
    bounds[at + Node.LAST_MICROS] = lastMicros;
    bounds[at + Node.COUNT] = count;
  }

  private void reserve() {
    if (size == states.rows() && section.size() > 0) {
      States larger = section.states(size * 2);
      for (int row = 0; row < size; row++) {
        larger.set(row, states, row);
      }
      states = larger;
    }
    if ((size + 1) * Node.STRIDE > bounds.length) {
      bounds = Arrays.copyOf(bounds, bounds.length * 2);
    }
  }

  /// The nodes: one, or several where there are too many entries, of which all but the last are
  /// full if entries came only at the end.
  ///
  /// @param dropped what was dropped where the entries were before
  List<Node> build(@Nullable Node dropped, boolean atEnd) {
    int nodes = (size + TreeWriter.FANOUT - 1) / TreeWriter.FANOUT;
    List<Node> built = new ArrayList<>(nodes);
    int from = 0;
    for (int node = 0; node < nodes; node++) {
      int to = atEnd ? Math.min(size, from + TreeWriter.FANOUT) : size * (node + 1) / nodes;
      Node before = node == 0 ? dropped : null;
      built.add(part(from, to, before));
      from = to;
    }
    return built;
  }

  private Node part(int from, int to, @Nullable Node dropped) {
    States own = section.states(to - from);
    for (int row = from; row < to; row++) {
      own.set(row - from, states, row);
    }
    return Node.of(
        section,
        level,
        Arrays.copyOfRange(bounds, from * Node.STRIDE, to * Node.STRIDE),
        children.isEmpty() ? NO_CHILDREN : children.subList(from, to).toArray(),
        own,
        dropped == null ? 0 : dropped.dropped(),
        dropped == null ? 0 : dropped.droppedMicros(),
        dropped == null ? 0 : dropped.droppedSeq());
  }

  private static final Object[] NO_CHILDREN = {};
}
