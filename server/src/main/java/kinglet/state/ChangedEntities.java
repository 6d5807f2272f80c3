// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import org.jspecify.annotations.Nullable;

/// Entities that the store does not have as they are, in the order in which they began to differ,
/// each with the number of the event that made it differ: what came before the first of them is in
/// the store. Belongs to the shard's thread.
final class ChangedEntities {
  private static final int CAPACITY_MIN = 16;

  private @Nullable EntityState[] entities = new EntityState[CAPACITY_MIN];
  private long[] seqs = new long[CAPACITY_MIN];
  private int first;
  private int size;

  int size() {
    return size;
  }

  void add(EntityState entity, long seq) {
    if (size == seqs.length) {
      resize(2 * size);
    }
    int place = place(size++);
    entities[place] = entity;
    seqs[place] = seq;
  }

  private void resize(int capacity) {
    @Nullable EntityState[] moved = new EntityState[capacity];
    long[] movedSeqs = new long[capacity];
    int straight = Math.min(size, seqs.length - first);
    System.arraycopy(entities, first, moved, 0, straight);
    System.arraycopy(seqs, first, movedSeqs, 0, straight);
    System.arraycopy(entities, 0, moved, straight, size - straight);
    System.arraycopy(seqs, 0, movedSeqs, straight, size - straight);
    entities = moved;
    seqs = movedSeqs;
    first = 0;
  }

  private int place(int index) {
    return first + index & seqs.length - 1;
  }

  EntityState at(int index) {
    EntityState entity = entities[place(index)];
    if (entity == null || index >= size) {
      throw new IndexOutOfBoundsException(index);
    }
    return entity;
  }

  /// The event that made one differ; beyond the last one, the highest number.
  long seq(int index) {
    return index < size ? seqs[place(index)] : Long.MAX_VALUE;
  }

  /// Forgets the first ones.
  void removeFirst(int count) {
    for (int index = 0; index < count; index++) {
      entities[place(index)] = null;
    }
    first = place(count);
    size -= count;
    if (seqs.length > CAPACITY_MIN && size < seqs.length / 8) {
      resize(seqs.length / 4);
    }
  }
}
