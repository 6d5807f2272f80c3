// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The state of one view: its entities, shard by shard.
public final class ViewState {
  private static final Logger LOG = LoggerFactory.getLogger(ViewState.class);

  /// Entities that are read from the store while events wait.
  private static final int LOADED_AT_ONCE = 512;

  private final String name;
  private final ViewPlan plan;
  private final StateCounters counters;
  private final StateKey keys;
  private final Optional<StateStore> store;
  private final List<Shard> threads;
  private final ViewShard[] shards;
  private final Optional<long[]> restored;
  private volatile long storedSeq;

  /// Until where the store has each shard, or a negative number; belongs to who writes checkpoints.
  private final long[] writtenSeqs;

  /// Why the state cannot be trusted any more.
  private final AtomicReference<@Nullable PlatformException> damage = new AtomicReference<>();

  /// Where the sweep of the store goes on; belongs to who writes checkpoints.
  private byte[] sweptKey;

  private volatile @Nullable Attachment attachment;

  /// That a feed feeds the view: another one each time a feed takes it.
  static final class Attachment {
    private final Feed feed;

    private Attachment(Feed feed) {
      this.feed = feed;
    }

    Feed feed() {
      return feed;
    }
  }

  /// A view without store whose one shard belongs to the caller's thread.
  ViewState(String name, StateLayout layout, StateCounters counters) {
    this(
        name,
        layout,
        counters,
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Folded.NEVER,
        Map.of());
  }

  /// @param threads the shards; without any there is one that belongs to the caller's thread
  /// @param restored until where the store has each shard of the view
  /// @param reachMicros from when on it is known which keys had no events
  /// @param deletions until which sequence number keys were deleted
  ViewState(
      String name,
      StateLayout layout,
      StateCounters counters,
      Optional<StateStore> store,
      List<Shard> threads,
      Optional<long[]> restored,
      long reachMicros,
      Map<byte[], Long> deletions) {
    this.name = name;
    this.plan = new ViewPlan(layout);
    this.counters = counters;
    this.keys = new StateKey(name);
    this.sweptKey = keys.entities();
    this.store = store;
    this.threads = List.copyOf(threads);
    this.shards = new ViewShard[Math.max(1, threads.size())];
    this.restored = restored;
    this.storedSeq = restoredSeq().orElse(0);
    this.writtenSeqs = new long[shards.length];
    Arrays.setAll(writtenSeqs, shard -> restored.map(seqs -> seqs[shard]).orElse(-1L));
    boolean isStored = restored.isPresent();
    Arrays.setAll(
        shards,
        _ ->
            new ViewShard(
                plan, counters, keys, store, isStored, reachMicros, deletions, this::damaged));
  }

  public String name() {
    return name;
  }

  public StateLayout layout() {
    return plan.layout();
  }

  /// Until which sequence number the store had everything when the view was opened; what follows
  /// has to be fed. Events before it that are fed again change nothing.
  public OptionalLong restoredSeq() {
    return restored.map(seqs -> Arrays.stream(seqs).min()).orElse(OptionalLong.empty());
  }

  /// Whether the store had an event, of a key of a shard, when the view was opened.
  boolean isRestored(int shard, long seq) {
    return restored.isPresent() && seq <= restored.get()[shard];
  }

  /// Until which sequence number the store has everything now; what follows would have to be fed
  /// after a crash.
  public long storedSeq() {
    return storedSeq;
  }

  void stored(long seq) {
    storedSeq = seq;
  }

  /// Until where the store has every shard, though it may not be durable; negative if it has not.
  long writtenSeq() {
    return Arrays.stream(writtenSeqs).min().orElseThrow();
  }

  /// Until where the store has a shard, negative before the first time.
  long writtenSeq(int shard) {
    return writtenSeqs[shard];
  }

  void written(int shard, long untilSeq) {
    writtenSeqs[shard] = Math.max(writtenSeqs[shard], untilSeq);
  }

