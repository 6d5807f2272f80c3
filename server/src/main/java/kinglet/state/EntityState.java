// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One entity. Its shard's thread alone changes it; any thread may read it.
final class EntityState {
  /// How an entity stands to what the store has of it.
  enum Stored {
    SAME,
    /// A checkpoint is writing it as it is.
    WRITING,
    /// It changed since, and waits for the next checkpoint.
    CHANGED
  }

  private static final int OBJECT_BYTES = 32;

  private final byte[] key;
  private final int hash;
  private volatile Tail tail = Tail.EMPTY;
  private Stored stored = Stored.SAME;
  private StoredNodes nodes = StoredNodes.NONE;
  private long bytes;

  /// What is to be added to what the store has of it before anybody may see it.
  private volatile @Nullable WaitingEvents waiting;

  /// Whether it was used since the sweep last came by; a lost write does no harm.
  private boolean used = true;

  EntityState(byte[] key, int hash) {
    this.key = key;
    this.hash = hash;
  }

  byte[] key() {
    return key;
  }

  int hash() {
    return hash;
  }

  boolean hasKey(byte[] other, int offset, int length) {
    return Arrays.equals(key, 0, key.length, other, offset, offset + length);
  }

  Tail tail() {
    return tail;
  }

  void publish(Tail newer) {
    tail = newer;
  }

  @Nullable WaitingEvents waiting() {
    return waiting;
  }

  /// Its tail is all there is of it once nothing waits.
  void await(@Nullable WaitingEvents events) {
    waiting = events;
  }

  Stored stored() {
    return stored;
  }

  void mark(Stored now) {
    stored = now;
  }

  /// What of it the store has node by node.
  StoredNodes nodes() {
    return nodes;
  }

  void stored(StoredNodes now) {
    nodes = now;
  }

  boolean isUsed() {
    return used;
  }

  void use(boolean now) {
    if (used != now) {
      used = now;
    }
  }

  /// About how many bytes of memory it takes, its place in the map included, as of [#measure].
  long bytes() {
    return bytes;
  }

  /// Measures it anew; the answer is by how much it grew.
  long measure(RowLayout rows) {
    WaitingEvents events = waiting;
    long measured =
        2 * OBJECT_BYTES
            + key.length
            + 2L * Integer.BYTES
            + tail.bytes(rows)
            + nodes.bytes()
            + (events == null ? 0 : events.bytes());
    long grown = measured - bytes;
    bytes = measured;
    return grown;
  }
}
