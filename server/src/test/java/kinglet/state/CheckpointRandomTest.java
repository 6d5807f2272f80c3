// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.state.StateCase.Happening;
import kinglet.testkit.Seed;
import kinglet.value.Slot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints, evictions, failures and crashes at any step change no bit: the values are those of
/// a state that has simply applied every event.
final class CheckpointRandomTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 60);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration NEVER = Duration.ofDays(1);

  private final Metrics metrics = new Metrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  /// A view that is fed, checkpointed and restarted.
  private final class Running implements AutoCloseable {
    private final StateLayout layout;
    private final Shards shards;
    private final Feed feed;
    final ViewState view;
    final StateReader reader;
    private final Event event;

    Running(StateLayout layout, StateStore store, RandomGenerator random) {
      this.layout = layout;
      long budget = random.nextBoolean() ? 0 : Long.MAX_VALUE;
      StateSettings settings = new StateSettings(1 + random.nextInt(3), budget, NEVER);
      shards = new Shards(settings, Optional.of(store), metrics);
      view = shards.open("view", layout);
      long restored = view.restoredSeq().orElse(0);
      feed = random.nextBoolean() ? shards.feed(restored) : shards.recoveringFeed(restored);
      feed.attach(view);
      reader = view.reader();
      event = new Event(layout);
    }

    /// Feeds the events of `[from, to)`.
    void feed(List<Happening> events, int from, int to) {
      for (Happening happening : events.subList(from, to)) {
        happening.fill(event);
        feed.add(view, event);
      }
      if (to > 0) {
        feed.publish(events.get(to - 1).seq());
        try {
          assertThat(feed.await(events.get(to - 1).seq(), LONG)).isTrue();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }

    long appliedSeq() {
      return feed.appliedSeq();
    }

    boolean checkpoint() {
      return isWritten(shards::checkpoint);
    }

    /// Writes what changed first.
    boolean advance(long most, long left) {
      return isWritten(() -> shards.advance(most, left));
    }

    private boolean isWritten(Runnable writing) {
      try {
        writing.run();
        return true;
      } catch (PlatformException e) {
        assertThat(e.code()).isEqualTo(StateError.STATE_UNWRITABLE);
        return false;
      }
    }

    @Override
    public void close() {
      shards.close();
    }
  }

  @Test
  void crashesChangeNoBit() throws Exception {
    boolean unused = crashesChangeNoBit(ROUNDS, 1_500) > 0;
  }

  @Test
  void crashesChangeNoBitOfLargeEntities() throws Exception {
    assertThat(crashesChangeNoBit(Math.max(4, ROUNDS / 10), 12_000)).isPositive();
  }

  /// How many nodes of large entities the stores had at last.
  private long crashesChangeNoBit(int rounds, int most) throws Exception {
    int restored = 0;
    int apart = 0;
    int failed = 0;
    long evictions = 0;
    long nodes = 0;
    for (int round = 0; round < rounds; round++) {
      Seed seed = Seed.next().round(round);
      RandomGenerator random = seed.random();
      StateCase made = StateCase.random(random, most / 15 + random.nextInt(most));
      List<Happening> events = made.events();
      LocalState plain = new LocalState(made.layout(), metrics);
      MemoryStateStore store = new MemoryStateStore();
      Running running = new Running(made.layout(), store, random);
      try {
        int applied = 0;
        while (applied < events.size()) {
          int next = Math.min(events.size(), applied + 1 + random.nextInt(most / 8));
          running.feed(events, applied, next);
          events.subList(applied, next).forEach(plain::add);
          applied = next;
          if (random.nextInt(3) == 0) {
            store.failAt(1 + random.nextInt(5), random.nextBoolean());
          }
          if (random.nextBoolean()) {
            int more = Math.min(events.size(), applied + random.nextInt(50));
            Running feeding = running;
            int from = applied;
            store.duringNextWrite(() -> feeding.feed(events, from, more));
            boolean written =
                random.nextBoolean()
                    ? running.checkpoint()
                    : running.advance(random.nextInt(100), random.nextInt(200));
            failed += written ? 0 : 1;
            store.duringNextWrite(() -> {});
            if (running.appliedSeq() == more) {
              events.subList(applied, more).forEach(plain::add);
              applied = more;
            }
          }
          if (random.nextInt(3) == 0) {
            evictions += running.view.evictions();
            running.close();
            store = store.afterPowerCut(random);
            running = new Running(made.layout(), store, random);
            OptionalLong position = running.view.restoredSeq();
            restored += position.isPresent() ? 1 : 0;
            apart += isApart(store, running.view.keys()) ? 1 : 0;
            running.feed(events, (int) position.orElse(0), applied);
          }
          long micros = events.get(applied - 1).ingestedMicros() + random.nextInt(1_000);
          assertThat(StateRandomTest.scanned(running.reader, micros))
              .as(seed + " all after " + applied)
              .isEqualTo(StateRandomTest.bits(plain.reader(), micros));
          if (random.nextBoolean()) {
            running.view.load(
                events.subList(0, applied).stream()
                    .map(event -> StateRandomTest.bytes(event.key()))
                    .limit(random.nextInt(100))
                    .toList());
          }
          assertThat(StateRandomTest.bits(running.reader, micros))
              .as(seed + " after " + applied + " " + made.layout())
              .isEqualTo(StateRandomTest.bits(plain.reader(), micros));
        }
        evictions += running.view.evictions();
        StateKey keys = running.view.keys();
        nodes +=
            store.scan(keys.entities()).stream()
                .filter(entry -> keys.place(entry.getKey()).node() > 0)
                .count();
      } finally {
        running.close();
      }
    }
    assertThat(restored).isGreaterThan(rounds / 2);
    assertThat(apart).isGreaterThan(rounds / 4);
    assertThat(failed).isGreaterThan(rounds / 4);
    assertThat(evictions).isGreaterThan(rounds);
    return nodes;
  }

  /// Whether the store has one shard until another place of the journal than another.
  private static boolean isApart(MemoryStateStore store, StateKey keys) {
    byte[] stored = store.find(keys.position());
    return stored != null
        && Arrays.stream(new StateCursor(stored).readLongs(stored.length / Long.BYTES))
                .distinct()
                .count()
            > 1;
  }

  @Test
  void aRestartBringsOnlyWhatChangedLast() throws Exception {
    StateCase made = StateCase.random(Seed.next().random(), 4_000);
    List<Happening> events = made.events();
    MemoryStateStore store = new MemoryStateStore();
    StateSettings settings = new StateSettings(2, Long.MAX_VALUE, NEVER);
    try (Shards shards = new Shards(settings, Optional.of(store), metrics)) {
      ViewState view = shards.open("view", made.layout());
      Feed feed = shards.feed(0);
      feed.attach(view);
      Event event = new Event(made.layout());
      for (Happening happening : events) {
        happening.fill(event);
        feed.add(view, event);
        feed.publish(happening.seq());
        if (happening.seq() % 100 == 0) {
          assertThat(feed.await(happening.seq(), LONG)).isTrue();
          shards.advance(300, 200);
          assertThat(view.storedSeq()).isGreaterThanOrEqualTo(happening.seq() - 300);
        }
      }
      assertThat(view.storedSeq()).isLessThan(4_000);
    }
  }

  @Test
  void aRestartKeepsEverythingBeforeTheFirstEvent() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      RandomGenerator random = Seed.next().round(round).random();
      StateCase made = StateCase.random(random, 200);
      List<Happening> events = made.events();
      LocalState plain = new LocalState(made.layout(), metrics);
      events.forEach(plain::add);
      long micros = events.getLast().ingestedMicros();
      MemoryStateStore store = new MemoryStateStore();
      try (Running running = new Running(made.layout(), store, random)) {
        running.feed(events, 0, events.size());
        assertThat(running.checkpoint()).isTrue();
      }
      try (Running running = new Running(made.layout(), store, random)) {
        for (int seq = events.size() + 1; seq < events.size() + 20; seq++) {
          assertThat(StateRandomTest.bits(running.reader, micros))
              .isEqualTo(StateRandomTest.bits(plain.reader(), micros));
          running.feed.publish(seq);
          assertThat(running.feed.await(seq, LONG)).isTrue();
          assertThat(running.checkpoint()).isTrue();
        }
      }
    }
  }

  @Test
  void aDeletedKeyStaysDeletedAndBeginsAnew() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      RandomGenerator random = Seed.next().round(round).random();
      StateCase made = StateCase.random(random, 400);
      List<Happening> events = made.events();
      int deletedAt = 100 + random.nextInt(200);
      LocalState plain = new LocalState(made.layout(), metrics);
      for (Happening event : events) {
        if (event.seq() > deletedAt || !event.key().equals("key0")) {
          plain.add(event);
        }
      }
      MemoryStateStore store = new MemoryStateStore();
      Running running = new Running(made.layout(), store, random);
      try {
        running.feed(events, 0, deletedAt / 2);
        if (random.nextBoolean()) {
          assertThat(running.checkpoint()).isTrue();
        }
        running.view.delete(StateRandomTest.bytes("key0"), deletedAt);
        Slot[] values = StateCase.slots(made.layout());
        assertThat(running.reader.read(StateRandomTest.bytes("key0"), 1L << 50, values))
            .isEqualTo(ReadStatus.NOT_FOUND);
        running.feed(events, deletedAt / 2, deletedAt);
        assertThat(keys(running, values)).doesNotContain("key0");
        if (random.nextBoolean()) {
          assertThat(running.checkpoint()).isTrue();
        }
        running.close();
        store = store.afterPowerCut(random);
        running = new Running(made.layout(), store, random);
        assertThat(keys(running, values)).doesNotContain("key0");
        running.feed(events, (int) running.view.restoredSeq().orElse(0), events.size());
        long micros = events.getLast().ingestedMicros();
        assertThat(StateRandomTest.bits(running.reader, micros))
            .isEqualTo(StateRandomTest.bits(plain.reader(), micros));
      } finally {
        running.close();
      }
    }
  }

  private static List<String> keys(Running running, Slot[] values) {
    List<String> keys = new ArrayList<>();
    running.reader.readAll(
        1L << 50, values, (key, _) -> keys.add(new String(key, StandardCharsets.UTF_8)));
    return keys;
  }

  @Test
  void eventsAfterARestartWaitUntilTheirEntityIsRead() throws Exception {
    StateCase made = StateCase.random(Seed.next().random(), 400);
    List<Happening> events = made.events();
    LocalState plain = new LocalState(made.layout(), metrics);
    events.forEach(plain::add);
    MemoryStateStore store = new MemoryStateStore();
    try (Running running = new Running(made.layout(), store, Seed.next().random())) {
      running.feed(events, 0, 200);
      assertThat(running.checkpoint()).isTrue();
    }
    StateSettings settings = new StateSettings(2, Long.MAX_VALUE, NEVER);
    try (Shards shards = new Shards(settings, Optional.of(store), metrics)) {
      ViewState view = shards.open("view", made.layout());
      Feed feed = shards.recoveringFeed(200);
      feed.attach(view);
      long before = store.finds();
      Event event = new Event(made.layout());
      for (Happening happening : events.subList(200, 400)) {
        happening.fill(event);
        feed.add(view, event);
      }
      feed.publish(400);
      assertThat(feed.await(400, LONG)).isTrue();
      assertThat(store.finds()).isEqualTo(before);
      assertThat(view.events()).isZero();
      ReadStatus unused =
          view.reader()
              .read(StateRandomTest.bytes("key0"), 1L << 50, StateCase.slots(made.layout()));
      assertThat(store.finds()).isEqualTo(before + 1);
      shards.checkpoint();
      assertThat(view.storedSeq()).isEqualTo(400);
      assertThat(view.events()).isPositive();
      long micros = events.getLast().ingestedMicros();
      assertThat(StateRandomTest.bits(view.reader(), micros))
          .isEqualTo(StateRandomTest.bits(plain.reader(), micros));
    }
  }

  @Test
  void aDamagedEntityIsNotRead() throws Exception {
    RandomGenerator random = Seed.next().random();
    StateCase made = StateCase.random(random, 300);
    MemoryStateStore store = new MemoryStateStore();
    try (Running running = new Running(made.layout(), store, random)) {
      running.feed(made.events(), 0, 300);
      assertThat(running.checkpoint()).isTrue();
    }
    store.damage(new StateKey("view").entities(), random);
    try (Running running = new Running(made.layout(), store, random)) {
      Slot[] values = StateCase.slots(made.layout());
      assertThatThrownBy(() -> running.reader.read(StateRandomTest.bytes("key0"), 1L << 50, values))
          .isInstanceOfSatisfying(
              PlatformException.class,
              e -> assertThat(e.code()).isEqualTo(StateError.STATE_CORRUPT));
    }
  }

  @Test
  void aRemovedViewLeavesNothing(@TempDir Path directory) throws Exception {
    RandomGenerator random = Seed.next().random();
    StateCase made = StateCase.random(random, 300);
    try (Running running = new Running(made.layout(), new RocksStateStore(directory), random)) {
      running.feed(made.events(), 0, 300);
      assertThat(running.checkpoint()).isTrue();
      assertThat(running.view.storedSeq()).isEqualTo(300);
      running.shards.remove(running.view);
      assertThat(running.checkpoint()).isTrue();
    }
    try (RocksStateStore store = new RocksStateStore(directory)) {
      assertThat(store.scan(new byte[0])).hasSize(1);
      assertThat(store.find(StateKey.format())).isNotNull();
    }
  }

  @Test
  void rocksKeepsWhatACheckpointWrote(@TempDir Path directory) throws Exception {
    for (int round = 0; round < 3; round++) {
      RandomGenerator random = Seed.next().round(round).random();
      StateCase made = StateCase.random(random, 3_000);
      LocalState plain = new LocalState(made.layout(), metrics);
      made.events().forEach(plain::add);
      Path place = directory.resolve("" + round);
      for (int from = 0; from < 3_000; from += 1_000) {
        try (Running running = new Running(made.layout(), open(place), random)) {
          assertThat(running.view.restoredSeq().orElse(0)).isEqualTo(from);
          running.feed(made.events(), from, from + 500);
          assertThat(running.checkpoint()).isTrue();
          running.feed(made.events(), from + 500, from + 1_000);
          assertThat(running.checkpoint()).isTrue();
        }
      }
      try (Running running = new Running(made.layout(), open(place), random)) {
        long micros = made.events().getLast().ingestedMicros();
        assertThat(StateRandomTest.bits(running.reader, micros))
            .isEqualTo(StateRandomTest.bits(plain.reader(), micros));
      }
    }
  }

  private static RocksStateStore open(Path place) throws IOException {
    return new RocksStateStore(place);
  }
}
