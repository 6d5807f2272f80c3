// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts together what the store has of entities: a value each, and the nodes that follow it.
final class StoredEntities {
  private final StateKey keys;
  private final Taker taker;
  private byte @Nullable [] key;
  private byte[] value = {};
  private Map<Long, byte[]> nodes = new HashMap<>();
  private boolean more = true;

  /// Takes an entity; `false` to take no more.
  @FunctionalInterface
  interface Taker {
    boolean take(byte[] key, byte[] value, Map<Long, byte[]> nodes);
  }

  private StoredEntities(StateKey keys, Taker taker) {
    this.keys = keys;
    this.taker = taker;
  }

  /// Hands on the entities whose stored key begins with some bytes, as they are at one moment.
  ///
  /// @param from the first stored key
  static void forEach(StateStore store, StateKey keys, byte[] prefix, byte[] from, Taker taker)
      throws IOException {
    StoredEntities entities = new StoredEntities(keys, taker);
    store.forEach(prefix, from, entities::take);
    entities.end();
  }

  private boolean take(byte[] storedKey, byte[] stored) {
    StateKey.Place place = keys.place(storedKey);
    if (place.node() == 0) {
      end();
      key = place.key();
      value = stored;
      nodes = new HashMap<>();
    } else if (key != null && Arrays.equals(key, place.key())) {
      nodes.put(place.node(), stored);
    }
    return more;
  }

  private void end() {
    byte[] ended = key;
    key = null;
    if (ended != null && more) {
      more = taker.take(ended, value, nodes);
    }
  }
}
