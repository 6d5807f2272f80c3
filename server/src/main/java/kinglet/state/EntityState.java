// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;

/// What is kept of one entity. Its shard's thread alone changes it; any thread may read it.
final class EntityState {
  private final byte[] key;
  private final int hash;
  private volatile Tail tail = Tail.EMPTY;

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

  /// Adds a row that stands in a buffer.
  void add(ViewPlan plan, long[] words, int word, Object[] objects, int object) {
    Tail held = tail;
    if (held.isFull()) {
      held = held.grown(plan.rows());
      held.append(plan.rows(), words, word, objects, object);
      tail = held;
    } else {
      held.append(plan.rows(), words, word, objects, object);
    }
  }
}
