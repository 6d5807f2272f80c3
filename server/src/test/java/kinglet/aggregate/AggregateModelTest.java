// SPDX-License-Identifier: Apache-2.0
package kinglet.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import kinglet.testkit.Seed;
import kinglet.type.Bytes;
import kinglet.type.DataType;
import kinglet.value.ListValue;
import kinglet.value.Literal;
import kinglet.value.Slot;
import org.junit.jupiter.api.Test;

/// What ClickHouse has no like of, against naive models: events in any order, in any grouping.
final class AggregateModelTest {
  private static final Seed SEED = Seed.next();

  private record Event(long micros, long seq, long value) {}

  private static Aggregate bind(String name, List<String> parameters, String... types) {
    return AggregateFunctions.bind(
        name,
        parameters.stream().<Literal>map(Literal.Number::new).toList(),
        Stream.of(types).map(DataType::parse).toList());
  }

  private static List<Event> events(RandomGenerator random, int count, long values) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(new Event(random.nextLong(10_000_000), i, random.nextLong(values)));
    }
    return events;
  }

  /// The value after the events were added in any order to states that were merged in any grouping.
  private static Slot value(Aggregate aggregate, List<Event> events, RandomGenerator random) {
    List<Event> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, java.util.Random.from(random));
    int parts = random.nextInt(1, 6);
    States states = new States(aggregate.words(), 1, parts);
    Slot slot = new Slot();
    for (Event event : shuffled) {
      slot.setWhole(event.value());
      aggregate.add(
          states, random.nextInt(parts), 0, 0, new Slot[] {slot}, event.micros(), event.seq());
    }
    for (int i = parts - 1; i > 0; i--) {
      States read = new States(aggregate.words(), 1, 1);
      read.set(0, states, i);
      Object held = states.object(i, 0);
      if (held != null) {
        Bytes bytes = new Bytes(16);
        aggregate.writeObject(held, bytes);
        read.setObject(0, 0, aggregate.readObject(bytes.toArray(), 0, bytes.size()));
      }
      aggregate.merge(states, random.nextInt(i), 0, 0, read, 0);
    }
    aggregate.finish(states, 0, 0, 0, 20_000_000, slot);
    return slot;
  }

  private static List<Long> list(Slot slot) {
    ListValue list = (ListValue) slot.object();
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      values.add(list.bits(i));
    }
    return values;
  }

  private static void check(BiConsumer<List<Event>, RandomGenerator> round) {
    for (int i = 0; i < 200; i++) {
      RandomGenerator random = SEED.round(i).random();
      List<Event> events = events(random, random.nextInt(1, 120), 12);
      round.accept(events, random);
    }
  }

  private static List<Event> sorted(List<Event> events) {
    return events.stream()
        .sorted(Comparator.comparingLong(Event::micros).thenComparingLong(Event::seq))
        .toList();
  }

  @Test
  void arraysHoldTheFirstAndTheLastEvents() {
    check((events, random) -> {
      List<Long> all = sorted(events).stream().map(Event::value).toList();
      int limit = Math.min(10, all.size());
      assertThat(list(value(bind("groupArray", List.of("10"), "Int64"), events, random)))
          .as("%s", SEED)
          .isEqualTo(all.subList(0, limit));
      assertThat(list(value(bind("groupArrayLast", List.of("10"), "Int64"), events, random)))
          .as("%s", SEED)
          .isEqualTo(all.subList(all.size() - limit, all.size()));
    });
  }

  @Test
  void distinctArraysHoldTheFirstAndTheLastValues() {
    check((events, random) -> {
      List<Long> all = sorted(events).stream().map(Event::value).toList();
      List<Long> first = List.copyOf(new LinkedHashSet<>(all));
      List<Long> last = new ArrayList<>(new LinkedHashSet<>(all.reversed()));
      Collections.reverse(last);
      int limit = Math.min(5, first.size());
      assertThat(list(value(bind("groupUniqArray", List.of("5"), "Int64"), events, random)))
          .as("%s", SEED)
          .isEqualTo(first.subList(0, limit));
      assertThat(list(value(bind("groupUniqArrayLast", List.of("5"), "Int64"), events, random)))
          .as("%s", SEED)
          .isEqualTo(last.subList(last.size() - limit, last.size()));
    });
  }

  @Test
  void sessionsAreRunsOfEvents() {
    check((events, random) -> {
      List<Event> sorted = sorted(events);
      long sessions = 1;
      for (int i = 1; i < sorted.size(); i++) {
        if (sorted.get(i).micros() - sorted.get(i - 1).micros() > 150_000) {
          sessions++;
        }
      }
      assertThat(value(bind("sessions", List.of("0.15")), events, random).whole())
          .as("%s", SEED)
          .isEqualTo(sessions);
    });
  }

  @Test
  void agesCountFromTheFirstAndTheLastEvent() {
    check((events, random) -> {
      List<Event> sorted = sorted(events);
      assertThat(value(bind("timeSinceFirst", List.of()), events, random).real())
          .isEqualTo((20_000_000 - sorted.getFirst().micros()) / 1e6);
      assertThat(value(bind("timeSinceLast", List.of()), events, random).real())
          .isEqualTo((20_000_000 - sorted.getLast().micros()) / 1e6);
    });
  }

  @Test
  void theMostFrequentValuesComeFirst() {
    check((events, random) -> {
      Map<Long, Integer> counts = new HashMap<>();
      events.forEach(event -> counts.merge(event.value(), 1, Integer::sum));
      List<Long> expected =
          counts.keySet().stream()
              .sorted(
                  Comparator.comparing((Long value) -> -counts.get(value))
                      .thenComparing(Comparator.naturalOrder()))
              .limit(4)
              .toList();
      assertThat(list(value(bind("topK", List.of("4"), "Int64"), events, random)))
          .as("%s", SEED)
          .isEqualTo(expected);
    });
  }

  @Test
  void frequentValuesAreFoundAmongMany() {
    RandomGenerator random = SEED.random();
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      long value = random.nextInt(10) == 0 ? random.nextInt(3) : 10 + random.nextLong(1L << 40);
      events.add(new Event(i, i, value));
    }
    assertThat(list(value(bind("topK", List.of("3"), "Int64"), events, random)))
        .as("%s", SEED)
        .containsExactlyInAnyOrder(0L, 1L, 2L);
  }

  @Test
  void estimatesOfDifferentValuesAreWithinFourStandardErrors() {
    for (long count : new long[] {300, 513, 2_000, 40_000}) {
      RandomGenerator random = SEED.round((int) count).random();
      List<Event> events = new ArrayList<>();
      for (int i = 0; i < count * 2; i++) {
        events.add(new Event(i, i, i % count));
      }
      Map<String, Double> errors =
          Map.of("uniq", 0.0163, "uniqCombined", 0.0082, "uniqTheta", 0.0157);
      errors.forEach((name, error) -> {
        Aggregate aggregate = bind(name, List.of(), "Int64");
        long estimate = value(aggregate, events, random).whole();
        assertThat((double) estimate)
            .as("%s of %d %s", name, count, SEED)
            .isCloseTo(count, within(count <= 300 ? 0 : 4 * error * count));
        // The order and the grouping make no difference.
        assertThat(value(aggregate, events, random).whole()).isEqualTo(estimate);
      });
    }
  }

  @Test
  void exactCountsStayAtTheirLimit() {
    KeySet set = new KeySet(1, 100);
    for (int i = 0; i < 1000; i++) {
      set.add(i, 0);
    }
    assertThat(set.size()).isEqualTo(100);
  }

  @Test
  void aSampleIsTheSameInAnyOrderAndCloseInRank() {
    RandomGenerator random = SEED.random();
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      events.add(new Event(i, i, i));
    }
    Aggregate quantile = bind("quantile", List.of("0.25"), "Int64");
    double value = value(quantile, events, random).real();
    assertThat(value(quantile, events, random).real()).isEqualTo(value);
    assertThat(value / events.size()).as("%s", SEED).isCloseTo(0.25, within(4 * 0.011));
  }

  @Test
  void aDigestIsCloseInRank() {
    RandomGenerator random = SEED.random();
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < 30_000; i++) {
      events.add(new Event(i, i, (long) Math.abs(random.nextGaussian() * 1e9)));
    }
    long[] values = events.stream().mapToLong(Event::value).sorted().toArray();
    for (String level : List.of("0.001", "0.01", "0.25", "0.5", "0.9", "0.999")) {
      double found = value(bind("quantileTDigest", List.of(level), "Int64"), events, random).real();
      int at = Arrays.binarySearch(values, (long) found);
      double rank = (at < 0 ? -at - 1 : at) / (double) values.length;
      double p = Double.parseDouble(level);
      assertThat(rank).as("%s %s", level, SEED).isCloseTo(p, within(0.03 * Math.sqrt(p * (1 - p))));
    }
  }

  @Test
  void histogramsCountEveryValueOnce() {
    check((events, random) -> {
      ListValue bins =
          (ListValue) value(bind("histogram", List.of("4"), "Int64"), events, random).object();
      Slot slot = new Slot();
      double sum = 0;
      double last = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < bins.size(); i++) {
        bins.get(i, slot);
        kinglet.value.TupleValue bin = (kinglet.value.TupleValue) slot.object();
        assertThat(bin.elements().get(0).real(0)).isGreaterThanOrEqualTo(last);
        last = bin.elements().get(1).real(0);
        sum += bin.elements().get(2).real(0);
      }
      assertThat(sum).as("%s", SEED).isEqualTo(events.size());
    });
  }

  @Test
  void entropyIsThatOfTheCounts() {
    check((events, random) -> {
      Map<Long, Integer> counts = new TreeMap<>();
      events.forEach(event -> counts.merge(event.value(), 1, Integer::sum));
      double entropy = 0;
      for (int count : counts.values()) {
        double share = count / (double) events.size();
        entropy -= share * Math.log(share) / Math.log(2);
      }
      assertThat(value(bind("entropy", List.of(), "Int64"), events, random).real())
          .as("%s", SEED)
          .isCloseTo(entropy, within(1e-12));
    });
  }
}
