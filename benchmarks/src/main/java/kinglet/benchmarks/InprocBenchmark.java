// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import kinglet.aggregate.AggregateFunctions;
import kinglet.metrics.Metrics;
import kinglet.state.AggregateUse;
import kinglet.state.Event;
import kinglet.state.FeatureUse;
import kinglet.state.Feed;
import kinglet.state.ReadStatus;
import kinglet.state.Shards;
import kinglet.state.StateLayout;
import kinglet.state.StateReader;
import kinglet.state.ViewState;
import kinglet.state.Window;
import kinglet.type.DataType;
import kinglet.value.Shape;
import kinglet.value.Slot;
import org.HdrHistogram.Histogram;

/// The engine without a socket: 50 features of one entity, 10 aggregates over 5 exact windows,
/// against a map of arrays that were computed before and do not age.
final class InprocBenchmark {
  private static final long SEED = 7;
  private static final long HOUR_MICROS = 3_600_000_000L;
  private static final long START_MICROS = 1_700_000_000_000_000L;
  private static final long SPAN_MICROS = 24 * HOUR_MICROS;
  private static final int AGGREGATES = 10;
  private static final int PUBLISH_EVENTS = 10_000;
  private static final int CHECKED = 1_000;
  private static final long HIGHEST_NANOS = 10_000_000_000L;

  private final Plan plan;
  private final StateLayout layout = layout();
  private final byte[][] keys;
  private final int[] drawn;
  private final long[] dayCounts;
  private long nowMicros = START_MICROS;

