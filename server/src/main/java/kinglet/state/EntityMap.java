// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// The entities of one shard of a view by key: open addressing, one writer, readers without locks.
final class EntityMap {
  private static final int CAPACITY_MIN = 16;

  /// Stands where an entity was removed, so that a search goes on.
  private static final EntityState REMOVED = new EntityState(new byte[0], 0);

  private volatile AtomicReferenceArray<@Nullable EntityState> table =
      new AtomicReferenceArray<>(CAPACITY_MIN);
  private volatile int size;

  /// Places that are not free: entities and what stands for removed ones.
  private int used;

  int size() {
    return size;
  }

  int capacity() {
    return table.length();
  }

  @Nullable EntityState find(long hash, byte[] key, int offset, int length) {
    AtomicReferenceArray<@Nullable EntityState> places = table;
    int mask = places.length() - 1;
    for (int at = (int) hash & mask; ; at = at + 1 & mask) {
      EntityState entity = places.getAcquire(at);
      if (entity == null) {
        return null;
      }
      if (entity.hash() == (int) hash && entity != REMOVED && entity.hasKey(key, offset, length)) {
        return entity;
      }
    }
  }

  /// Adds an entity whose key is not there.
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  void add(EntityState entity) {
    if ((used + 1) * 3 > table.length() * 2) {
      rebuild();
    }
    put(table, entity);
    used++;
    size++;
  }

  private static void put(AtomicReferenceArray<@Nullable EntityState> places, EntityState entity) {
    int mask = places.length() - 1;
    int at = entity.hash() & mask;
    while (places.getPlain(at) != null) {
      at = at + 1 & mask;
    }
    places.setRelease(at, entity);
  }

  /// Removes an entity that is there.
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  void remove(EntityState entity) {
    AtomicReferenceArray<@Nullable EntityState> places = table;
    int mask = places.length() - 1;
    int at = entity.hash() & mask;
    while (places.getPlain(at) != entity) {
      at = at + 1 & mask;
    }
    places.setRelease(at, REMOVED);
    size--;
  }

  /// Removes all.
  void clear() {
    table = new AtomicReferenceArray<>(CAPACITY_MIN);
    size = 0;
    used = 0;
  }

  /// Makes room for more, without what stands for removed entities.
  private void rebuild() {
    AtomicReferenceArray<@Nullable EntityState> places = table;
    int capacity = Math.max(CAPACITY_MIN, Integer.highestOneBit(Math.max(1, size)) * 4);
    AtomicReferenceArray<@Nullable EntityState> larger = new AtomicReferenceArray<>(capacity);
    for (int at = 0; at < places.length(); at++) {
      EntityState entity = places.getPlain(at);
      if (entity != null && entity != REMOVED) {
        put(larger, entity);
      }
    }
    used = size;
    table = larger;
  }

  /// The entity at a place, if there is one; places are those below [#capacity()].
  @Nullable EntityState at(int place) {
    AtomicReferenceArray<@Nullable EntityState> places = table;
    EntityState entity = place < places.length() ? places.getAcquire(place) : null;
    return entity == REMOVED ? null : entity;
  }
}
