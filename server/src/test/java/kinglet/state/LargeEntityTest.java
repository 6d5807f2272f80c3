// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.testkit.Seed;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A key with many events is written as far as it changed.
final class LargeEntityTest {
  private static final int EVENTS = 100_000;
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final byte[] KEY = StateRandomTest.bytes("hot");

  private static final StateLayout LAYOUT =
      new StateLayout(
          List.of(Shape.WHOLE),
          0,
          List.of(new AggregateUse(new WholeSum(false), List.of(0), OptionalInt.empty())),
          List.of(new Window.Range(10 * EVENTS, false)),
          List.of(new FeatureUse(0, 0)),
          false,
          OptionalLong.empty(),
          0);

  private final Metrics metrics = new Metrics();
  private final MemoryStateStore store = new MemoryStateStore();

  @AfterEach
  void close() {
    metrics.close();
  }

  private Shards open() {
    return new Shards(
        new StateSettings(1, Long.MAX_VALUE, Duration.ofDays(1)), Optional.of(store), metrics);
  }

  private static void feed(Feed feed, ViewState view, int from, int to) throws Exception {
    Event event = new Event(LAYOUT);
    for (int seq = from; seq <= to; seq++) {
      event.setKey(KEY, 0, KEY.length);
      event.argument(0).setWhole(seq);
      // Every hundredth comes late.
      event.place(seq % 100 == 0 ? seq / 2 : seq, seq, seq);
      feed.add(view, event);
    }
    feed.publish(to);
    assertThat(feed.await(to, LONG)).isTrue();
  }

  private static long sum(ViewState view, long micros) {
    Slot[] values = {new Slot()};
    assertThat(view.reader().read(KEY, micros, values)).isEqualTo(ReadStatus.PRESENT);
    return values[0].whole();
  }

  @Test
  void aCheckpointWritesWhatIsNew() throws Exception {
    long whole;
    try (Shards shards = open()) {
      ViewState view = shards.open("view", LAYOUT);
      Feed feed = shards.feed(0);
      feed.attach(view);
      feed(feed, view, 1, EVENTS);
      shards.checkpoint();
      whole = store.writtenBytes();
      feed(feed, view, EVENTS + 1, EVENTS + 50);
      shards.checkpoint();
    }
    assertThat(whole).isGreaterThan(EVENTS * 24L);
    assertThat(store.writtenBytes() - whole).isLessThan(whole / 100);

    long now = EVENTS + 50;
    try (Shards shards = open()) {
      ViewState view = shards.open("view", LAYOUT);
      assertThat(view.restoredSeq()).hasValue(now);
      assertThat(sum(view, now)).isEqualTo(now * (now + 1) / 2);
      Feed feed = shards.feed(now);
      feed.attach(view);
      long before = store.writtenBytes();
      feed(feed, view, (int) now + 1, (int) now + 50);
      shards.checkpoint();
      assertThat(store.writtenBytes() - before).isLessThan(whole / 100);
    }
  }

  /// What was replaced or has left the window is removed from the store, and with the key all of
  /// it.
  @Test
  void theStoreKeepsNoNodeThatIsGone() throws Exception {
    try (Shards shards = open()) {
      ViewState view = shards.open("view", LAYOUT);
      Feed feed = shards.feed(0);
      feed.attach(view);
      for (int from = 0; from < EVENTS; from += EVENTS / 20) {
        feed(feed, view, from + 1, from + EVENTS / 20);
        shards.checkpoint();
      }
      StateKey keys = view.keys();
      long stored =
          store.scan(keys.entities()).stream()
              .filter(entry -> keys.place(entry.getKey()).node() > 0)
              .count();
      EntityState entity = view.find(KEY, 0, KEY.length);
      assertThat(stored).isGreaterThan(100).isEqualTo(entity.nodes().all().size());

      assertThat(view.delete(KEY, EVENTS)).isTrue();
      shards.checkpoint();
      assertThat(store.scan(keys.entities())).isEmpty();
    }
  }

  @Test
  void aDamagedNodeIsNotRead() throws Exception {
    try (Shards shards = open()) {
      ViewState view = shards.open("view", LAYOUT);
      Feed feed = shards.feed(0);
      feed.attach(view);
      feed(feed, view, 1, EVENTS);
      shards.checkpoint();
    }
    store.damage(new StateKey("view").node(KEY, 5), Seed.next().random());
    try (Shards shards = open()) {
      ViewState view = shards.open("view", LAYOUT);
      assertThatThrownBy(() -> sum(view, EVENTS))
          .isInstanceOfSatisfying(
              PlatformException.class,
              e -> assertThat(e.code()).isEqualTo(StateError.STATE_CORRUPT));
    }
  }
}
