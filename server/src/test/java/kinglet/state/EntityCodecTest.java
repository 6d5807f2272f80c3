// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import kinglet.metrics.Metrics;
import kinglet.testkit.Seed;
import kinglet.type.Bytes;
import kinglet.value.ListValue;
import kinglet.value.MapValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import kinglet.value.TupleValue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EntityCodecTest {
  @Test
  void anEntityHasTheBytesTheFormatsPageDescribes() {
    StateLayout layout =
        new StateLayout(
            List.of(Shape.WHOLE, Shape.BYTES),
            1,
            List.of(new AggregateUse(new WholeSum(false), List.of(0), OptionalInt.of(0))),
            List.of(new Window.Range(1_000, false)),
            List.of(new FeatureUse(0, 0)),
            false,
            OptionalLong.empty(),
            0);
    try (Metrics metrics = new Metrics()) {
      LocalState state = new LocalState(layout, metrics);
      Event event = new Event(layout);
      event.setKey(StateRandomTest.bytes("ann"), 0, 3);
      event.argument(0).setWhole(5);
      event.argument(1).setText("hi");
      event.setCondition(0, true);
      event.place(0x0102, 7, 0x0102);
      state.add(event);
      event.argument(0).setNull();
      event.argument(1).setNull();
      event.setCondition(0, false);
      event.place(0x0103, 8, 0x0103);
      state.add(event);
      Tail tail = state.tail("ann");
      byte[] bytes =
          new EntityCodec(state.view().plan()).encode(tail, tail.count(), StoredNodes.NONE).value();
      assertThat(HexFormat.of().formatHex(bytes))
          .isEqualTo(
              "02"
                  + "0301000000000000"
                  + "00"
                  + "02"
                  + "0201000000000000"
                  + "0700000000000000"
                  + "0400000000000000"
                  + "0500000000000000"
                  + "0301000000000000"
                  + "0800000000000000"
                  + "0300000000000000"
                  + "0000000000000000"
                  + "026869"
                  + "cd60bbca");
    }
  }

  @Test
  void whatIsReadIsWhatWasWritten() {
    int large = 0;
    try (Metrics metrics = new Metrics()) {
      for (int round = 0; round < 100; round++) {
        RandomGenerator random = Seed.next().round(round).random();
        StateCase made = StateCase.random(random, 1 + random.nextInt(2_000));
        LocalState state = new LocalState(made.layout(), metrics);
        made.events().forEach(state::add);
        EntityCodec codec = new EntityCodec(state.view().plan());
        Tail tail = state.tail(made.events().getLast().key());
        if (tail != Tail.EMPTY) {
          EntityCodec.Encoded written = codec.encode(tail, tail.count(), StoredNodes.NONE);
          EntityCodec.Decoded read = codec.decode(written.value(), written.nodes());
          large += written.nodes().isEmpty() ? 0 : 1;
          EntityCodec.Encoded again =
              codec.encode(read.tail(), read.tail().count(), StoredNodes.NONE);
          assertThat(again.value()).hasSameSizeAs(written.value());
          assertThat(again.nodes()).hasSameSizeAs(written.nodes());
          assertThat(codec.encode(read.tail(), read.tail().count(), read.stored()))
              .satisfies(
                  same -> assertThat(same.nodes()).isEmpty(),
                  same -> assertThat(same.gone()).isEmpty(),
                  same -> assertThat(same.value()).hasSameSizeAs(written.value()));
          assertThat(read.tail().words()).isEqualTo(tail.words());
        }
      }
    }
    assertThat(large).isPositive();
  }

  @Test
  void whatIsBelowANodeIsCountedAsItGrows() {
    try (Metrics metrics = new Metrics()) {
      for (int round = 0; round < 100; round++) {
        RandomGenerator random = Seed.next().round(round).random();
        StateCase made = StateCase.random(random, 1 + random.nextInt(2_000));
        LocalState state = new LocalState(made.layout(), metrics);
        made.events().forEach(state::add);
        Folded folded = state.tail(made.events().getLast().key()).folded();
        assertBytes(folded.tree());
        folded.tracks().forEach(EntityCodecTest::assertBytes);
      }
    }
  }

  private static void assertBytes(@Nullable Node node) {
    if (node != null) {
      assertThat(node.below()).isEqualTo(Node.bytesBelow(node.children()));
      for (Object child : node.children()) {
        assertBytes(child instanceof Node below ? below : null);
      }
    }
  }

  @Test
  void objectsAreReadAsTheyWere() {
    Slot slot = new Slot();
    ListValue.Builder texts = ListValue.builder(Shape.BYTES, 2);
    slot.setText("one");
    ListValue.Builder unused = texts.add(slot);
    slot.setNull();
    unused = texts.add(slot);
    ListValue numbers = ListValue.ofBits(Shape.FLOAT, new long[] {1, -1});
    ListValue.Builder nested = ListValue.builder(Shape.LIST, 1);
    slot.setObject(texts.build());
    unused = nested.add(slot);
    assertSame(Shape.BIG, BigInteger.TWO.pow(200).negate());
    assertSame(Shape.LIST, nested.build());
    assertSame(Shape.MAP, new MapValue(numbers, texts.build()));
    assertSame(Shape.TUPLE, new TupleValue(List.of(nested.build(), numbers)));
  }

  private static void assertSame(Shape shape, Object value) {
    Bytes bytes = new Bytes(16);
    ObjectCodec.write(shape, value, bytes);
    Object read = ObjectCodec.read(shape, new StateCursor(bytes.toArray()));
    assertThat(read).hasSameClassAs(value);
    Bytes again = new Bytes(16);
    ObjectCodec.write(shape, read, again);
    assertThat(again.toArray()).isEqualTo(bytes.toArray());
  }
}
