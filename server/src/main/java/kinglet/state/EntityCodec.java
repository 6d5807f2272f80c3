// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import kinglet.aggregate.States;
import kinglet.error.PlatformException;
import kinglet.type.Bytes;
import kinglet.value.Shape;
import org.jspecify.annotations.Nullable;

/// The bytes of an entity in the store; the layout is in `docs/formats.md`.
final class EntityCodec {
  private static final int VERSION = 1;
  private static final int SUM_BYTES = 4;

  private final RowLayout rows;
  private final Section treeSection;
  private final List<Section> trackSections;

  EntityCodec(ViewPlan plan) {
    this.rows = plan.rows();
    this.treeSection = plan.treeSection();
    this.trackSections = plan.tracks().stream().map(ViewPlan.Track::section).toList();
  }

  /// @param count how many of the tail's rows
  byte[] encode(Tail tail, int count) {
    Bytes to = new Bytes(64 + count * rows.words() * Long.BYTES);
    to.putByte(VERSION);
    Folded folded = tail.folded();
    to.putByte(folded == Folded.NOTHING ? 0 : 1);
    if (folded != Folded.NOTHING) {
      to.putLong(folded.trackedMicros());
      to.putLong(folded.reachMicros());
      to.putLong(folded.seenMicros());
      writeNode(treeSection, folded.tree(), to);
      to.putVarint(folded.tracks().size());
      for (int track = 0; track < folded.tracks().size(); track++) {
        writeNode(trackSections.get(track), folded.track(track), to);
      }
    }
    writeRows(tail.words(), tail.objects(), count, to);
    CRC32C sum = new CRC32C();
    sum.update(to.array(), 0, to.size());
    to.putInt((int) sum.getValue());
    return to.toArray();
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

  private void writeNode(Section section, @Nullable Node node, Bytes to) {
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
        case Node below -> writeNode(section, below, to);
        case RowLeaf(long[] words, Object[] objects, long _) ->
            writeRows(words, objects, words.length / rows.words(), to);
        default -> throw new IllegalStateException("a node has " + child);
      }
    }
  }

  Tail decode(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, 0, Math.max(0, bytes.length - SUM_BYTES));
    Bytes expected = new Bytes(SUM_BYTES);
    expected.putInt((int) sum.getValue());
    int end = bytes.length - SUM_BYTES;
    if (end < 0 || !Arrays.equals(bytes, end, bytes.length, expected.array(), 0, SUM_BYTES)) {
      throw corrupt("its sum does not fit");
    }
    StateCursor from = new StateCursor(bytes);
    int version = from.readByte();
    if (version != VERSION) {
      throw corrupt("it has version " + version + ", this program reads " + VERSION);
    }
    Folded folded = from.readByte() == 0 ? Folded.NOTHING : readFolded(from);
    int count = from.readCount();
    Tail tail = Tail.of(folded, rows, ViewPlan.capacity(count));
    long[] words = from.readLongs(count * rows.words());
    Object[] objects = readObjects(words, count, from);
    for (int row = 0; row < count; row++) {
      tail.append(rows, words, row * rows.words(), objects, row * rows.objects());
    }
    return tail;
  }

  private Folded readFolded(StateCursor from) {
    long tracked = from.readLong();
    long reach = from.readLong();
    long seen = from.readLong();
    Node tree = readNode(treeSection, from);
    int count = from.readCount();
    List<@Nullable Node> tracks = new ArrayList<>(count);
    for (int track = 0; track < count; track++) {
      tracks.add(readNode(trackSections.get(track), from));
    }
    return new Folded(tree, tracks, tracked, reach, seen);
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

  private @Nullable Node readNode(Section section, StateCursor from) {
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
      children[entry] = level == 0 ? readLeaf(from) : below(readNode(section, from));
    }
    return Node.of(section, level, bounds, children, states, dropped, droppedMicros, droppedSeq);
  }

  private static Node below(@Nullable Node node) {
    if (node == null) {
      throw corrupt("a node is missing");
    }
    return node;
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
