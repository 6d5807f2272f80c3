// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import kinglet.error.PlatformException;
import kinglet.type.Bytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what changed into the store while events go on being applied.
/* In each shard of a view, what changed is written in the order in which it began to differ from
 * what the store has, in steps and in whatever state it is by then: what is written of an entity
 * carries the number of its last event. Each step takes along until where the store has the shard:
 * before the event that changed the first entity which is still to be written. A crash at any
 * moment leaves entities that are newer than that; the journal is read again from there, and events
 * an entity has seen are passed over.
 */
final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  /// The version of what is in the store.
  private static final long FORMAT = 3;

  private static final int ENTITIES_AT_ONCE = 16_384;

  private final StateStore store;
  private final ReentrantLock lock = new ReentrantLock();

  Checkpoints(StateStore store) {
    this.store = store;
  }

  /// Until where the store has each shard of a view, if it has.
  Optional<long[]> positions(StateKey keys, int shards) {
    try {
      byte[] value = store.find(keys.position());
      return Optional.ofNullable(value).map(known -> positions(known, shards));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Of other shards the least is known.
  private static long[] positions(byte[] value, int shards) {
    long[] known = new StateCursor(value).readLongs(value.length / Long.BYTES);
    if (known.length != shards) {
      long least = Arrays.stream(known).min().orElse(0);
      known = new long[shards];
      Arrays.fill(known, least);
    }
    return known;
  }

  /// From when on it is known that keys of a view which are not there had no events.
  long reachMicros(StateKey keys) {
    return number(keys.reach()).orElse(Folded.NEVER);
  }

  private OptionalLong number(byte[] key) {
    try {
      byte[] value = store.find(key);
      return value == null
          ? OptionalLong.empty()
          : OptionalLong.of(new StateCursor(value).readLong());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Removes everything that another version of this program wrote: it can be made again.
  void removeOtherFormats() {
    OptionalLong format = number(StateKey.format());
    if (format.orElse(0) == FORMAT) {
      return;
    }
    format.ifPresent(other ->
        LOG.atWarn()
            .addKeyValue("format", other)
            .log("the stored state of features is of another version; it is made anew"));
    try {
      for (int kind = 0; kind < 0xFF; kind++) {
        store.removeAll(new byte[] {(byte) kind});
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
    remember(store, StateKey.format(), FORMAT);
  }

  /// Until which sequence number keys of a view were deleted.
  Map<byte[], Long> deletions(StateKey keys) {
    try {
      Map<byte[], Long> deletions = new HashMap<>();
      for (Map.Entry<byte[], byte[]> entry : store.scan(keys.allDeleted())) {
        long seq = new StateCursor(entry.getValue()).readLong();
        deletions.put(keys.deletedKey(entry.getKey()), seq);
      }
      return deletions;
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Makes a number durable under a key.
  static void remember(StateStore store, byte[] key, long seq) {
    try {
      store.write(new StateStore.Batch(List.of(Map.entry(key, numbers(seq))), List.of()));
      store.sync();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private static byte[] numbers(long... values) {
    Bytes bytes = new Bytes(values.length * Long.BYTES);
    for (long value : values) {
      bytes.putLong(value);
    }
    return bytes.toArray();
  }

  /// Writes what changed in a view until now; a view that no feed has is left out.
  void write(ViewState view) {
    lock.lock();
    try {
      ViewState.Attachment attached = view.attachment();
      if (attached == null || view.isDamaged()) {
        return;
      }
      for (int shard = 0; shard < view.shards(); shard++) {
        write(view, attached, shard, attached.feed().appliedSeq(shard));
      }
      sync(view);
      forgetDeletions(view, view.storedSeq());
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      lock.unlock();
    }
  }

  /// Writes what changed first in a view, where too much would have to come in again after a crash.
  ///
  /// @param most how much of the journal that may be
  /// @param left how much of it is left then
  void advance(ViewState view, long most, long left) {
    lock.lock();
    try {
      ViewState.Attachment attached = view.attachment();
      // What a restart brings waits for who needs it.
      if (attached == null || attached.feed().mayWait() || view.isDamaged()) {
        return;
      }
      for (int shard = 0; shard < view.shards(); shard++) {
        long appliedSeq = attached.feed().appliedSeq(shard);
        if (appliedSeq - view.writtenSeq(shard) > most) {
          write(view, attached, shard, appliedSeq - left);
        }
      }
      sync(view);
    } catch (IOException e) {
      throw unwritable(e);
    } finally {
      lock.unlock();
    }
  }

  private void sync(ViewState view) throws IOException {
    if (view.writtenSeq() > view.storedSeq()) {
      store.sync();
      view.stored(view.writtenSeq());
    }
  }

  /// Writes what changed in a shard by an event or before it.
  private void write(ViewState view, ViewState.Attachment attached, int index, long throughSeq)
      throws IOException {
    ViewShard shard = view.shard(index);
    view.settle(index);
    boolean more = true;
    while (more) {
      Optional<ViewShard.Captured> taken =
          view.call(index, () -> capture(view, attached, index, throughSeq));
      if (taken.isEmpty()) {
        return;
      }
      ViewShard.Captured captured = taken.get();
      boolean written = false;
      ViewShard.Encoded encoded = shard.encode(captured);
      try {
        write(view, index, captured.untilSeq(), encoded.batch());
        written = true;
      } finally {
        boolean done = written;
        boolean unused =
            view.call(
                index,
                () -> {
                  if (done) {
                    shard.written(captured, encoded.stored());
                  } else {
                    shard.failed(captured);
                  }
                  return done;
                });
      }
      more = captured.more();
    }
  }

  /// On the shard's thread. A feed that goes on without the view says nothing of it.
  private static Optional<ViewShard.Captured> capture(
      ViewState view, ViewState.Attachment attached, int index, long throughSeq) {
    long appliedSeq = attached.feed().appliedSeq(index);
    return view.attachment() == attached && !view.isDamaged()
        ? Optional.of(view.shard(index).capture(ENTITIES_AT_ONCE, throughSeq, appliedSeq))
        : Optional.empty();
  }

  private void write(ViewState view, int index, long untilSeq, StateStore.Batch batch)
      throws IOException {
    boolean moves = untilSeq > view.writtenSeq(index);
    if (!moves && batch.puts().isEmpty() && batch.removes().isEmpty()) {
      return;
    }
    List<Map.Entry<byte[], byte[]>> puts = new ArrayList<>(batch.puts());
    view.writtenSeqs(index, untilSeq)
        .ifPresent(seqs -> puts.add(Map.entry(view.keys().position(), numbers(seqs))));
    store.write(withReach(view, new StateStore.Batch(puts, batch.removes())));
    view.written(index, untilSeq);
  }

  /// Nothing is gone without its being known since when.
  private static StateStore.Batch withReach(ViewState view, StateStore.Batch batch) {
    if (batch.removes().isEmpty() || view.reachMicros() == Folded.NEVER) {
      return batch;
    }
    List<Map.Entry<byte[], byte[]>> puts = new ArrayList<>(batch.puts());
    puts.add(Map.entry(view.keys().reach(), numbers(view.reachMicros())));
    return new StateStore.Batch(puts, batch.removes());
  }

  /// Looks at some entities more that are in the store, and removes those that are not in memory
  /// and were silent for so long that they are forgotten.
  ///
  /// @param looks at how many
  void sweep(ViewState view, int looks) {
    if (view.attachment() == null || view.isDamaged()) {
      return;
    }
    lock.lock();
    try {
      List<List<ViewShard.Silent>> silent = silent(view, looks);
      for (int index = 0; index < view.shards(); index++) {
        ViewShard shard = view.shard(index);
        List<ViewShard.Silent> looked = silent.get(index);
        if (!looked.isEmpty()) {
          remove(view, view.call(index, () -> shard.forgotten(looked)));
        }
      }
    } catch (IOException e) {
      throw unwritable(e);
    } catch (PlatformException e) {
      if (e.code() != StateError.STATE_CORRUPT) {
        throw e;
      }
      view.damaged(e);
    } finally {
      lock.unlock();
    }
  }

  /// The next entities of the store that may be forgotten, by shard.
  private List<List<ViewShard.Silent>> silent(ViewState view, int looks) throws IOException {
    List<List<ViewShard.Silent>> silent = new ArrayList<>();
    long newestIngested = Long.MIN_VALUE;
    for (int index = 0; index < view.shards(); index++) {
      silent.add(new ArrayList<>());
      newestIngested =
          Math.max(newestIngested, view.call(index, view.shard(index)::ingestedMicros));
    }
    if (newestIngested == Long.MIN_VALUE) {
      // Before the first event since the start nobody knows what time it is.
      return silent;
    }
    long bound = view.plan().horizonMicros(newestIngested) - view.plan().forgetMicros();
    Sweep sweep = new Sweep(view, bound, looks, silent);
    StoredEntities.forEach(store, view.keys(), view.keys().entities(), view.sweptKey(), sweep);
    view.sweptUntil(sweep.next());
    return silent;
  }

  /// A round of the sweep.
  private static final class Sweep implements StoredEntities.Taker {
    private final ViewState view;
    private final long boundMicros;
    private final List<List<ViewShard.Silent>> silent;
    private byte[] next;
    private int left;

    Sweep(ViewState view, long boundMicros, int looks, List<List<ViewShard.Silent>> silent) {
      this.left = looks;
      this.view = view;
      this.boundMicros = boundMicros;
      this.silent = silent;
      this.next = view.keys().entities();
    }

    @Override
    public boolean take(byte[] key, byte[] value, Map<Long, byte[]> nodes) {
      if (left-- == 0) {
        next = view.keys().entity(key);
        return false;
      }
      long newestMicros = EntityCodec.newestMicros(value);
      if (newestMicros < boundMicros) {
        int shard = KeyHash.shard(KeyHash.of(key, 0, key.length), view.shards());
        silent.get(shard).add(new ViewShard.Silent(key, newestMicros, List.copyOf(nodes.keySet())));
      }
      return true;
    }

    /// Where the next round begins.
    byte[] next() {
      return next;
    }
  }

  private void remove(ViewState view, List<ViewShard.Silent> forgotten) throws IOException {
    List<byte[]> removes = new ArrayList<>();
    for (ViewShard.Silent one : forgotten) {
      removes.add(view.keys().entity(one.key()));
      one.nodes().forEach(number -> removes.add(view.keys().node(one.key(), number)));
    }
    if (!removes.isEmpty()) {
      store.write(withReach(view, new StateStore.Batch(List.of(), removes)));
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
      store.write(new StateStore.Batch(List.of(), List.of(keys.position(), keys.reach())));
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
