// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import kinglet.metrics.Metrics;
import kinglet.state.StateCase.Happening;
import kinglet.testkit.Seed;
import kinglet.thread.Threads;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ShardsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Metrics metrics = new Metrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void shardsAndBatchesChangeNoBit() throws Exception {
    for (int round = 0; round < 60; round++) {
      Seed seed = Seed.next().round(round);
      RandomGenerator random = seed.random();
      StateCase made = StateCase.random(random, 1 + random.nextInt(3_000));
      LocalState local = new LocalState(made.layout(), metrics);
      made.events().forEach(local::add);
      long micros = made.events().getLast().ingestedMicros() + random.nextInt(10_000);

      try (Shards shards = new Shards(1 + random.nextInt(4), metrics)) {
        ViewState view = shards.open("view", made.layout());
        Feed feed = shards.feed(0);
        Event event = new Event(made.layout());
        int batch = 1 + random.nextInt(1_000);
        for (Happening happening : made.events()) {
          happening.fill(event);
          feed.add(view, event);
          if (random.nextInt(batch) == 0) {
            feed.publish(happening.seq());
          }
        }
        long last = made.events().getLast().seq();
        feed.publish(last);
        assertThat(feed.await(last, LONG)).isTrue();
        assertThat(StateRandomTest.bits(view.reader(), micros))
            .as(seed + "")
            .isEqualTo(StateRandomTest.bits(local.reader(), micros));
      }
    }
  }

  /// Readers that race the writer: what each read sees is the state after some event between the
  /// last that was applied before it and the last that was published after it.
  @Test
  void aReadSeesAPrefix() throws Exception {
    StateLayout layout =
        new StateLayout(
            List.of(Shape.WHOLE, Shape.FLOAT, Shape.BYTES),
            0,
            List.of(
                new AggregateUse(new EventList(false), List.of(), OptionalInt.empty()),
                new AggregateUse(new WholeSum(true), List.of(), OptionalInt.empty())),
            List.of(
                new Window.Range(10_000_000_000L, false),
                new Window.Tiled(10_000_000_000L, 500),
                new Window.Unbounded(),
                new Window.Rows(4)),
            IntStream.range(0, 8).mapToObj(i -> new FeatureUse(i / 4, i % 4)).toList(),
            false,
            OptionalLong.empty(),
            100);
    StateCase made = StateCase.of(layout, Seed.next().random(), 4_000);
    try (Shards shards = new Shards(1, metrics);
        ExecutorService readers = Threads.virtual("reader")) {
      ViewState view = shards.open("view", layout);
      Feed feed = shards.feed(0);
      AtomicLong published = new AtomicLong();
      List<Future<Integer>> reads = new ArrayList<>();
      for (int reader = 0; reader < 3; reader++) {
        reads.add(readers.submit(() -> readUntil(view, feed, published, made.events().size())));
      }
      Event event = new Event(layout);
      for (Happening happening : made.events()) {
        happening.fill(event);
        event.setKey(StateRandomTest.bytes("key"), 0, 3);
        feed.add(view, event);
        published.set(happening.seq());
        feed.publish(happening.seq());
      }
      for (Future<Integer> read : reads) {
        assertThat(read.get()).isPositive();
      }
    }
  }

  private static int readUntil(ViewState view, Feed feed, AtomicLong published, long last) {
    StateReader reader = view.reader();
    Slot[] values = StateCase.slots(view.layout());
    int reads = 0;
    long before;
    do {
      before = feed.appliedSeq();
      ReadStatus status = reader.read(StateRandomTest.bytes("key"), 5_000_000_000L, values);
      long after = published.get();
      if (status == ReadStatus.PRESENT) {
        long seen = values[4].whole();
        assertThat(seen).isBetween(before, after);
        assertThat(values[5].whole()).isEqualTo(seen);
        assertThat(values[6].whole()).isEqualTo(seen);
        assertThat(values[7].whole()).isEqualTo(Math.min(5, seen));
        for (int list = 0; list < 3; list++) {
          assertThat(sorted((ListValue) values[list].object()))
              .isEqualTo(IntStream.rangeClosed(1, (int) seen).mapToLong(seq -> seq).toArray());
        }
      } else {
        assertThat(before).isZero();
      }
      reads++;
    } while (before < last);
    return reads;
  }

  private static long[] sorted(ListValue list) {
    return IntStream.range(0, list.size()).mapToLong(list::bits).sorted().toArray();
  }
}
