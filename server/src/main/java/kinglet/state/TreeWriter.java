// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kinglet.aggregate.States;
import org.jspecify.annotations.Nullable;

/// Puts rows into trees of events or of tiles, and drops what is not seen any more. Belongs to the
/// thread of a shard.
/* A B+ tree that is never changed in place.
 *
 * An insertion makes new nodes along the paths it touches and shares everything else with the tree
 * before, which readers may still walk. A batch is one insertion, so that a path is copied once for
 * many rows. The states of an entry whose child took rows in at its end are the states before plus
 * these rows; otherwise they are computed anew, so that states see their events in order. Rows at the end, the usual case, fill leaves
 * and nodes to the brim; rows in between divide them evenly.
 */
final class TreeWriter {
  static final int FANOUT = 16;
  static final int LEAF_ROWS = 16;

  private final RowLayout rows;
  private final Section section;
  private final Tiles tiles;
  private final RowAdder adder;

  /// What the entries of level 0 are.
  sealed interface Tiles {
    /// Leaves of rows.
    record None() implements Tiles {}

    /// Tiles of one length.
    record Every(long hopMicros) implements Tiles {}

    /// One tile for all time.
    record Endless() implements Tiles {}
  }

  TreeWriter(RowLayout rows, Section section, Tiles tiles) {
    this.rows = rows;
    this.section = section;
    this.tiles = tiles;
    this.adder = new RowAdder(rows, section);
  }

  Section section() {
    return section;
  }

  Tiles tiles() {
    return tiles;
  }

  /// Puts the rows `from` to `to` of a batch into a tree.
  @Nullable Node insert(@Nullable Node root, RowBatch batch, int from, int to) {
    if (from == to) {
      return root;
    }
    List<Node> nodes =
        root == null ? plant(batch, from, to) : insertBelow(lowered(root), batch, from, to);
    while (nodes.size() > 1) {
      NodeBuilder above = new NodeBuilder(section, nodes.getFirst().level() + 1, nodes.size());
      nodes.forEach(node -> addWhole(above, node));
      nodes = above.build(null, true);
    }
    return nodes.getFirst();
  }

  /// The tree without the levels that are not needed after it was trimmed. Not done by the trim:
  /// what a read merges as one must not depend on when that was.
  private static Node lowered(Node root) {
    Node low = root;
    while (low.size() == 1 && low.level() > 0 && low.children()[0] instanceof Node only) {
      low = only;
    }
    return low;
  }

  private List<Node> plant(RowBatch batch, int from, int to) {
    NodeBuilder first = new NodeBuilder(section, 0, FANOUT);
    addNew(first, batch, from, to);
    return first.build(null, true);
  }

  private List<Node> insertBelow(Node node, RowBatch batch, int from, int to) {
    return node.isOfTiles()
        ? insertTiles(node, batch, from, to)
        : insertRows(node, batch, from, to);
  }

  private List<Node> insertRows(Node node, RowBatch batch, int from, int to) {
    int first = firstAffected(node, batch, from);
    if (first + 1 == node.size()) {
      return insertIntoLast(node, batch, from, to);
    }
    NodeBuilder builder = new NodeBuilder(section, node.level(), node.size() + 4);
    builder.keep(node, 0, first);
    boolean atEnd = true;
    int at = from;
    for (int entry = first; entry < node.size(); entry++) {
      boolean last = entry + 1 == node.size();
      int end = last ? to : Math.max(at, before(node, entry + 1, batch, to));
      if (at == end) {
        builder.keep(node, entry, entry + 1);
        continue;
      }
      atEnd &= last;
      insertIntoEntry(builder, node, entry, batch, at, end);
      at = end;
    }
    return builder.build(node, atEnd);
  }

  /// The first entry whose rows change when rows are put in.
  private static int firstAffected(Node node, RowBatch batch, int from) {
    long micros = batch.micros(from);
    int entry = node.size() - 1;
    while (entry > 0
        && (node.firstMicros(entry) > micros
            || node.firstMicros(entry) == micros && node.firstSeq(entry) > batch.seq(from))) {
      entry--;
    }
    return entry;
  }

  private List<Node> insertIntoLast(Node node, RowBatch batch, int from, int to) {
    int last = node.size() - 1;
    Object child = node.children()[last];
    int leaves = child instanceof RowLeaf leaf ? leaves(rowCount(leaf) + to - from) : 1;
    NodeBuilder builder = new NodeBuilder(section, node.level(), last + leaves);
    builder.keep(node, 0, last);
    insertIntoEntry(builder, node, last, batch, from, to);
    return builder.build(node, true);
  }

