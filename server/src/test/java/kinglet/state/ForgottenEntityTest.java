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
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Keys that were silent for long go, wherever they are, and reads of the time when they were there
/// are refused.
final class ForgottenEntityTest {
  private static final int KEYS = 50_000;
  private static final long TTL = 1_000_000;

  /// After so long a key is forgotten: the TTL, and the TTL again as no window is longer.
  private static final long FORGET = 2 * TTL;

  private static final long AS_OF = 1_000;
  private static final Duration LONG = Duration.ofSeconds(30);

  private static final StateLayout LAYOUT =
      new StateLayout(
          List.of(Shape.WHOLE),
          0,
          List.of(new AggregateUse(new WholeSum(false), List.of(0), OptionalInt.empty())),
          List.of(new Window.Range(TTL, false)),
          List.of(new FeatureUse(0, 0)),
          false,
          OptionalLong.of(TTL),
          AS_OF);

  private final Metrics metrics = new Metrics();
  private final MemoryStateStore store = new MemoryStateStore();
  private long seq;

  @AfterEach
  void close() {
    metrics.close();
  }

  private Shards open(long memoryBytesMax) {
    return new Shards(
        new StateSettings(2, memoryBytesMax, Duration.ofDays(1)), Optional.of(store), metrics);
  }

  private void feed(Feed feed, ViewState view, String key, long micros) {
    Event event = new Event(LAYOUT);
    byte[] bytes = StateRandomTest.bytes(key);
    event.setKey(bytes, 0, bytes.length);
    event.argument(0).setWhole(1);
    event.place(micros, ++seq, micros);
    feed.add(view, event);
  }

  private void publish(Feed feed) throws InterruptedException {
    feed.publish(seq);
    assertThat(feed.await(seq, LONG)).isTrue();
  }

  private static ReadStatus read(ViewState view, String key, long micros) {
    return view.reader().read(StateRandomTest.bytes(key), micros, new Slot[] {new Slot()});
  }

  private static void assertTooOld(ViewState view, String key, long micros) {
    assertThatThrownBy(() -> read(view, key, micros))
        .isInstanceOfSatisfying(
            PlatformException.class, e -> assertThat(e.code()).isEqualTo(StateError.AS_OF_TOO_OLD));
  }

  private int stored(ViewState view) throws Exception {
    return store.scan(view.keys().entities()).size();
  }

  @Test
  void whatIsOnDiskAloneGoesToo() throws Exception {
    try (Shards shards = open(0)) {
      ViewState view = shards.open("view", LAYOUT);
      Feed feed = shards.feed(0);
      feed.attach(view);
      for (int key = 0; key < KEYS; key++) {
        feed(feed, view, "key" + key, key);
      }
      publish(feed);
      shards.checkpoint();
      assertThat(view.entities()).isZero();
      assertThat(stored(view)).isEqualTo(KEYS);
    }
    long now = KEYS / 2 + FORGET + AS_OF;
    try (Shards shards = open(0)) {
      ViewState view = shards.open("view", LAYOUT);
      Feed feed = shards.feed(view.restoredSeq().orElseThrow());
      feed.attach(view);
      shards.checkpoint();
      assertThat(stored(view)).as("nobody knows what time it is").isEqualTo(KEYS);
      assertThat(read(view, "key0", 0)).isEqualTo(ReadStatus.PRESENT);
      for (int key = 0; key < 10; key++) {
        feed(feed, view, "new" + key, now);
      }
      publish(feed);
      // Each looks at some.
      for (int checkpoint = 0; checkpoint < 4; checkpoint++) {
        shards.checkpoint();
      }
      assertThat(stored(view)).isEqualTo(KEYS / 2 + 10);
      assertThat(view.expirations()).isEqualTo(KEYS / 2);
      assertThat(read(view, "key0", now)).isEqualTo(ReadStatus.NOT_FOUND);
      assertThat(read(view, "key" + KEYS / 2, now - AS_OF)).isEqualTo(ReadStatus.EXPIRED);
      assertTooOld(view, "key0", 0);
    }
    try (Shards shards = open(0)) {
      ViewState view = shards.open("view", LAYOUT);
      assertTooOld(view, "key0", 0);
      assertThat(read(view, "key0", now)).isEqualTo(ReadStatus.NOT_FOUND);
    }
  }

  @Test
  void aKeyThatBeginsAnewKnowsNothingOfItsTimeBefore() throws Exception {
    try (Shards shards = open(Long.MAX_VALUE)) {
      ViewState view = shards.open("view", LAYOUT);
      Feed feed = shards.feed(0);
      feed.attach(view);
      feed(feed, view, "one", 0);
      publish(feed);
      assertThat(read(view, "one", 5)).isEqualTo(ReadStatus.PRESENT);
      feed(feed, view, "one", FORGET + AS_OF + 1);
      publish(feed);

      assertTooOld(view, "one", 5);
      assertTooOld(view, "one", FORGET);
      assertThat(read(view, "one", FORGET + 1)).isEqualTo(ReadStatus.NOT_FOUND);
      assertThat(read(view, "one", FORGET + AS_OF + 1)).isEqualTo(ReadStatus.PRESENT);
    }
  }
}
