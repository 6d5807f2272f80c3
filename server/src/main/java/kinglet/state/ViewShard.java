// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The entities of one view in one shard; the shard's thread alone changes them.
final class ViewShard {
  private final EntityMap entities = new EntityMap();
  private final EntityWriter writer;

  ViewShard(ViewPlan plan, StateCounters counters) {
    this.writer = new EntityWriter(plan, counters);
  }

  int entities() {
    return entities.size();
  }

  @Nullable EntityState find(long hash, byte[] key, int offset, int length) {
    return entities.find(hash, key, offset, length);
  }

  void apply(
      byte[] keys,
      int keyOffset,
      int keyLength,
      long hash,
      long[] words,
      int word,
      Object[] objects,
      int object,
      long ingestedMicros) {
    EntityState entity = entities.find(hash, keys, keyOffset, keyLength);
    boolean isNew = entity == null;
    if (entity == null) {
      byte[] key = Arrays.copyOfRange(keys, keyOffset, keyOffset + keyLength);
      entity = new EntityState(key, (int) hash);
    }
    boolean added = writer.add(entity, words, word, objects, object, ingestedMicros);
    if (isNew && added) {
      entities.add(entity);
    }
  }

  /// Drops what no read can see any more.
  void trim(long ingestedMicros) {
    for (int place = 0; place < entities.capacity(); place++) {
      EntityState entity = entities.at(place);
      if (entity == null) {
        continue;
      }
      if (writer.isForgotten(entity.tail(), ingestedMicros)) {
        entities.remove(entity);
      } else {
        writer.trim(entity, ingestedMicros);
      }
    }
  }
}