  private void insertIntoEntry(
      NodeBuilder builder, Node node, int entry, RowBatch batch, int from, int to) {
    Object child = node.children()[entry];
    boolean after = isAfter(node, entry, batch, from);
    if (after && child instanceof RowLeaf leaf) {
      int end = Math.min(to, from + Math.max(0, LEAF_ROWS - rowCount(leaf)));
      builder.keep(node, entry, entry + 1);
      if (end > from) {
        extend(builder, insertIntoLeaf(leaf, batch, from, end).getFirst(), batch, from, end);
      }
      addNew(builder, batch, end, to);
      return;
    }
    List<? extends Object> parts =
        child instanceof Node below
            ? insertBelow(below, batch, from, to)
            : insertIntoLeaf((RowLeaf) child, batch, from, to);
    if (after && parts.size() == 1) {
      builder.keep(node, entry, entry + 1);
      extend(builder, parts.getFirst(), batch, from, to);
    } else {
      parts.forEach(part -> addWhole(builder, part));
    }
  }

  /// Puts another child, with some rows more at its end, in the place of the last entry's.
  private void extend(NodeBuilder builder, Object child, RowBatch batch, int from, int to) {
    builder.replaceLast(child);
    bound(builder, child);
    addRows(builder, batch, from, to);
  }

  /// Whether a row is after everything below an entry, so that its states can go on.
  private boolean isAfter(Node node, int entry, RowBatch batch, int row) {
    if (!(tiles instanceof Tiles.None)) {
      return false;
    }
    long last = node.lastMicros(entry);
    return batch.micros(row) > last
        || batch.micros(row) == last && batch.seq(row) > lastSeq(node.children()[entry]);
  }

  private long lastSeq(Object child) {
    Object below = child;
    while (below instanceof Node node) {
      below = node.children()[node.size() - 1];
    }
    long[] words = ((RowLeaf) below).words();
    return words[words.length - rows.words() + RowLayout.SEQ];
  }

  /// How many rows of a batch belong before an entry.
  private int before(Node node, int entry, RowBatch batch, int to) {
    long micros = node.firstMicros(entry);
    return Math.min(to, batch.countBefore(micros, node.firstSeq(entry)));
  }

  private List<Node> insertTiles(Node node, RowBatch batch, int from, int to) {
    NodeBuilder builder = new NodeBuilder(section, node.level(), node.size() + 1);
    boolean atEnd = true;
    int at = from;
    for (int entry = 0; entry < node.size(); entry++) {
      long start = node.firstMicros(entry);
      int end = Math.max(at, Math.min(to, batch.countBefore(start, Long.MIN_VALUE)));
      atEnd &= at == end;
      addNew(builder, batch, at, end);
      at = end;
      builder.keep(node, entry, entry + 1);
      end = tileEnd(batch, at, to, start);
      if (end > at) {
        addRows(builder, batch, at, end);
        at = end;
      }
    }
    addNew(builder, batch, at, to);
    return builder.build(node, atEnd);
  }

  /// Where the rows of a tile end in a batch.
  private int tileEnd(RowBatch batch, int from, int to, long start) {
    int end = from;
    while (end < to && tileStart(tiles, batch.micros(end)) == start) {
      end++;
    }
    return end;
  }

  static long tileStart(Tiles tiles, long micros) {
    return switch (tiles) {
      case Tiles.None() -> micros;
      case Tiles.Every(long hop) -> {
        long start = micros - Math.floorMod(micros, hop);
        yield start > micros ? Long.MIN_VALUE : start;
      }
      case Tiles.Endless() -> Long.MIN_VALUE;
    };
  }

  /// Adds new leaves or tiles of rows.
  private void addNew(NodeBuilder builder, RowBatch batch, int from, int to) {
    int at = from;
    while (at < to) {
      int end;
      if (tiles instanceof Tiles.None) {
        end = Math.min(to, at + LEAF_ROWS);
        addWhole(builder, leaf(batch.words(), batch.objects(), at, end));
      } else {
        long start = tileStart(tiles, batch.micros(at));
        end = tileEnd(batch, at, to, start);
        builder.add(start, Long.MIN_VALUE, start, 1, null);
        addRows(builder, batch, at, end);
      }
      at = end;
    }
  }

  /// Adds rows to the states of the last entry.
  private void addRows(NodeBuilder builder, RowBatch batch, int from, int to) {
    int row = builder.size() - 1;
    States states = builder.states();
    section.own(states, row);
    for (int at = from; at < to; at++) {
      adder.add(
          section.all(),
          states,
          row,
          batch.words(),
          batch.word(at),
          batch.objects(),
          batch.object(at));
    }
  }

  private void addWhole(NodeBuilder builder, Object child) {
    builder.add(0, 0, 0, 0, child);
    bound(builder, child);
    int row = builder.size() - 1;
    if (child instanceof Node node) {
      for (int entry = 0; entry < node.size(); entry++) {
        section.merge(section.all(), builder.states(), row, node.states(), entry);
      }
    } else if (child instanceof RowLeaf(long[] words, Object[] objects, long _)) {
      int count = words.length / rows.words();
      for (int at = 0; at < count; at++) {
        adder.add(
            section.all(),
            builder.states(),
            row,
            words,
            at * rows.words(),
            objects,
            at * rows.objects());
      }
    }
  }