  private InprocBenchmark(Plan plan) {
    this.plan = plan;
    int entities = plan.quick() ? 1_000 : 1_000_000;
    keys = new byte[entities][];
    Arrays.setAll(keys, entity -> ("user" + entity).getBytes(StandardCharsets.UTF_8));
    drawn = Zipf.draw(entities, plan.rows(), new Random(SEED));
    dayCounts = new long[entities];
  }

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    return new InprocBenchmark(plan).measure();
  }

  private static StateLayout layout() {
    DataType real = DataType.parse("Float64");
    DataType whole = DataType.parse("Int64");
    List<AggregateUse> aggregates =
        List.of(
            use("count", List.of(), List.of(), OptionalInt.empty()),
            use("sum", List.of(0), List.of(real), OptionalInt.empty()),
            use("avg", List.of(0), List.of(real), OptionalInt.empty()),
            use("min", List.of(0), List.of(real), OptionalInt.empty()),
            use("max", List.of(0), List.of(real), OptionalInt.empty()),
            use("sum", List.of(1), List.of(whole), OptionalInt.empty()),
            use("max", List.of(1), List.of(whole), OptionalInt.empty()),
            use("anyLast", List.of(0), List.of(real), OptionalInt.empty()),
            use("count", List.of(), List.of(), OptionalInt.of(0)),
            use("sum", List.of(0), List.of(real), OptionalInt.of(0)));
    List<Window> windows =
        Stream.of(
                HOUR_MICROS / 6, HOUR_MICROS, 6 * HOUR_MICROS, 24 * HOUR_MICROS, 168 * HOUR_MICROS)
            .<Window>map(micros -> new Window.Range(micros, false))
            .toList();
    List<FeatureUse> features = new ArrayList<>();
    for (int window = 0; window < windows.size(); window++) {
      for (int aggregate = 0; aggregate < AGGREGATES; aggregate++) {
        features.add(new FeatureUse(aggregate, window));
      }
    }
    return new StateLayout(
        List.of(Shape.FLOAT, Shape.WHOLE),
        1,
        aggregates,
        windows,
        features,
        false,
        OptionalLong.empty(),
        1_000_000);
  }

  private static AggregateUse use(
      String name, List<Integer> arguments, List<DataType> types, OptionalInt condition) {
    return new AggregateUse(AggregateFunctions.bind(name, List.of(), types), arguments, condition);
  }

  private Page measure() throws IOException, InterruptedException {
    try (Metrics metrics = new Metrics();
        Shards shards = new Shards(2, metrics)) {
      ViewState view = shards.open("shopper", layout);
      double eventsPerSecond = load(view, shards.feed(0));
      StateReader reader = view.reader();
      Map<String, long[]> computed = compute(reader);
      Page page = new Page("inproc: the engine without a socket", "./kinglet bench inproc");
      page.line(
              "50 features of one entity, 10 aggregates over 5 exact windows (10 minutes to 7 days),")
          .line(
              String.format(
                  Locale.ROOT,
                  "%,d events of a day over %,d entities that have any, drawn by Zipf 0.99 for events",
                  plan.rows(),
                  view.entities()))
          .line(
              "and reads alike; one thread. The peer is a HashMap from key to an array of the same 50")
          .line("values as of one moment. Nanoseconds for each read; " + plan.text() + ".")
          .line("")
          .line(
              String.format(
                  Locale.ROOT,
                  "Bytes per entity, as measured: %,d.",
                  view.bytes() / view.entities()))
          .line(
              String.format(
                  Locale.ROOT, "Events applied per second, two shards: %,.0f.", eventsPerSecond))
          .line("")
          .header("round", "Kinglet p50", "p99", "p99.9", "HashMap p50", "p99");
      Histogram unused = readState(reader, plan.warmUp());
      unused = readMap(computed, plan.warmUp());
      for (int round = 1; round <= plan.rounds(); round++) {
        Histogram own = readState(reader, plan.measure());
        Histogram peer = readMap(computed, plan.measure());
        page.row(
            round,
            own.getValueAtPercentile(50),
            own.getValueAtPercentile(99),
            own.getValueAtPercentile(99.9),
            peer.getValueAtPercentile(50),
            peer.getValueAtPercentile(99));
      }
      return page;
    }
  }

  private double load(ViewState view, Feed feed) throws IOException, InterruptedException {
    Random random = new Random(SEED);
    Event event = new Event(layout);
    long began = System.nanoTime();
    for (int i = 0; i < drawn.length; i++) {
      nowMicros = START_MICROS + (long) ((double) i / drawn.length * SPAN_MICROS);
      dayCounts[drawn[i]]++;
      byte[] key = keys[drawn[i]];
      event.setKey(key, 0, key.length);
      event.place(nowMicros, i + 1L, nowMicros);
      event.argument(0).setReal(random.nextDouble() * 100);
      event.argument(1).setWhole(random.nextInt(100));
      event.setCondition(0, random.nextBoolean());
      feed.add(view, event);
      if (i % PUBLISH_EVENTS == 0) {
        feed.publish(i + 1L);
      }
    }
    feed.publish(drawn.length);
    boolean applied = feed.await(drawn.length, Duration.ofMinutes(5));
    Answers.require(applied, "every event is applied");
    return drawn.length / ((System.nanoTime() - began) / 1e9);
  }

  /// The peer's arrays; checks counts over a day, which holds every event, on the way.
  private Map<String, long[]> compute(StateReader reader) throws IOException {
    Slot[] values = slots();
    Map<String, long[]> computed = new HashMap<>();
    int dayCount = 3 * AGGREGATES;
    for (int i = 0; i < drawn.length; i++) {
      int entity = drawn[i];
      String key = new String(keys[entity], StandardCharsets.UTF_8);
      if (computed.containsKey(key)) {
        continue;
      }
      ReadStatus status = reader.read(keys[entity], nowMicros, values);
      Answers.require(status == ReadStatus.PRESENT, "the status of " + key);
      if (computed.size() < CHECKED) {
        Answers.require(values[dayCount].whole() == dayCounts[entity], "the count of " + key);
      }
      computed.put(key, Stream.of(values).mapToLong(Slot::bits).toArray());
    }
    return computed;
  }

  private Histogram readState(StateReader reader, Duration duration) {
    Slot[] values = slots();
    Random random = new Random(SEED);
    Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
    long end = System.nanoTime() + duration.toNanos();
    for (long began = System.nanoTime(); began < end; ) {
      ReadStatus unused = reader.read(keys[drawn[random.nextInt(drawn.length)]], nowMicros, values);
      long now = System.nanoTime();
      latencies.recordValue(now - began);
      began = now;
    }
    return latencies;
  }

  private Histogram readMap(Map<String, long[]> computed, Duration duration) throws IOException {
    Random random = new Random(SEED);
    Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
    long end = System.nanoTime() + duration.toNanos();
    long sum = 0;
    for (long began = System.nanoTime(); began < end; ) {
      byte[] key = keys[drawn[random.nextInt(drawn.length)]];
      long[] values = computed.get(new String(key, StandardCharsets.UTF_8));
      sum += values == null ? 0 : values[0];
      long now = System.nanoTime();
      latencies.recordValue(now - began);
      began = now;
    }
    Answers.require(sum > 0, "the map has counts");
    return latencies;
  }

  private Slot[] slots() {
    return Stream.generate(Slot::new).limit(layout.values()).toArray(Slot[]::new);
  }
}
