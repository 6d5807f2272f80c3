// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kinglet.aggregate.States;
import org.jspecify.annotations.Nullable;

/// Collects the entries of one or more nodes of a level.
final class NodeBuilder {
  private static final Object[] NO_CHILDREN = {};

  private final Section section;
  private final int level;
  private Object[] children = NO_CHILDREN;
  private long[] bounds;
  private States states;
  private int size;

  /// About how many bytes of memory the children take.
  private long below;

  /// @param capacity how many entries there is room for before more is made
  NodeBuilder(Section section, int level, int capacity) {
    this.section = section;
    this.level = level;
    this.bounds = new long[capacity * Node.STRIDE];
    this.states = section.states(capacity);
  }

  int size() {
    return size;
  }

  States states() {
    return states;
  }

  /// Takes over entries of a node with what is below.
  void keep(Node node, int from, int to) {
    int count = to - from;
    reserve(count);
    System.arraycopy(
        node.bounds(), from * Node.STRIDE, bounds, size * Node.STRIDE, count * Node.STRIDE);
    states.set(size, node.states(), from, count);
    if (!node.isOfTiles()) {
      System.arraycopy(node.children(), from, children(count), size, count);
      below += bytesBelow(node, from, to);
    }
    size += count;
  }

  /// What is below some entries, without a look at all of them where they are most of a node's.
  private static long bytesBelow(Node node, int from, int to) {
    long bytes = 0;
    if (2 * (to - from) < node.size()) {
      for (int entry = from; entry < to; entry++) {
        bytes += Node.bytes(node.children()[entry]);
      }
      return bytes;
    }
    bytes = node.below();
    for (int entry = 0; entry < node.size(); entry++) {
      bytes -= entry < from || entry >= to ? Node.bytes(node.children()[entry]) : 0;
    }
    return bytes;
  }

  /// Puts something else below the last entry.
  void replaceLast(Object child) {
    below += Node.bytes(child) - Node.bytes(children[size - 1]);
    children[size - 1] = child;
  }

  /// Adds an entry with empty states.
  void add(long firstMicros, long firstSeq, long lastMicros, long count, @Nullable Object child) {
    reserve(1);
    if (child != null) {
      children(1)[size] = child;
      below += Node.bytes(child);
    }
    size++;
    bound(firstMicros, firstSeq, lastMicros, count);
  }

  /// The children with room for some more.
  private Object[] children(int more) {
    if (size + more > children.length) {
      children = Arrays.copyOf(children, Math.max(size + more, bounds.length / Node.STRIDE));
    }
    return children;
  }

  /// Sets the bounds of the last entry.
  void bound(long firstMicros, long firstSeq, long lastMicros, long count) {
    int at = (size - 1) * Node.STRIDE;
    bounds[at + Node.FIRST_MICROS] = firstMicros;
    bounds[at + Node.FIRST_SEQ] = firstSeq;
    bounds[at + Node.LAST_MICROS] = lastMicros;
    bounds[at + Node.COUNT] = count;
  }

  private void reserve(int more) {
    int wanted = size + more;
    if (wanted * Node.STRIDE > bounds.length) {
      int capacity = Math.max(wanted, bounds.length / Node.STRIDE * 2);
      bounds = Arrays.copyOf(bounds, capacity * Node.STRIDE);
      States larger = section.states(capacity);
      larger.set(0, states, 0, size);
      states = larger;
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
    boolean whole = to - from == bounds.length / Node.STRIDE;
    States own = states;
    if (!whole) {
      own = section.states(to - from);
      own.set(0, states, from, to - from);
    }
    Object[] mine =
        children.length == 0 || whole && children.length == size
            ? children
            : Arrays.copyOfRange(children, from, to);
    return Node.of(
        section,
        level,
        whole ? bounds : Arrays.copyOfRange(bounds, from * Node.STRIDE, to * Node.STRIDE),
        mine,
        to - from == size ? below : Node.bytesBelow(mine),
        own,
        dropped == null ? 0 : dropped.dropped(),
        dropped == null ? 0 : dropped.droppedMicros(),
        dropped == null ? 0 : dropped.droppedSeq());
  }
}
