// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import kinglet.error.PlatformException;
import org.jspecify.annotations.Nullable;

/// The entities of one view in one shard; the shard's thread alone changes them.
/* Memory and the store.
 *
 * An entity is changed in memory and written by checkpoints. One that is the same in the store may
 * leave memory; when its key is used again it is read back. What the store has of an entity carries
 * the number of its last event, so each is right by itself: a journal that is read again from
 * before a checkpoint changes only what an entity has not seen yet.
 */
final class ViewShard {
  /// What a checkpoint takes at once, about.
  private static final long CAPTURED_BYTES_MAX = 64 << 20;

  private static final int SETTLED_AT_ONCE = 512;

  /// Events that may wait for their entities to be read from the store.
  private static final int WAITING_EVENTS_MAX = 4_000_000;

  private final ViewPlan plan;
  private final EntityMap entities = new EntityMap();
  private final EntityWriter writer;
  private final EntityCodec codec;
  private final StateKey keys;
  private final Optional<StateStore> store;
  private final Consumer<PlatformException> damaged;
  private final Map<EntityKey, Long> deleted = new HashMap<>();
  private final ChangedEntities changed = new ChangedEntities();
  private List<EntityState> removed = new ArrayList<>();
  private final ArrayDeque<EntityState> waitingEntities = new ArrayDeque<>();
  private long waitingEvents;
  private long ingestedMicros = Long.MIN_VALUE;
  private int swept;

  /// Whether the store may have entities that are not in memory.
  private volatile boolean spilled;

  private volatile long bytes;
  private volatile long events;
  private volatile long evicted;
  private volatile long expired;

  /// From when on it is known that keys which are not there had no events.
  private volatile long reachMicros;

  /// What is written at once: entities as they were, and those that are gone.
  ///
  /// @param passed how many of the changed entities it takes, or are as they are in the store
  /// @param untilSeq until which event everything is in the store when this is
  /// @param more whether there is more to write
  record Captured(
      List<CapturedEntity> entities, List<Gone> removed, int passed, long untilSeq, boolean more) {
    boolean isEmpty() {
      return entities.isEmpty() && removed.isEmpty();
    }
  }

  /// An entity that is no more, and the nodes that the store has of it.
  record Gone(EntityState entity, List<Long> nodes) {}

  /// What the store takes of an entity that was silent for long.
  ///
  /// @param newestMicros its newest event
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Silent(byte[] key, long newestMicros, List<Long> nodes) {}

  /// What was captured, for the store.
  ///
  /// @param stored of each entity the nodes that the store has then
  record Encoded(StateStore.Batch batch, List<StoredNodes> stored) {}

  record CapturedEntity(EntityState entity, Tail tail, int count) {}

  private record EntityKey(ByteBuffer bytes) {
    static EntityKey of(byte[] key) {
      return new EntityKey(ByteBuffer.wrap(key));
    }
  }

  /// @param restored whether the store has entities of an earlier run
  /// @param reachMicros from when on it is known which keys had no events
  /// @param damaged hears of what of the store cannot be read
  /// @param deletions until which sequence number keys were deleted
  ViewShard(
      ViewPlan plan,
      StateCounters counters,
      StateKey keys,
      Optional<StateStore> store,
      boolean restored,
      long reachMicros,
      Map<byte[], Long> deletions,
      Consumer<PlatformException> damaged) {
    this.plan = plan;
    this.damaged = damaged;
    this.reachMicros = reachMicros;
    this.writer = new EntityWriter(plan, counters);
    this.codec = new EntityCodec(plan);
    this.keys = keys;
    this.store = store;
    this.spilled = restored;
    deletions.forEach((key, seq) -> deleted.put(EntityKey.of(key), seq));
  }

  int entities() {
    return entities.size();
  }

  /// Places for entities that a round of the sweep looks at.
  int places() {
    return entities.capacity();
  }

  long bytes() {
    return bytes;
  }

  long events() {
    return events;
  }

  long evicted() {
    return evicted;
  }

  /// Entities that were forgotten.
  long expired() {
    return expired;
  }

  boolean isSpilled() {
    return spilled;
  }

  /// From when on reads know the keys that are not there.
  long reachMicros() {
    return reachMicros;
  }

