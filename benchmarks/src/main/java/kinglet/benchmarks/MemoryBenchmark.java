// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import kinglet.state.ReadStatus;
import kinglet.state.StateReader;
import kinglet.value.Slot;

/// Bytes per entity: the state that 50 features over exact windows are computed from at any time,
/// against a Redis hash of the 50 values as of one moment.
final class MemoryBenchmark {
  /// What an entity takes of the heap while it is measured, about.
  private static final int BYTES_PER_ENTITY = 600;

  private static final int AGGREGATES = 10;
  private static final long SPAN_MICROS = 24 * EngineRun.HOUR_MICROS;
  private static final List<String> NAMES =
      List.of(
          "events",
          "amount_sum",
          "amount_avg",
          "amount_min",
          "amount_max",
          "amount_last",
          "items_sum",
          "items_max",
          "bought_events",
          "bought_amount");
  private static final List<String> SPANS = List.of("10m", "1h", "6h", "1d", "7d");
  private static final String FIELD = "amount_sum_1d";
  private static final Set<Integer> WHOLE = Set.of(0, 6, 7, 8);
  private static final int PIPELINED = 2_000;
  private static final long SEED = 11;

  private MemoryBenchmark() {}

  /// What is measured.
  ///
  /// @param compared whether Redis gets the vectors too
  private record Size(int entities, int eventsEach, boolean compared) {}

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    Page page = new Page("memory: bytes per entity", "./kinglet bench memory");
    page.line(
            "50 features, 10 aggregates over 5 exact windows (10 minutes to 7 days): an event of each")
        .line(
            "entity, the others by Zipf 0.99, all of one day. Kinglet holds the events and partial")
        .line(
            "states that the features are computed from at any time, Redis a hash of the 50 values as")
        .line(
            "of one moment under names such as `amount_sum_1h`, which do not age. Kinglet's figure is what")
        .line(
            "the Java heap grew by after a collection, key and map included, beside what it counts")
        .line(
            "itself for its memory limit; that of Redis is what `used_memory` of `INFO` grew by. A few")
        .line(
            "values are read back from both and compared. Where Redis is left out its share for an")
        .line("entity is the one above: its hashes would not fit beside the rest.")
        .line("Goal: at most half of Redis.")
        .line("")
        .header(
            "entities",
            "events",
            "Kinglet, bytes per entity",
            "as it counts itself",
            "Redis, bytes per entity",
            "Kinglet / Redis");
    List<Size> sizes =
        plan.quick()
            ? List.of(new Size(1_000, 3, true))
            : List.of(
                new Size(1_000_000, 3, true),
                new Size(1_000_000, 10, false),
                new Size(4_000_000, 3, false),
                new Size(10_000_000, 3, false));
    for (Size size : sizes) {
      if (Heap.holds((long) size.entities() * BYTES_PER_ENTITY)) {
        measure(size, page);
      }
    }
    return page;
  }

  private static void measure(Size size, Page page) throws IOException, InterruptedException {
    int events = size.entities() * size.eventsEach();
    int[] drawn = Zipf.draw(size.entities(), events - size.entities(), new Random(SEED));
    long before = heap();
    try (EngineRun run = new EngineRun(EngineRun.WINDOWS, AGGREGATES)) {
      double unused =
          run.load(events, SPAN_MICROS, i -> i < size.entities() ? i : drawn[i - size.entities()]);
      double own = (heap() - before) / (double) size.entities();
      double counted = run.view().bytes() / (double) size.entities();
      Answers.require(run.view().entities() == size.entities(), "every entity is there");
      Optional<Double> redis = size.compared() ? redis(run, size.entities()) : Optional.empty();
      page.row(
          "%,d".formatted(size.entities()),
          "%,d".formatted(events),
          own,
          counted,
          redis.<Object>map(bytes -> bytes).orElse(size.compared() ? "not installed" : "-"),
          redis.map(bytes -> Page.figure(own / bytes)).orElse("-"));
    }
  }

  /// The bytes of the heap that are in use.
  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static Optional<Double> redis(EngineRun run, int entities) throws IOException {
    try (Directory directory = Directory.create("memory")) {
      Optional<RedisPeer> started = RedisPeer.start(directory.path(), false);
      if (started.isEmpty()) {
        return Optional.empty();
      }
      try (RedisPeer redis = started.get()) {
        long before = redis.usedMemory();
        StateReader reader = run.view().reader();
        Slot[] values = run.slots();
        for (int from = 0; from < entities; from += PIPELINED) {
          int to = Math.min(entities, from + PIPELINED);
          for (int entity = from; entity < to; entity++) {
            redis.send(hash(run, reader, entity, values));
          }
          for (int entity = from; entity < to; entity++) {
            List<?> unused = redis.read();
          }
        }
        for (int entity = 0; entity < entities; entity += Math.max(1, entities / 100)) {
          List<String> words = hash(run, reader, entity, values);
          List<?> held = redis.call("HGET", words.get(1), FIELD);
          int place = words.indexOf(FIELD) + 1;
          Answers.require(words.get(place).equals(held.getFirst()), "a value of " + words.get(1));
        }
        return Optional.of((redis.usedMemory() - before) / (double) entities);
      }
    }
  }

  /// The command that makes a vector a hash.
  private static List<String> hash(EngineRun run, StateReader reader, int entity, Slot[] values) {
    byte[] key = EngineRun.key(entity);
    ReadStatus unused = reader.read(key, run.nowMicros(), values);
    List<String> words = new ArrayList<>();
    words.add("HSET");
    words.add(new String(key, StandardCharsets.UTF_8));
    for (int value = 0; value < values.length; value++) {
      words.add(NAMES.get(value % AGGREGATES) + "_" + SPANS.get(value / AGGREGATES));
      words.add(text(values[value], value % AGGREGATES));
    }
    return words;
  }

  private static String text(Slot slot, int aggregate) {
    if (slot.isNull()) {
      return "";
    }
    if (WHOLE.contains(aggregate)) {
      return Long.toString(slot.whole());
    }
    String text = Double.toString(slot.real());
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
