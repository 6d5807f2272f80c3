// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import kinglet.aggregate.States;
import kinglet.error.PlatformException;
import kinglet.type.Bytes;
import kinglet.value.Shape;
import org.jspecify.annotations.Nullable;

/// The bytes of an entity in the store; the layout is in `docs/formats.md`.
/* A small entity is one value. Of a large one most nodes are values of their own, with numbers: they
 * never change, so a checkpoint writes those that are new alone, and the entity with the numbers.
 */
final class EntityCodec {
  private static final int VERSION = 2;
  private static final int SUM_BYTES = 4;

  /// Above so many bytes of memory an entity's nodes are stored one by one, if they are not small
  /// themselves.
  private static final long LARGE_BYTES = 32 << 10;

  private static final long NODE_BYTES_MIN = 2 << 10;

  private static final int FOLDED = 1 + Long.BYTES;
  private static final int NOTHING_FOLDED = 0;
  private static final int WHOLE = 1;
  private static final int IN_NODES = 2;

  private final RowLayout rows;
  private final Section treeSection;
  private final List<Section> trackSections;

  EntityCodec(ViewPlan plan) {
    this.rows = plan.rows();
    this.treeSection = plan.treeSection();
    this.trackSections = plan.tracks().stream().map(ViewPlan.Track::section).toList();
  }

  /// An entity for the store.
  ///
  /// @param nodes those that the store does not have, by number
  /// @param gone the numbers of those that are no part of it any more
  /// @param stored the nodes that the store has then
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Encoded(byte[] value, Map<Long, byte[]> nodes, List<Long> gone, StoredNodes stored) {}

  /// An entity of the store.
  record Decoded(Tail tail, StoredNodes stored) {}

  /// @param count how many of the tail's rows
  /// @param stored the nodes that the store has
  Encoded encode(Tail tail, int count, StoredNodes stored) {
    Bytes to = new Bytes(64 + count * rows.words() * Long.BYTES);
    to.putByte(VERSION);
    to.putLong(Newest.micros(tail, rows, count, Long.MAX_VALUE));
    Folded folded = tail.folded();
    boolean large = folded.bytes() > LARGE_BYTES;
    NodeWriting writing = new NodeWriting(large, stored);
    Bytes whole = new Bytes(64);
    if (folded != Folded.NOTHING) {
      whole.putLong(folded.trackedMicros());
      whole.putLong(folded.reachMicros());
      whole.putLong(folded.seenMicros());
      writing.write(treeSection, folded.tree(), whole);
      whole.putVarint(folded.tracks().size());
      for (int track = 0; track < folded.tracks().size(); track++) {
        writing.write(trackSections.get(track), folded.track(track), whole);
      }
    }
    to.putByte(folded == Folded.NOTHING ? NOTHING_FOLDED : large ? IN_NODES : WHOLE);
    if (large) {
      to.putLong(writing.now.next());
    }
    to.put(whole.array(), 0, whole.size());
    writeRows(tail.words(), tail.objects(), count, to);
    return new Encoded(summed(to), writing.nodes, stored.without(writing.now), writing.now);
  }