  private void bound(NodeBuilder builder, Object child) {
    if (child instanceof Node node) {
      boolean whole = node.dropped() == 0 || node.firstMicros(0) < node.droppedMicros();
      builder.bound(
          whole ? node.firstMicros(0) : node.droppedMicros(),
          whole ? node.firstSeq(0) : node.droppedSeq(),
          node.lastMicros(),
          node.count());
    } else if (child instanceof RowLeaf(long[] words, Object[] _, long _)) {
      builder.bound(
          words[RowLayout.MICROS],
          words[RowLayout.SEQ],
          words[words.length - rows.words() + RowLayout.MICROS],
          words.length / rows.words());
    }
  }

  private RowLeaf leaf(long[] words, Object[] objects, int from, int to) {
    return RowLeaf.of(
        Arrays.copyOfRange(words, from * rows.words(), to * rows.words()),
        Arrays.copyOfRange(objects, from * rows.objects(), to * rows.objects()));
  }

  private List<RowLeaf> insertIntoLeaf(RowLeaf leaf, RowBatch batch, int from, int to) {
    int held = rowCount(leaf);
    int count = held + to - from;
    long[] words = new long[count * rows.words()];
    Object[] objects = new Object[count * rows.objects()];
    int at = 0;
    int row = from;
    for (int mine = 0; mine < held; mine++) {
      long micros = leaf.words()[mine * rows.words() + RowLayout.MICROS];
      long seq = leaf.words()[mine * rows.words() + RowLayout.SEQ];
      int end = Math.max(row, Math.min(to, batch.countBefore(micros, seq)));
      copy(batch.words(), batch.objects(), row, words, objects, at, end - row);
      at += end - row;
      row = end;
      copy(leaf.words(), leaf.objects(), mine, words, objects, at++, 1);
    }
    boolean atEnd = row == from;
    copy(batch.words(), batch.objects(), row, words, objects, at, to - row);
    if (count <= LEAF_ROWS) {
      return List.of(RowLeaf.of(words, objects));
    }
    int leaves = leaves(count);
    List<RowLeaf> parts = new ArrayList<>(leaves);
    int start = 0;
    for (int part = 0; part < leaves; part++) {
      int end = atEnd ? Math.min(count, start + LEAF_ROWS) : count * (part + 1) / leaves;
      parts.add(leaf(words, objects, start, end));
      start = end;
    }
    return parts;
  }

  private int rowCount(RowLeaf leaf) {
    return leaf.words().length / rows.words();
  }

  /// How many leaves rows take.
  private static int leaves(int count) {
    return (count + LEAF_ROWS - 1) / LEAF_ROWS;
  }

  private void copy(
      long[] words,
      Object[] objects,
      int from,
      long[] intoWords,
      Object[] intoObjects,
      int to,
      int count) {
    System.arraycopy(
        words, from * rows.words(), intoWords, to * rows.words(), count * rows.words());
    System.arraycopy(
        objects, from * rows.objects(), intoObjects, to * rows.objects(), count * rows.objects());
  }

  /// Drops the leaves or tiles whose last time is before a bound.
  @Nullable Node trim(@Nullable Node root, long boundMicros) {
    if (root == null || root.lastMicros() < boundMicros) {
      return null;
    }
    return trimLeft(root, boundMicros);
  }

  /// The node without what is before a bound, which does not lie behind its end.
  private Node trimLeft(Node node, long boundMicros) {
    int from = 0;
    long dropped = node.dropped();
    while (node.lastMicros(from) < boundMicros) {
      dropped += node.count(from++);
    }
    Object[] children = node.children();
    Object leftmost = node.isOfTiles() ? node : children[from];
    Object trimmed =
        leftmost != node && leftmost instanceof Node below
            ? trimLeft(below, boundMicros)
            : leftmost;
    if (from == 0 && trimmed == leftmost) {
      return node;
    }
    Object[] rest = children;
    if (!node.isOfTiles()) {
      rest = Arrays.copyOfRange(children, from, children.length);
      rest[0] = trimmed;
    }
    int size = node.size() - from;
    States states = section.states(size);
    states.set(0, node.states(), from, size);
    boolean first = node.dropped() == 0;
    return Node.of(
        section,
        node.level(),
        Arrays.copyOfRange(node.bounds(), from * Node.STRIDE, node.bounds().length),
        rest,
        Node.bytesBelow(rest),
        states,
        dropped,
        first ? node.firstMicros(0) : node.droppedMicros(),
        first ? node.firstSeq(0) : node.droppedSeq());
  }
}