  /// Until where the store has each shard when it has one until an event; not before it has every
  /// shard.
  Optional<long[]> writtenSeqs(int shard, long untilSeq) {
    long[] seqs = writtenSeqs.clone();
    seqs[shard] = Math.max(seqs[shard], untilSeq);
    return Arrays.stream(seqs).min().orElseThrow() < 0 ? Optional.empty() : Optional.of(seqs);
  }

  /// A reader of its own for a thread; it is used again and again.
  public StateReader reader() {
    return new StateReader(this);
  }

  /// Forgets a key: everything applied so far, and what is still to come until a sequence number.
  /// Durable when it returns. Takes a platform thread for a file's time.
  ///
  /// @return `false`, and nothing is forgotten, if the key has events after the sequence number
  public boolean delete(byte[] key, long throughSeq) {
    if (store.isPresent()) {
      StateStore held = store.get();
      Checkpoints.remember(held, keys.deleted(key), throughSeq);
    }
    int shard = KeyHash.shard(KeyHash.of(key, 0, key.length), shards.length);
    return call(shard, () -> shards[shard].delete(key, throughSeq));
  }

  /// How many entities are in memory.
  public long entities() {
    return Arrays.stream(shards).mapToLong(ViewShard::entities).sum();
  }

  /// About how many bytes of memory they take.
  public long bytes() {
    return Arrays.stream(shards).mapToLong(ViewShard::bytes).sum();
  }

  /// Events applied since the start.
  public long events() {
    return Arrays.stream(shards).mapToLong(ViewShard::events).sum();
  }

  /// Events since the start that no window could see any more.
  public long lateEvents() {
    return counters.late().count();
  }

  /// Events since the start whose time lay after their ingestion.
  public long futureEvents() {
    return counters.future().count();
  }

  /// Events since the start that were older than the event before them.
  public long unorderedEvents() {
    return counters.outOfOrder().count();
  }

  /// How often an entity left memory for the store since the start.
  public long evictions() {
    return Arrays.stream(shards).mapToLong(ViewShard::evicted).sum();
  }

  /// Entities that were forgotten since the start, as they were silent for long.
  public long expirations() {
    return Arrays.stream(shards).mapToLong(ViewShard::expired).sum();
  }

  /// Something of the state cannot be read. From now on it takes in nothing, answers nothing and is
  /// not written: it has to be made anew.
  void damaged(PlatformException why) {
    if (damage.compareAndSet(null, why)) {
      LOG.atError().setCause(why).addKeyValue("view", name).log("state of a view is damaged");
    }
  }

  /// Whether the state has to be made anew.
  public boolean isDamaged() {
    return damage.get() != null;
  }

  void checkSound() {
    PlatformException why = damage.get();
    if (why != null) {
      throw new PlatformException(StateError.STATE_CORRUPT, why.text(), why);
    }
  }

  byte[] sweptKey() {
    return sweptKey;
  }

  void sweptUntil(byte[] storedKey) {
    sweptKey = storedKey;
  }

  ViewPlan plan() {
    return plan;
  }

  StateKey keys() {
    return keys;
  }

  @Nullable Attachment attachment() {
    return attachment;
  }

  /// A feed that has everything until some sequence number takes the view.
  void attach(Feed to) {
    attachment = new Attachment(to);
  }

  /// Its feed feeds the view no more: checkpoints leave it out until another takes it.
  public void detach() {
    attachment = null;
  }

  ViewShard shard(int index) {
    return shards[index];
  }

  int shards() {
    return shards.length;
  }

  /// Runs something on the thread of a shard.
  <T> T call(int shard, Supplier<T> call) {
    return threads.isEmpty() ? call.get() : threads.get(shard).call(call);
  }

  /// Applies what waits in a shard, in steps: events come in between.
  void settle(int shard) {
    while (call(shard, shards[shard]::settle)) {
      checkSound();
    }
  }