  private static byte[] summed(Bytes bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes.array(), 0, bytes.size());
    bytes.putInt((int) sum.getValue());
    return bytes.toArray();
  }

  /// Writes the nodes of one entity.
  private final class NodeWriting {
    private final boolean apart;
    private final StoredNodes before;
    private final StoredNodes now;
    private final Map<Long, byte[]> nodes = new HashMap<>();

    NodeWriting(boolean apart, StoredNodes before) {
      this.apart = apart;
      this.before = before;
      this.now = apart ? new StoredNodes(before.next()) : StoredNodes.NONE;
    }

    void write(Section section, @Nullable Node node, Bytes to) {
      if (node == null) {
        to.putVarint(0);
        return;
      }
      to.putVarint(node.size());
      to.putVarint(node.level());
      to.putByte(node.isOfTiles() ? 1 : 0);
      to.putLong(node.dropped());
      to.putLong(node.droppedMicros());
      to.putLong(node.droppedSeq());
      for (long bound : node.bounds()) {
        to.putLong(bound);
      }
      for (int entry = 0; entry < node.size(); entry++) {
        section.write(node.states(), entry, to);
      }
      for (Object child : node.children()) {
        switch (child) {
          case Node below -> writeBelow(section, below, to);
          case RowLeaf(long[] words, Object[] objects, long _) ->
              writeRows(words, objects, words.length / rows.words(), to);
          default -> throw new IllegalStateException("a node has " + child);
        }
      }
    }

    private void writeBelow(Section section, Node node, Bytes to) {
      if (!apart || node.bytes() < NODE_BYTES_MIN) {
        to.putVarint(0);
        write(section, node, to);
        return;
      }
      Long number = before.number(node);
      if (number == null) {
        Bytes own = new Bytes(1 << 10);
        write(section, node, own);
        number = now.add(node);
        nodes.put(number, summed(own));
      } else {
        keep(node, number);
      }
      to.putVarint(number);
    }

    /// What is below a stored node is stored.
    private void keep(Node node, long number) {
      now.put(node, number);
      for (Object child : node.children()) {
        Long below = child instanceof Node one ? before.number(one) : null;
        if (below != null) {
          keep((Node) child, below);
        }
      }
    }
  }

  private void writeRows(long[] words, Object[] objects, int count, Bytes to) {
    to.putVarint(count);
    for (int word = 0; word < count * rows.words(); word++) {
      to.putLong(words[word]);
    }
    for (int row = 0; row < count; row++) {
      for (int argument = 0; argument < rows.arguments(); argument++) {
        int place = rows.objectPlace(argument);
        if (place >= 0 && !RowLayout.hasFlag(words, row * rows.words(), argument)) {
          ObjectCodec.write(rows.shape(argument), objects[row * rows.objects() + place], to);
        }
      }
    }
  }

  /// Whether nodes belong to a value of the store.
  static boolean isInNodes(byte[] value) {
    return value.length > FOLDED && value[FOLDED] == IN_NODES;
  }

  /// The time of the newest event of an entity of the store.
  static long newestMicros(byte[] value) {
    return opened(value).readLong();
  }

  /// Reads what [#encode] wrote.
  ///
  /// @param nodes those that follow the value, by number
  Decoded decode(byte[] value, Map<Long, byte[]> nodes) {
    StateCursor from = opened(value);
    from.skip(Long.BYTES);
    int kind = from.readByte();
    NodeReading reading =
        new NodeReading(
            nodes, kind == IN_NODES ? new StoredNodes(from.readLong()) : StoredNodes.NONE);
    Folded folded = kind == NOTHING_FOLDED ? Folded.NOTHING : reading.readFolded(from);
    int count = from.readCount();
    Tail tail = Tail.of(folded, rows, ViewPlan.capacity(count));
    long[] words = from.readLongs(count * rows.words());
    Object[] objects = readObjects(words, count, from);
    for (int row = 0; row < count; row++) {
      tail.append(rows, words, row * rows.words(), objects, row * rows.objects());
    }
    return new Decoded(tail, reading.stored);
  }

  /// A value behind its version.
  private static StateCursor opened(byte[] value) {
    StateCursor from = checked(value);
    int version = from.readByte();
    if (version != VERSION) {
      throw corrupt("it has version " + version + ", this program reads " + VERSION);
    }
    return from;
  }

  private static StateCursor checked(byte[] bytes) {
    int end = bytes.length - SUM_BYTES;
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, Math.max(0, end));
    Bytes expected = new Bytes(SUM_BYTES);
    expected.putInt((int) sum.getValue());
    if (end < 0 || !Arrays.equals(bytes, end, bytes.length, expected.array(), 0, SUM_BYTES)) {
      throw corrupt("its sum does not fit");
    }
    return new StateCursor(bytes);
  }

  private Object[] readObjects(long[] words, int count, StateCursor from) {
    Object[] objects = new Object[count * rows.objects()];
    for (int row = 0; row < count; row++) {
      for (int argument = 0; argument < rows.arguments(); argument++) {
        int place = rows.objectPlace(argument);
        if (place >= 0 && !RowLayout.hasFlag(words, row * rows.words(), argument)) {
          Shape shape = rows.shape(argument);
          objects[row * rows.objects() + place] = ObjectCodec.read(shape, from);
        }
      }
    }
    return objects;
  }

  /// Reads the nodes of one entity.
  private final class NodeReading {
    private final Map<Long, byte[]> nodes;
    private final StoredNodes stored;

    NodeReading(Map<Long, byte[]> nodes, StoredNodes stored) {
      this.nodes = nodes;
      this.stored = stored;
    }

    Folded readFolded(StateCursor from) {
      long tracked = from.readLong();
      long reach = from.readLong();
      long seen = from.readLong();
      Node tree = read(treeSection, from);
      int count = from.readCount();
      List<@Nullable Node> tracks = new ArrayList<>(count);
      for (int track = 0; track < count; track++) {
        tracks.add(read(trackSections.get(track), from));
      }
      return new Folded(tree, tracks, tracked, reach, seen);
    }

    private @Nullable Node read(Section section, StateCursor from) {
      int size = from.readCount();
      if (size == 0) {
        return null;
      }
      int level = from.readCount();
      boolean tiles = from.readByte() == 1;
      long dropped = from.readLong();
      long droppedMicros = from.readLong();
      long droppedSeq = from.readLong();
      long[] bounds = from.readLongs(size * Node.STRIDE);
      States states = section.states(size);
      for (int entry = 0; entry < size; entry++) {
        section.read(from, states, entry);
      }
      Object[] children = new Object[tiles ? 0 : size];
      for (int entry = 0; entry < children.length; entry++) {
        children[entry] = level == 0 ? readLeaf(from) : readBelow(section, from);
      }
      return Node.of(
          section,
          level,
          bounds,
          children,
          Node.bytesBelow(children),
          states,
          dropped,
          droppedMicros,
          droppedSeq);
    }

    private Node readBelow(Section section, StateCursor from) {
      long number = from.readCount();
      byte[] apart = number == 0 ? null : nodes.get(number);
      if (number != 0 && apart == null) {
        throw corrupt("a node is not there");
      }
      Node node = read(section, apart == null ? from : checked(apart));
      if (node == null) {
        throw corrupt("a node is missing");
      }
      if (number != 0) {
        stored.put(node, number);
      }
      return node;
    }
  }

  private RowLeaf readLeaf(StateCursor from) {
    int count = from.readCount();
    long[] words = from.readLongs(count * rows.words());
    return RowLeaf.of(words, readObjects(words, count, from));
  }

  private static PlatformException corrupt(String why) {
    return new PlatformException(
        StateError.STATE_CORRUPT, "an entity in the state of features is damaged: " + why);
  }
}
