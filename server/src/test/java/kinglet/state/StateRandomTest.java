// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import kinglet.error.PlatformException;
import kinglet.metrics.Metrics;
import kinglet.state.StateCase.Happening;
import kinglet.testkit.Seed;
import kinglet.value.ListValue;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Random layouts and streams: every value is what the naive model computes from all events, and
/// has the same bits however the work was cut.
final class StateRandomTest {
  private static final int ROUNDS = Integer.getInteger("test.rounds", 100);

  private final Metrics metrics = new Metrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void everyValueIsWhatTheNaiveModelComputes() {
    long compared = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Seed seed = Seed.next().round(round);
      RandomGenerator random = seed.random();
      StateCase made = StateCase.random(random, 1 + random.nextInt(round % 10 == 0 ? 6_000 : 600));
      compared += compareWithModel(made, random, seed);
    }
    assertThat(compared).isGreaterThan(ROUNDS * 100L);
  }

  private long compareWithModel(StateCase made, RandomGenerator random, Seed seed) {
    StateLayout layout = made.layout();
    LocalState state = new LocalState(layout, metrics);
    NaiveState naive = new NaiveState(layout);
    Slot[] values = StateCase.slots(layout);
    Slot[] expected = StateCase.slots(layout);
    long compared = 0;
    int reads = 60;
    for (int i = 0; i < made.events().size(); i++) {
      Happening event = made.events().get(i);
      state.add(event);
      naive.add(event);
      boolean last = i + 1 == made.events().size();
      if (!last && random.nextInt(made.events().size()) >= reads) {
        continue;
      }
      for (String key : List.of("key0", "key1", "key" + random.nextInt(8), event.key())) {
        long micros = readTime(random, event.ingestedMicros(), layout.asOfMicros());
        String where = seed + " " + layout + " after " + event + " of " + key + " at " + micros;
        ReadStatus status;
        try {
          status = state.reader().read(bytes(key), micros, values);
        } catch (PlatformException e) {
          assertThat(micros).as(where).isLessThan(event.ingestedMicros() - layout.asOfMicros());
          assertThat(e.code()).isEqualTo(StateError.AS_OF_TOO_OLD);
          continue;
        }
        assertThat(status).as(where).isEqualTo(naive.read(key, micros, expected));
        for (int value = 0; value < values.length; value++) {
          compare(layout, value, values[value], expected[value], where);
          compared++;
        }
      }
    }
    return compared;
  }

  /// What a reader holds is not changed by the events that follow.
  @Test
  void anOldVersionStaysAsItWas() {
    for (int round = 0; round < ROUNDS; round++) {
      Seed seed = Seed.next().round(round);
      RandomGenerator random = seed.random();
      StateCase made = StateCase.random(random, 200 + random.nextInt(1_000));
      LocalState state = new LocalState(made.layout(), metrics);
      EntityCodec codec = new EntityCodec(state.view().plan());
      Tail held = Tail.EMPTY;
      int count = 0;
      List<ByteBuffer> before = bytes(codec, held, count);
      for (Happening event : made.events()) {
        state.add(event);
        if (random.nextInt(100) == 0) {
          assertThat(bytes(codec, held, count)).as(seed + "").isEqualTo(before);
          held = state.tail("key0");
          count = held.count();
          before = bytes(codec, held, count);
        }
      }
      assertThat(bytes(codec, held, count)).as(seed + "").isEqualTo(before);
    }
  }

  @Test
  void anExplanationListsTheEventsOfTheValue() {
    int explained = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Seed seed = Seed.next().round(round);
      RandomGenerator random = seed.random();
      StateCase made = StateCase.random(random, 1 + random.nextInt(1_000));
      LocalState state = new LocalState(made.layout(), metrics);
      made.events().forEach(state::add);
      long micros = made.events().getLast().ingestedMicros() + random.nextInt(10_000);
      Slot[] values = StateCase.slots(made.layout());
      ReadStatus status = state.reader().read(bytes("key0"), micros, values);
      for (int value = 0; value < made.layout().features().size(); value++) {
        Explanation explanation = state.reader().explain(bytes("key0"), micros, value, 10_000);
        FeatureUse feature = made.layout().features().get(value);
        AggregateUse use = made.layout().aggregates().get(feature.aggregate());
        assertThat(explanation.status()).isEqualTo(status);
        if (explanation.tiles().isEmpty()
            && status == ReadStatus.PRESENT
            && use.aggregate() instanceof EventList) {
          String seqs =
              explanation.rows().reversed().stream().map(row -> row.seq() + " ").collect(joining());
          assertThat(seqs).as(seed + "").isEqualTo(text(made.layout(), value, values[value]));
          explained++;
        }
      }
    }
    assertThat(explained).isGreaterThan(ROUNDS / 2);
  }

  private static long readTime(RandomGenerator random, long ingested, long reach) {
    return switch (random.nextInt(6)) {
      case 0 -> ingested - reach;
      case 1 -> ingested - random.nextLong(reach * 4 + 2);
      case 2 -> ingested + random.nextLong(1L << (1 + random.nextInt(24)));
      default -> ingested;
    };
  }

  private static void compare(
      StateLayout layout, int value, Slot actual, Slot expected, String where) {
    String what = where + ", value " + value;
    assertThat(actual.isNull()).as(what).isEqualTo(expected.isNull());
    if (actual.isNull()) {
      return;
    }
    FeatureUse feature = layout.lookup() ? null : layout.features().get(value);
    boolean tiled =
        feature != null
            && (layout.windows().get(feature.window()) instanceof Window.Tiled
                || layout.windows().get(feature.window()) instanceof Window.Unbounded);
    if (tiled && StateCase.needsOrder(layout.aggregates().get(feature.aggregate()).aggregate())) {
      return;
    }
    if (shape(layout, value) == Shape.FLOAT) {
      double near = Math.max(1e-9, Math.abs(expected.real()) * 1e-9);
      assertThat(actual.real()).as(what).isCloseTo(expected.real(), within(near));
    } else {
      assertThat(text(layout, value, actual)).as(what).isEqualTo(text(layout, value, expected));
    }
  }

  private static Shape shape(StateLayout layout, int value) {
    return layout.lookup()
        ? layout.arguments().get(value)
        : Shape.of(
            layout.aggregates().get(layout.features().get(value).aggregate()).aggregate().type());
  }

  private static String text(StateLayout layout, int value, Slot slot) {
    if (slot.isNull()) {
      return "NULL";
    }
    return switch (shape(layout, value)) {
      case WHOLE, FLOAT -> "" + slot.bits();
      case BYTES -> slot.text();
      case LIST -> text((ListValue) slot.object());
      case BIG, MAP, TUPLE -> slot.object().toString();
    };
  }

  private static String text(ListValue list) {
    StringBuilder text = new StringBuilder();
    Slot slot = new Slot();
    for (int i = 0; i < list.size(); i++) {
      list.get(i, slot);
      text.append(list.shape() == Shape.BYTES ? slot.text() : "" + slot.bits()).append(' ');
    }
    return text.toString();
  }

  @Test
  void trimmingIdleEntitiesChangesNoBit() {
    for (int round = 0; round < ROUNDS; round++) {
      Seed seed = Seed.next().round(round);
      RandomGenerator random = seed.random();
      StateCase made = StateCase.random(random, 1 + random.nextInt(2_000));
      LocalState plain = new LocalState(made.layout(), metrics);
      LocalState trimmed = new LocalState(made.layout(), metrics);
      for (Happening event : made.events()) {
        if (random.nextInt(10) == 0) {
          trimmed.trim();
        }
        plain.add(event);
        trimmed.add(event);
        if (random.nextInt(20) == 0) {
          long micros = event.ingestedMicros() + random.nextLong(3) * random.nextInt(10_000);
          assertThat(bits(trimmed.reader(), micros))
              .as(seed + " " + made.layout())
              .isEqualTo(bits(plain.reader(), micros));
        }
      }
    }
  }

  /// Every value of every key, to the bit.
  static List<String> bits(StateReader reader, long readMicros) {
    StateLayout layout = reader.view().layout();
    Slot[] values = StateCase.slots(layout);
    List<String> bits = new ArrayList<>();
    for (int key = 0; key < 8; key++) {
      bits.add("" + reader.read(bytes("key" + key), readMicros, values));
      for (int value = 0; value < values.length; value++) {
        bits.add(key + "." + value + "=" + text(layout, value, values[value]));
      }
    }
    return bits;
  }

  /// What reading every entity at once gives: the same as [#bits] but for keys without events.
  static List<String> scanned(StateReader reader, long readMicros) {
    StateLayout layout = reader.view().layout();
    Slot[] values = StateCase.slots(layout);
    Map<String, List<String>> found = new HashMap<>();
    reader.readAll(
        readMicros,
        values,
        (key, status) -> {
          String name = new String(key, StandardCharsets.UTF_8);
          List<String> bits = new ArrayList<>();
          bits.add("" + status);
          for (int value = 0; value < values.length; value++) {
            bits.add(name.substring(3) + "." + value + "=" + text(layout, value, values[value]));
          }
          assertThat(found.put(name, bits)).as(name).isNull();
        });
    List<String> all = new ArrayList<>();
    for (int key = 0; key < 8; key++) {
      List<String> bits = found.remove("key" + key);
      if (bits == null) {
        assertThat(reader.read(bytes("key" + key), readMicros, values))
            .isEqualTo(ReadStatus.NOT_FOUND);
        bits = new ArrayList<>(List.of("" + ReadStatus.NOT_FOUND));
        for (int value = 0; value < values.length; value++) {
          bits.add(key + "." + value + "=" + text(layout, value, values[value]));
        }
      }
      all.addAll(bits);
    }
    assertThat(found).isEmpty();
    return all;
  }

  private static List<ByteBuffer> bytes(EntityCodec codec, Tail tail, int count) {
    EntityCodec.Encoded encoded = codec.encode(tail, count, StoredNodes.NONE);
    return Stream.concat(
            Stream.of(encoded.value()), new TreeMap<>(encoded.nodes()).values().stream())
        .map(ByteBuffer::wrap)
        .toList();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
