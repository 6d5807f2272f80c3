// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The entities of one view in one shard; the shard's thread alone changes them.
final class ViewShard {
  private final ViewPlan plan;
  private final EntityMap entities = new EntityMap();

  ViewShard(ViewPlan plan) {
    this.plan = plan;
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
      int object) {
    EntityState entity = entities.find(hash, keys, keyOffset, keyLength);
    boolean isNew = entity == null;
    if (entity == null) {
      byte[] key = Arrays.copyOfRange(keys, keyOffset, keyOffset + keyLength);
      entity = new EntityState(key, (int) hash);
    }
    entity.add(plan, words, word, objects, object);
    if (isNew) {
      entities.add(entity);
    }
  }
}
