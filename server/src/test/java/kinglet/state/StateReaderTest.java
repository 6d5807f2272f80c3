// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import kinglet.metrics.Metrics;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StateReaderTest {
  private static final StateLayout SPEND =
      new StateLayout(
          List.of(Shape.WHOLE, Shape.BYTES),
          1,
          List.of(
              new AggregateUse(new WholeSum(true), List.of(), OptionalInt.empty()),
              new AggregateUse(new WholeSum(false), List.of(0), OptionalInt.of(0))),
          List.of(
              new Window.Range(10, false),
              new Window.Range(10, true),
              new Window.Tiled(10, 8),
              new Window.Unbounded(),
              new Window.Rows(1)),
          List.of(
              new FeatureUse(0, 0),
              new FeatureUse(0, 1),
              new FeatureUse(0, 2),
              new FeatureUse(0, 3),
              new FeatureUse(0, 4),
              new FeatureUse(1, 3)),
          false,
          OptionalLong.of(100),
          1_000);

  private final Metrics metrics = new Metrics();
  private final Shards shards = new Shards(2, metrics);
  private final Feed feed = shards.feed(0);
  private long seq;

  @AfterEach
  void stop() {
    shards.close();
    metrics.close();
  }

  @Test
  void eachWindowCountsTheEventsInside() throws Exception {
    ViewState view = shards.open("spend", SPEND);
    add(view, "ann", 20, 5L, true);
    add(view, "ann", 7, 1L, false);
    add(view, "ann", 12, null, true);
    add(view, "ann", 50, 100L, true);
    add(view, "bob", 20, 7L, true);
    published();

    StateReader reader = view.reader();
    assertThat(read(reader, "ann", 20)).containsExactly(2L, 1L, 2L, 3L, 2L, 5L);
    assertThat(read(reader, "ann", 17)).containsExactly(2L, 2L, 2L, 2L, 2L, null);
    assertThat(read(reader, "bob", 20)).containsExactly(1L, 0L, 1L, 1L, 1L, 7L);
    assertThat(reader.newestMicros()).hasValue(20);
    assertThat(view.entities()).isEqualTo(2);
  }

  @Test
  void anUnknownKeyAndAnExpiredOneSaySo() throws Exception {
    ViewState view = shards.open("spend", SPEND);
    add(view, "ann", 20, 5L, true);
    published();

    StateReader reader = view.reader();
    Slot[] values = slots(SPEND.values());
    assertThat(reader.read(bytes("bob"), 20, values)).isEqualTo(ReadStatus.NOT_FOUND);
    assertThat(values[0].whole()).isZero();
    assertThat(values[5].isNull()).isTrue();
    assertThat(reader.read(bytes("ann"), 19, values)).isEqualTo(ReadStatus.NOT_FOUND);
    assertThat(reader.read(bytes("ann"), 120, values)).isEqualTo(ReadStatus.PRESENT);
    assertThat(reader.read(bytes("ann"), 121, values)).isEqualTo(ReadStatus.EXPIRED);
    assertThat(values[0].isNull()).isTrue();
  }

  @Test
  void aLookupHasTheLatestEvent() throws Exception {
    StateLayout stock =
        new StateLayout(
            List.of(Shape.WHOLE, Shape.BYTES),
            0,
            List.of(),
            List.of(),
            List.of(),
            true,
            OptionalLong.empty(),
            0);
    ViewState view = shards.open("stock", stock);
    Event event = new Event(stock);
    for (int time : new int[] {10, 30, 20}) {
      event.argument(0).setWhole(time);
      event.argument(1).setText("at " + time);
      event.setKey(bytes("shoe"), 0, 4);
      event.place(time, ++seq, 30);
      feed.add(view, event);
    }
    published();

    Slot[] values = slots(2);
    assertThat(view.reader().read(bytes("shoe"), 40, values)).isEqualTo(ReadStatus.PRESENT);
    assertThat(values[0].whole()).isEqualTo(30);
    assertThat(values[1].text()).isEqualTo("at 30");
  }

  private void add(ViewState view, String key, long micros, Long amount, boolean paid) {
    Event event = new Event(SPEND);
    if (amount == null) {
      event.argument(0).setNull();
    } else {
      event.argument(0).setWhole(amount);
    }
    event.argument(1).setText(key);
    event.setCondition(0, paid);
    event.setKey(bytes(key), 0, key.length());
    event.place(micros, ++seq, 20);
    feed.add(view, event);
  }

  private void published() throws InterruptedException {
    feed.publish(seq);
    assertThat(feed.await(seq, Duration.ofSeconds(10))).isTrue();
  }

  private static List<Long> read(StateReader reader, String key, long micros) {
    Slot[] values = slots(SPEND.values());
    assertThat(reader.read(bytes(key), micros, values)).isEqualTo(ReadStatus.PRESENT);
    return Stream.of(values).map(slot -> slot.isNull() ? null : (Long) slot.whole()).toList();
  }

  private static Slot[] slots(int count) {
    return Stream.generate(Slot::new).limit(count).toArray(Slot[]::new);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