  /// Hands on every entity, those in memory first. Events that were applied before the call take
  /// part. Blocks in files.
  void forEach(Consumer<EntityState> entities) {
    Set<ByteBuffer> handed = new HashSet<>();
    Map<ByteBuffer, Long> deleted = new HashMap<>();
    boolean spilled = false;
    for (int index = 0; index < shards.length; index++) {
      ViewShard shard = shards[index];
      settle(index);
      deleted.putAll(call(index, shard::deletions));
      for (EntityState entity : call(index, shard::inMemory)) {
        handed.add(ByteBuffer.wrap(entity.key()));
        entities.accept(entity);
      }
      spilled |= shard.isSpilled();
    }
    if (!spilled || store.isEmpty()) {
      return;
    }
    EntityCodec codec = new EntityCodec(plan);
    try {
      checkSound();
      StoredEntities.forEach(
          store.get(),
          keys,
          keys.entities(),
          keys.entities(),
          (key, value, nodes) -> {
            if (!handed.contains(ByteBuffer.wrap(key))) {
              EntityState entity = new EntityState(key, (int) KeyHash.of(key, 0, key.length));
              entity.publish(codec.decode(value, nodes).tail());
              long deletedSeq = deleted.getOrDefault(ByteBuffer.wrap(key), Long.MIN_VALUE);
              if (entity.tail().lastSeq(plan.rows()) > deletedSeq) {
                entities.accept(entity);
              }
            }
            return true;
          });
    } catch (IOException e) {
      throw new PlatformException(
          StateError.STATE_UNREADABLE, "the state of features cannot be read", e);
    } catch (PlatformException e) {
      if (e.code() == StateError.STATE_CORRUPT) {
        damaged(e);
      }
      throw e;
    }
  }

  /// Whether the store may have entities that are not in memory.
  public boolean isSpilled() {
    for (ViewShard shard : shards) {
      if (shard.isSpilled()) {
        return true;
      }
    }
    return false;
  }

  /// Whether a read of a key finds what there is of it in memory.
  public boolean isInMemory(long hash, byte[] key, int offset, int length) {
    EntityState entity = shards[KeyHash.shard(hash, shards.length)].find(hash, key, offset, length);
    return entity != null && entity.waiting() == null;
  }

  /// Brings what the store has of keys into memory, many at a time.
  public void load(List<byte[]> keys) {
    List<List<byte[]>> byShard = new ArrayList<>();
    for (int shard = 0; shard < shards.length; shard++) {
      byShard.add(new ArrayList<>());
    }
    for (byte[] key : keys) {
      byShard.get(KeyHash.shard(KeyHash.of(key, 0, key.length), shards.length)).add(key);
    }
    for (int index = 0; index < shards.length; index++) {
      List<byte[]> all = byShard.get(index);
      for (int from = 0; from < all.size(); from += LOADED_AT_ONCE) {
        load(index, all.subList(from, Math.min(all.size(), from + LOADED_AT_ONCE)));
      }
    }
  }

  private void load(int index, List<byte[]> keys) {
    checkSound();
    int unused =
        call(
            index,
            () -> {
              shards[index].load(keys);
              threads.get(index).sweep(keys.size());
              return keys.size();
            });
  }

  @Nullable EntityState find(byte[] key, int offset, int length) {
    return find(KeyHash.of(key, offset, length), key, offset, length);
  }

  @Nullable EntityState find(long hash, byte[] key, int offset, int length) {
    checkSound();
    int index = KeyHash.shard(hash, shards.length);
    ViewShard shard = shards[index];
    EntityState entity = shard.find(hash, key, offset, length);
    if (entity == null ? shard.isSpilled() : entity.waiting() != null) {
      entity =
          call(index, () -> Optional.ofNullable(shard.load(hash, key, offset, length)))
              .orElse(null);
    }
    if (entity != null) {
      entity.use(true);
    }
    return entity;
  }

  /// From when on it is known that keys which are not there had no events.
  long reachMicros() {
    long reach = Folded.NEVER;
    for (ViewShard shard : shards) {
      reach = Math.max(reach, shard.reachMicros());
    }
    return reach;
  }
}
