// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.IntUnaryOperator;
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

/// The engine with nothing around it: one view of aggregates times exact windows, whose events come
/// at even steps of time. Remembers the events of a few entities and checks their features.
final class EngineRun implements AutoCloseable {
  static final long HOUR_MICROS = 3_600_000_000L;

  /// The windows of 50 features: 10 minutes to 7 days.
  static final List<Long> WINDOWS =
      List.of(HOUR_MICROS / 6, HOUR_MICROS, 6 * HOUR_MICROS, 24 * HOUR_MICROS, 168 * HOUR_MICROS);

  private static final long SEED = 7;
  private static final long START_MICROS = 1_700_000_000_000_000L;
  private static final long AS_OF_MICROS = 1_000_000;
  private static final int SHARDS = 2;
  private static final int PUBLISH_EVENTS = 10_000;
  private static final int CHECKED = 200;
  private static final long HIGHEST_NANOS = 10_000_000_000L;
  private static final int COUNT = 0;
  private static final int SUM = 1;

  private final List<Long> windows;
  private final int aggregates;
  private final StateLayout layout;
  private final Metrics metrics = new Metrics();
  private final Shards shards = new Shards(SHARDS, metrics);
  private final ViewState view;
  private final Map<Integer, List<Remembered>> remembered = new HashMap<>();
  private long nowMicros = START_MICROS;

  private record Remembered(long micros, double amount) {}

  /// @param windows how many microseconds each window reaches back
  EngineRun(List<Long> windows, int aggregates) {
    this.windows = List.copyOf(windows);
    this.aggregates = aggregates;
    List<FeatureUse> features = new ArrayList<>();
    for (int window = 0; window < windows.size(); window++) {
      for (int aggregate = 0; aggregate < aggregates; aggregate++) {
        features.add(new FeatureUse(aggregate, window));
      }
    }
    layout =
        new StateLayout(
            List.of(Shape.FLOAT, Shape.WHOLE),
            1,
            uses().subList(0, aggregates),
            windows.stream().<Window>map(micros -> new Window.Range(micros, false)).toList(),
            features,
            false,
            OptionalLong.empty(),
            AS_OF_MICROS);
    view = shards.open("shopper", layout);
  }

  private static List<AggregateUse> uses() {
    List<AggregateUse> uses = new ArrayList<>();
    uses.add(use("count", List.of(), OptionalInt.empty()));
    for (String function : List.of("sum", "avg", "min", "max", "anyLast")) {
      uses.add(use(function, List.of(0), OptionalInt.empty()));
    }
    uses.add(use("sum", List.of(1), OptionalInt.empty()));
    uses.add(use("max", List.of(1), OptionalInt.empty()));
    uses.add(use("count", List.of(), OptionalInt.of(0)));
    uses.add(use("sum", List.of(0), OptionalInt.of(0)));
    for (String function : List.of("avg", "min", "anyLast")) {
      uses.add(use(function, List.of(1), OptionalInt.empty()));
    }
    for (int argument = 0; argument < 2; argument++) {
      for (String function : List.of("avg", "min", "max", "any", "anyLast", "stddevPop")) {
        uses.add(use(function, List.of(argument), OptionalInt.of(0)));
      }
    }
    return uses;
  }

  private static AggregateUse use(String name, List<Integer> arguments, OptionalInt condition) {
    List<DataType> types =
        arguments.stream()
            .map(argument -> DataType.parse(argument == 0 ? "Float64" : "Int64"))
            .toList();
    return new AggregateUse(AggregateFunctions.bind(name, List.of(), types), arguments, condition);
  }

  static byte[] key(int entity) {
    return ("user" + entity).getBytes(StandardCharsets.UTF_8);
  }

  ViewState view() {
    return view;
  }

  /// The time of the last event.
  long nowMicros() {
    return nowMicros;
  }

  /// Feeds events over a span of time and checks what is read then.
  ///
  /// @param entities whose each event is, by its number
  /// @return events applied per second
  double load(int count, long spanMicros, IntUnaryOperator entities)
      throws IOException, InterruptedException {
    Random random = new Random(SEED);
    Event event = new Event(layout);
    Feed feed = shards.feed(0);
    long began = System.nanoTime();
    for (int i = 0; i < count; i++) {
      nowMicros = START_MICROS + (long) ((i + 1.0) / count * spanMicros);
      int entity = entities.applyAsInt(i);
      double amount = random.nextInt(400) / 4.0;
      byte[] key = key(entity);
      event.setKey(key, 0, key.length);
      event.place(nowMicros, i + 1L, nowMicros);
      event.argument(0).setReal(amount);
      event.argument(1).setWhole(random.nextInt(100));
      event.setCondition(0, random.nextBoolean());
      feed.add(view, event);
      remember(entity, amount);
      if (i % PUBLISH_EVENTS == 0) {
        feed.publish(i + 1L);
      }
    }
    feed.publish(count);
    boolean applied = feed.await(count, Duration.ofMinutes(5));
    double perSecond = count / ((System.nanoTime() - began) / 1e9);
    Answers.require(applied, "every event is applied");
    check();
    return perSecond;
  }

  private void remember(int entity, double amount) {
    List<Remembered> held = remembered.get(entity);
    if (held == null && remembered.size() < CHECKED) {
      held = new ArrayList<>();
      remembered.put(entity, held);
    }
    if (held != null) {
      held.add(new Remembered(nowMicros, amount));
    }
  }

  /// Compares counts and sums over each window with those of the remembered events.
  private void check() throws IOException {
    StateReader reader = view.reader();
    Slot[] values = slots();
    for (Map.Entry<Integer, List<Remembered>> entry : remembered.entrySet()) {
      ReadStatus status = reader.read(key(entry.getKey()), nowMicros, values);
      Answers.require(status == ReadStatus.PRESENT, "the status of " + entry.getKey());
      for (int window = 0; window < windows.size(); window++) {
        long start = nowMicros - windows.get(window);
        long count = 0;
        double sum = 0;
        for (Remembered event : entry.getValue()) {
          if (event.micros() >= start) {
            count++;
            sum += event.amount();
          }
        }
        Slot counted = values[window * aggregates + COUNT];
        Answers.require(counted.whole() == count, "a count of " + entry.getKey());
        if (aggregates > SUM) {
          Slot summed = values[window * aggregates + SUM];
          // Quarters add up exactly in any order.
          boolean same = summed.isNull() ? count == 0 : summed.real() == sum;
          Answers.require(same, "a sum of " + entry.getKey());
        }
      }
    }
    remembered.clear();
  }

  Slot[] slots() {
    return Slot.array(layout.values());
  }

  /// How long reads of keys take, one after another, in nanoseconds.
  Histogram read(byte[][] keys, Duration duration) {
    StateReader reader = view.reader();
    Slot[] values = slots();
    Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
    long end = System.nanoTime() + duration.toNanos();
    int at = 0;
    long began = System.nanoTime();
    while (began < end) {
      byte[] key = keys[at];
      at = at + 1 < keys.length ? at + 1 : 0;
      long start = System.nanoTime();
      ReadStatus unused = reader.read(key, nowMicros, values);
      began = System.nanoTime();
      latencies.recordValue(began - start);
    }
    return latencies;
  }

  @Override
  public void close() {
    shards.close();
    metrics.close();
  }
}
