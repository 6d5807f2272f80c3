// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.Arrays;

/// One entity. Its shard's thread alone changes it; any thread may read it.
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

  void publish(Tail newer) {
    tail = newer;
  }
}