  /// The ingestion of the newest event since the start; the lowest number before the first.
  long ingestedMicros() {
    return ingestedMicros;
  }

  /// Until which sequence number keys were deleted that the store may still have.
  Map<ByteBuffer, Long> deletions() {
    Map<ByteBuffer, Long> deletions = new HashMap<>();
    deleted.forEach((key, seq) -> deletions.put(key.bytes(), seq));
    return deletions;
  }

  /// The entities in memory.
  List<EntityState> inMemory() {
    while (settle()) {
      // What came in since the last step.
    }
    List<EntityState> all = new ArrayList<>(entities.size());
    for (int place = 0; place < entities.capacity(); place++) {
      EntityState entity = entities.at(place);
      if (entity != null) {
        all.add(entity);
      }
    }
    return all;
  }

  @Nullable EntityState find(long hash, byte[] key, int offset, int length) {
    return entities.find(hash, key, offset, length);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  void apply(
      byte[] keyBytes,
      int keyOffset,
      int keyLength,
      long hash,
      long[] words,
      int word,
      Object[] objects,
      int object,
      long eventIngestedMicros,
      boolean mayWait) {
    ingestedMicros = Math.max(ingestedMicros, eventIngestedMicros);
    EntityState entity = entities.find(hash, keyBytes, keyOffset, keyLength);
    boolean isThere = entity != null && entity.waiting() == null;
    boolean waits = mayWait && !isThere && spilled && waitingEvents < WAITING_EVENTS_MAX;
    if (!isThere && !waits) {
      entity = load(hash, keyBytes, keyOffset, keyLength);
    }
    boolean isNew = entity == null;
    if (entity == null) {
      byte[] key = Arrays.copyOfRange(keyBytes, keyOffset, keyOffset + keyLength);
      entity = new EntityState(key, (int) hash);
    }
    if (waits) {
      await(entity, isNew, words, word, objects, object, eventIngestedMicros);
      return;
    }
    Tail before = entity.tail();
    boolean added = add(entity, words, word, objects, object, eventIngestedMicros);
    if (isNew && !added) {
      return;
    }
    if (isNew) {
      entities.add(entity);
    }
    entity.use(true);
    if (added || entity.tail() != before) {
      change(entity, words[word + RowLayout.SEQ]);
    }
    if (entity.tail() != before || plan.rows().objects() > 0) {
      bytes += entity.measure(plan.rows());
    }
  }

  /// Adds an event unless the entity has seen it or it is deleted; `false` if nothing was added.
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  private boolean add(
      EntityState entity,
      long[] words,
      int word,
      Object[] objects,
      int object,
      long eventIngestedMicros) {
    long seq = words[word + RowLayout.SEQ];
    boolean again = store.isPresent() && seq <= entity.tail().lastSeq(plan.rows());
    if (again || isDeleted(entity.key(), seq)) {
      return false;
    }
    boolean added = writer.add(entity, words, word, objects, object, eventIngestedMicros);
    if (added || entity.tail() != Tail.EMPTY) {
      events++;
    }
    return added;
  }

  /// Lets an event wait until the entity is needed.
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  private void await(
      EntityState entity,
      boolean isNew,
      long[] words,
      int word,
      Object[] objects,
      int object,
      long eventIngestedMicros) {
    WaitingEvents waiting = entity.waiting();
    if (waiting == null) {
      waiting = new WaitingEvents(plan.rows());
      entity.await(waiting);
      waitingEntities.add(entity);
    }
    waiting.add(words, word, objects, object, eventIngestedMicros);
    waitingEvents++;
    bytes += entity.measure(plan.rows());
    if (isNew) {
      entities.add(entity);
      change(entity, words[word + RowLayout.SEQ]);
    }
  }

  /// An entity with the events that waited; nothing if there is nothing of it.
  private @Nullable EntityState settled(EntityState entity) {
    if (entity.waiting() == null) {
      return entity;
    }
    byte[] storedKey = keys.entity(entity.key());
    return settled(entity, decoded(storedKey, read(from -> from.find(storedKey))));
  }

  /// @param stored what the store has of it
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  private @Nullable EntityState settled(EntityState entity, EntityCodec.@Nullable Decoded stored) {
    WaitingEvents waiting = entity.waiting();
    if (waiting == null) {
      return entity;
    }
    if (stored != null && !isDeleted(entity.key(), stored.tail().lastSeq(plan.rows()))) {
      entity.publish(stored.tail());
      entity.stored(stored.stored());
    }
    for (int event = 0; event < waiting.count(); event++) {
      boolean unused =
          add(
              entity,
              waiting.words(),
              waiting.word(event),
              waiting.objects(),
              waiting.object(event),
              waiting.ingestedMicros(event));
    }
    waitingEvents -= waiting.count();
    if (entity.tail() == Tail.EMPTY) {
      entities.remove(entity);
      bytes -= entity.bytes();
      return null;
    }
    entity.await(null);
    bytes += entity.measure(plan.rows());
    return entity;
  }

  /// Applies what waits of some entities; `false` if nothing waits any more.
  boolean settle() {
    List<byte[]> waited = new ArrayList<>();
    while (waited.size() < SETTLED_AT_ONCE && !waitingEntities.isEmpty()) {
      EntityState entity = waitingEntities.remove();
      if (entity.waiting() != null && isHeld(entity)) {
        waited.add(entity.key());
      }
    }
    load(waited);
    return !waitingEntities.isEmpty();
  }

  private boolean isHeld(EntityState entity) {
    byte[] key = entity.key();
    return entities.find(KeyHash.of(key, 0, key.length), key, 0, key.length) == entity;
  }

  /// Takes an entity whose key is not there; there is no store.
  void hold(EntityState entity) {
    entities.add(entity);
  }

  /// Forgets all entities; there is no store.
  void clear() {
    entities.clear();
    bytes = 0;
  }

  private void change(EntityState entity, long seq) {
    if (store.isPresent() && entity.stored() != EntityState.Stored.CHANGED) {
      entity.mark(EntityState.Stored.CHANGED);
      changed.add(entity, seq);
    }
  }

  private boolean isDeleted(byte[] key, long seq) {
    return !deleted.isEmpty() && seq <= deleted.getOrDefault(EntityKey.of(key), Long.MIN_VALUE);
  }

  /// The entity of a key, from the store if it is not in memory.
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  @Nullable EntityState load(long hash, byte[] key, int offset, int length) {
    EntityState held = entities.find(hash, key, offset, length);
    if (held != null || !spilled) {
      return held == null ? null : settled(held);
    }
    byte[] own = Arrays.copyOfRange(key, offset, offset + length);
    byte[] storedKey = keys.entity(own);
    return added(own, hash, decoded(storedKey, read(from -> from.find(storedKey))));
  }

  /// The same for many entities at a time.
  void load(List<byte[]> wanted) {
    List<byte[]> missing = new ArrayList<>(wanted.size());
    List<byte[]> storedKeys = new ArrayList<>(wanted.size());
    for (byte[] key : wanted) {
      EntityState held = find(KeyHash.of(key, 0, key.length), key, 0, key.length);
      if (held == null || held.waiting() != null) {
        missing.add(key);
        storedKeys.add(keys.entity(key));
      }
    }
    List<byte @Nullable []> values =
        missing.isEmpty() ? List.of() : read(from -> from.find(storedKeys));
    for (int i = 0; i < missing.size(); i++) {
      byte[] key = missing.get(i);
      long hash = KeyHash.of(key, 0, key.length);
      EntityState held = find(hash, key, 0, key.length);
      EntityCodec.Decoded stored = decoded(storedKeys.get(i), values.get(i));
      EntityState unused = held == null ? added(key, hash, stored) : settled(held, stored);
    }
  }

  /// What the store has of an entity that is not in memory, as one that is.
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  private @Nullable EntityState added(byte[] key, long hash, EntityCodec.@Nullable Decoded stored) {
    if (stored == null || isDeleted(key, stored.tail().lastSeq(plan.rows()))) {
      return null;
    }
    EntityState entity = new EntityState(key, (int) hash);
    entity.publish(stored.tail());
    entity.stored(stored.stored());
    entities.add(entity);
    bytes += entity.measure(plan.rows());
    return entity;
  }

  @FunctionalInterface
  private interface Reading<T extends @Nullable Object> {
    T from(StateStore store) throws IOException;
  }

  private EntityCodec.@Nullable Decoded decoded(byte[] storedKey, byte @Nullable [] value) {
    return value == null ? null : read(from -> decoded(from, storedKey, value));
  }

  private EntityCodec.@Nullable Decoded decoded(StateStore from, byte[] storedKey, byte[] value)
      throws IOException {
    if (!EntityCodec.isInNodes(value)) {
      return codec.decode(value, Map.of());
    }
    List<EntityCodec.Decoded> found = new ArrayList<>(1);
    StoredEntities.forEach(
        from,
        keys,
        storedKey,
        storedKey,
        (_, whole, nodes) -> found.add(codec.decode(whole, nodes)));
    return found.isEmpty() ? null : found.getFirst();
  }

  /// Whatever cannot be read damages the view.
  private <T extends @Nullable Object> T read(Reading<T> what) {
    try {
      return what.from(store.orElseThrow());
    } catch (IOException e) {
      PlatformException failure =
          new PlatformException(
              StateError.STATE_UNREADABLE, "the state of features cannot be read", e);
      damaged.accept(failure);
      throw failure;
    } catch (PlatformException e) {
      damaged.accept(e);
      throw e;
    }
  }

  /// Forgets a key with everything until a sequence number, also what is still to come; `false`,
  /// and nothing is forgotten, if the key has newer events.
  boolean delete(byte[] key, long throughSeq) {
    long hash = KeyHash.of(key, 0, key.length);
    EntityState entity = load(hash, key, 0, key.length);
    if (entity != null && entity.tail().lastSeq(plan.rows()) > throughSeq) {
      return false;
    }
    deleted.merge(EntityKey.of(key), throughSeq, Math::max);
    if (entity != null) {
      remove(entity);
    }
    return true;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  private void remove(EntityState entity) {
    entities.remove(entity);
    bytes -= entity.bytes();
    if (store.isPresent()) {
      removed.add(entity);
    }
  }

  /// An entity with this newest event is forgotten.
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  private void forget(long newestMicros) {
    reachMicros = Math.max(reachMicros, writer.forgottenMicros(newestMicros));
    expired++;
  }

  /// Which entities of the store are forgotten; they are not in memory and stay away from it.
  List<Silent> forgotten(List<Silent> silent) {
    List<Silent> forgotten = new ArrayList<>();
    for (Silent one : silent) {
      byte[] key = one.key();
      if (writer.isForgotten(one.newestMicros(), ingestedMicros)
          && find(KeyHash.of(key, 0, key.length), key, 0, key.length) == null) {
        forget(one.newestMicros());
        forgotten.add(one);
      }
    }
    return forgotten;
  }

  /// Looks at some entities more: removes what is forgotten, drops what no read can see any more,
  /// and lets go what is in the store and was not used for a round.
  ///
  /// @param evict how many bytes are to leave memory
  @SuppressWarnings("NonAtomicVolatileUpdate") // there is one writer
  void sweep(int places, long evict) {
    long target = bytes - evict;
    int count = Math.min(places, entities.capacity());
    for (int i = 0; i < count; i++) {
      swept = swept + 1 < entities.capacity() ? swept + 1 : 0;
      EntityState entity = entities.at(swept);
      if (entity == null) {
        continue;
      }
      // Before the first event since the start nobody knows what time it is.
      boolean timed = ingestedMicros != Long.MIN_VALUE;
      if (timed && writer.isForgotten(entity.tail(), ingestedMicros)) {
        forget(writer.newestMicros(entity.tail()));
        remove(entity);
        continue;
      }
      Tail before = entity.tail();
      if (timed) {
        writer.trim(entity, ingestedMicros);
      }
      if (entity.tail() != before) {
        bytes += entity.measure(plan.rows());
      }
      if (bytes > target && store.isPresent()) {
        if (!entity.isUsed() && entity.stored() == EntityState.Stored.SAME) {
          spilled = true;
          entities.remove(entity);
          bytes -= entity.bytes();
          evicted++;
        }
        entity.use(false);
      }
    }
  }

  /// Takes some entities as they are now: those that changed first, and that before an event.
  ///
  /// @param most how many
  /// @param throughSeq the last event that may be what changed them
  /// @param appliedSeq until which event everything is applied
  Captured capture(int most, long throughSeq, long appliedSeq) {
    List<CapturedEntity> taken = new ArrayList<>();
    long takenBytes = 0;
    int passed = 0;
    while (passed < most && takenBytes < CAPTURED_BYTES_MAX && changed.seq(passed) <= throughSeq) {
      EntityState entity = changed.at(passed++);
      if (entity.stored() == EntityState.Stored.CHANGED
          && isHeld(entity)
          && settled(entity) != null) {
        Tail tail = entity.tail();
        entity.mark(EntityState.Stored.WRITING);
        taken.add(new CapturedEntity(entity, tail, tail.count()));
        takenBytes += entity.bytes();
      }
    }
    List<Gone> gone =
        removed.stream()
            .filter(this::isGone)
            .map(entity -> new Gone(entity, entity.nodes().all()))
            .toList();
    removed = new ArrayList<>();
    long next = changed.seq(passed);
    return new Captured(taken, gone, passed, Math.min(next - 1, appliedSeq), next <= throughSeq);
  }

  /// Whether nothing of an entity that was removed is to stay in the store. One that was read from
  /// there again has what is stored; one that began anew is still to be written.
  private boolean isGone(EntityState entity) {
    byte[] key = entity.key();
    EntityState held = find(KeyHash.of(key, 0, key.length), key, 0, key.length);
    EntityState now = held == null ? null : settled(held);
    boolean hasNodes = entity.nodes() != StoredNodes.NONE;
    return now == null || hasNodes && now.nodes() == StoredNodes.NONE;
  }

  /// The bytes of what was captured; runs beside the shard's thread.
  Encoded encode(Captured captured) {
    List<Map.Entry<byte[], byte[]>> puts = new ArrayList<>(captured.entities().size());
    List<byte[]> removes = new ArrayList<>();
    List<StoredNodes> stored = new ArrayList<>(captured.entities().size());
    for (Gone gone : captured.removed()) {
      byte[] key = gone.entity().key();
      removes.add(keys.entity(key));
      gone.nodes().forEach(number -> removes.add(keys.node(key, number)));
    }
    for (CapturedEntity taken : captured.entities()) {
      byte[] key = taken.entity().key();
      EntityCodec.Encoded encoded =
          codec.encode(taken.tail(), taken.count(), taken.entity().nodes());
      puts.add(Map.entry(keys.entity(key), encoded.value()));
      encoded.nodes().forEach((number, node) -> puts.add(Map.entry(keys.node(key, number), node)));
      encoded.gone().forEach(number -> removes.add(keys.node(key, number)));
      stored.add(encoded.stored());
    }
    return new Encoded(new StateStore.Batch(puts, removes), stored);
  }

  /// What was captured is in the store.
  void written(Captured captured, List<StoredNodes> stored) {
    changed.removeFirst(captured.passed());
    for (int i = 0; i < stored.size(); i++) {
      CapturedEntity taken = captured.entities().get(i);
      taken.entity().stored(stored.get(i));
      if (taken.entity().stored() == EntityState.Stored.WRITING) {
        taken.entity().mark(EntityState.Stored.SAME);
      }
    }
  }

  /// What was captured is not in the store, and is still the first that changed.
  void failed(Captured captured) {
    for (CapturedEntity taken : captured.entities()) {
      taken.entity().mark(EntityState.Stored.CHANGED);
    }
    captured.removed().forEach(gone -> removed.add(gone.entity()));
  }

  /// The keys deleted until a sequence number, whose deletion needs no remembering any more: none
  /// while the store may have one.
  List<byte[]> forgetDeleted(long throughSeq) {
    if (!removed.isEmpty()) {
      return List.of();
    }
    List<byte[]> forgotten = new ArrayList<>();
    deleted
        .entrySet()
        .removeIf(entry -> {
          boolean done = entry.getValue() <= throughSeq;
          if (done) {
            forgotten.add(entry.getKey().bytes().array());
          }
          return done;
        });
    return forgotten;
  }
}
