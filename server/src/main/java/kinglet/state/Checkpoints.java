// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import kinglet.error.PlatformException;
import kinglet.type.Bytes;

/// Writes what changed into the store while events go on being applied.
/* A checkpoint of a shard of a view notes the sequence number S that is applied when it begins, and
 * then writes every entity that changed before, in steps and in whatever state it is by then: what
 * is written of an entity carries the number of its last event. When all are written, the position
 * S is. A crash at any moment leaves entities that are newer than the position; the journal is read
 * again from there, and events an entity has seen are passed over.
 */
final class Checkpoints {
  private static final int ENTITIES_AT_ONCE = 4_096;

  private final StateStore store;
  private final ReentrantLock lock = new ReentrantLock();

  Checkpoints(StateStore store) {
    this.store = store;
  }

  /// Until where the store has a view, if it has.
  OptionalLong position(StateKey keys) {
    try {
      byte[] value = store.find(keys.position());
      return value == null
          ? OptionalLong.empty()
          : OptionalLong.of(new StateCursor(value).readLong());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Until which sequence number keys of a view were deleted.
  Map<byte[], Long> deletions(StateKey keys) {
    try {
      Map<byte[], Long> deletions = new HashMap<>();
      for (Map.Entry<byte[], byte[]> entry : store.scan(keys.allDeleted())) {
        long seq = new StateCursor(entry.getValue()).readLong();
        deletions.put(keys.entityKey(entry.getKey()), seq);
      }
      return deletions;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Makes a number durable under a key.
  static void remember(StateStore store, byte[] key, long seq) {
    try {
      store.write(new StateStore.Batch(List.of(Map.entry(key, number(seq))), List.of()));
      store.sync();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private static byte[] number(long value) {
    Bytes bytes = new Bytes(Long.BYTES);
    bytes.putLong(value);
    return bytes.toArray();
  }

  /// Writes what changed in a view since its last checkpoint; a view that no feed has is left out.
  void write(ViewState view) {
    lock.lock();
    try {
      ViewState.Attachment attached = view.attachment();
      if (attached == null) {
        return;
      }
      long position = Long.MAX_VALUE;
      for (int shard = 0; shard < view.shards(); shard++) {
        position = Math.min(position, write(view, attached.feed(), shard));
      }
      if (view.attachment() != attached) {
        // The feed went on without the view: how far it is says nothing of the view.
        return;
      }
      store.write(
          new StateStore.Batch(
              List.of(Map.entry(view.keys().position(), number(position))), List.of()));
      store.sync();
      view.stored(position);
      forgetDeletions(view, position);
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      lock.unlock();
    }
  }

  private long write(ViewState view, Feed feed, int index) throws IOException {
    ViewShard shard = view.shard(index);
    long position =
        view.call(
            index,
            () -> {
              shard.begin();
              return feed.appliedSeq(index);
            });
    while (true) {
      ViewShard.Captured captured = view.call(index, () -> shard.capture(ENTITIES_AT_ONCE));
      if (captured.isEmpty()) {
        return position;
      }
      boolean written = false;
      try {
        store.write(shard.encode(captured));
        written = true;
      } finally {
        boolean done = written;
        boolean unused =
            view.call(
                index,
                () -> {
                  if (done) {
                    shard.written(captured);
                  } else {
                    shard.failed(captured);
                  }
                  return done;
                });
      }
    }
  }

  private void forgetDeletions(ViewState view, long position) throws IOException {
    List<byte[]> forgotten = new ArrayList<>();
    for (int index = 0; index < view.shards(); index++) {
      ViewShard shard = view.shard(index);
      for (byte[] key : view.call(index, () -> shard.forgetDeleted(position))) {
        forgotten.add(view.keys().deleted(key));
      }
    }
    if (!forgotten.isEmpty()) {
      store.write(new StateStore.Batch(List.of(), forgotten));
    }
  }

  /// Removes everything the store has of a view.
  void remove(StateKey keys) {
    removeEntities(keys);
    try {
      store.removeAll(keys.allDeleted());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /// The names of the views that the store has.
  List<String> names() {
    try {
      return store.scan(StateKey.positions()).stream()
          .map(entry -> StateKey.view(entry.getKey()))
          .toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Removes the entities that the store has of a view, and with them the position.
  void removeEntities(StateKey keys) {
    lock.lock();
    try {
      store.write(new StateStore.Batch(List.of(), List.of(keys.position())));
      store.sync();
      store.removeAll(keys.entities());
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      lock.unlock();
    }
  }

  private static PlatformException unreadable(IOException cause) {
    return new PlatformException(
        StateError.STATE_UNREADABLE, "the state of features cannot be read", cause);
  }

  private static PlatformException unwritable(IOException cause) {
    return new PlatformException(
        StateError.STATE_UNWRITABLE, "the state of features cannot be written", cause);
  }
}
