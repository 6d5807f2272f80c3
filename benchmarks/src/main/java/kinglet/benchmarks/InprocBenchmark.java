// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import kinglet.state.ReadStatus;
import kinglet.state.StateReader;
import kinglet.value.Slot;
import org.HdrHistogram.Histogram;

/// The engine without a socket: 50 features of one entity, 10 aggregates over 5 exact windows,
/// against a map of arrays that were computed before and do not age.
final class InprocBenchmark {
  private static final long SEED = 7;
  private static final int AGGREGATES = 10;
  private static final int KEYS = 500_000;
  private static final long SPAN_MICROS = 24 * EngineRun.HOUR_MICROS;
  private static final long HIGHEST_NANOS = 10_000_000_000L;

  private InprocBenchmark() {}

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    int[] drawn = Zipf.draw(plan.quick() ? 1_000 : 1_000_000, plan.rows(), new Random(SEED));
    Random random = new Random(SEED);
    byte[][] keys = new byte[Math.min(KEYS, plan.rows())][];
    Arrays.setAll(keys, _ -> EngineRun.key(drawn[random.nextInt(drawn.length)]));
    try (EngineRun run = new EngineRun(EngineRun.WINDOWS, AGGREGATES)) {
      double eventsPerSecond = run.load(plan.rows(), SPAN_MICROS, i -> drawn[i]);
      Map<String, long[]> computed = compute(run, drawn);
      long entities = run.view().entities();
      Page page = new Page("inproc: the engine without a socket", "./kinglet bench inproc");
      page.line(
              "50 features of one entity, 10 aggregates over 5 exact windows (10 minutes to 7 days),")
          .line(
              "%,d events of a day over %,d entities that have any, drawn by"
                  .formatted(plan.rows(), entities))
          .line(
              "Zipf 0.99 for events and reads alike; one thread. The peer is a HashMap from key to an")
          .line(
              "array of the same 50 values as of one moment. Counts and sums of 200 entities are compared")
          .line(
              "with those of their events before. Nanoseconds for each read, the clock's included;")
          .line(plan.text() + ".")
          .line("")
          .line("Bytes per entity, as measured: %,d.".formatted(run.view().bytes() / entities))
          .line("Events applied per second, two shards: " + Page.figure(eventsPerSecond) + ".")
          .line("Goals: p50 2,000 and p99 10,000.")
          .line("")
          .header("round", "Kinglet p50", "p99", "p99.9", "HashMap p50", "p99");
      Histogram unused = run.read(keys, plan.warmUp());
      unused = readMap(computed, keys, plan.warmUp());
      for (int round = 1; round <= plan.rounds(); round++) {
        Histogram own = run.read(keys, plan.measure());
        Histogram peer = readMap(computed, keys, plan.measure());
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

  /// The peer's arrays.
  private static Map<String, long[]> compute(EngineRun run, int[] drawn) {
    StateReader reader = run.view().reader();
    Slot[] values = run.slots();
    Map<String, long[]> computed = new HashMap<>();
    for (int entity : drawn) {
      byte[] key = EngineRun.key(entity);
      computed.computeIfAbsent(
          new String(key, StandardCharsets.UTF_8),
          _ -> {
            ReadStatus unused = reader.read(key, run.nowMicros(), values);
            return Stream.of(values).mapToLong(Slot::bits).toArray();
          });
    }
    return computed;
  }

  private static Histogram readMap(Map<String, long[]> computed, byte[][] keys, Duration duration)
      throws IOException {
    Histogram latencies = new Histogram(HIGHEST_NANOS, 3);
    long end = System.nanoTime() + duration.toNanos();
    long sum = 0;
    int at = 0;
    long began = System.nanoTime();
    while (began < end) {
      byte[] key = keys[at];
      at = at + 1 < keys.length ? at + 1 : 0;
      long start = System.nanoTime();
      long[] values = computed.get(new String(key, StandardCharsets.UTF_8));
      sum += values == null ? 0 : values[0];
      began = System.nanoTime();
      latencies.recordValue(began - start);
    }
    Answers.require(sum > 0, "the map has counts");
    return latencies;
  }
}
