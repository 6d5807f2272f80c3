// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/// How the cost of a read and of an event grows with entities, windows, features and history; the
/// peer is the engine itself at another size.
final class ScaleBenchmark {
  private static final long DAY_MICROS = 24 * EngineRun.HOUR_MICROS;
  private static final int AGGREGATES = 10;
  private static final int EVENTS_PER_ENTITY = 3;
  private static final int KEYS = 100_000;
  private static final long SEED = 3;

  /// What the engine and the events to compare with take of the heap, about.
  private static final int BYTES_PER_ENTITY = 600;

  private static final int BYTES_PER_EVENT = 80;

  private final Plan plan;
  private final Page page =
      new Page("scale: how cost grows", "./kinglet bench scale")
          .line("One thread reads features of one entity after another, chosen evenly, from Java;")
          .line(
              "beside each row one thing grows and the rest stays. Events are applied by two shards")
          .line("while one thread makes them. Counts and sums over every window are compared with")
          .line("those of the events of 200 entities before reads are timed. Exact windows all.");

  private ScaleBenchmark(Plan plan) {
    this.plan = plan;
  }

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    ScaleBenchmark benchmark = new ScaleBenchmark(plan);
    if (!plan.quick()) {
      // The first run is the one that is compiled.
      Row unused =
          benchmark.row(EngineRun.WINDOWS, AGGREGATES, 10_000, benchmark.plan.rows(), DAY_MICROS);
    }
    benchmark.entities();
    benchmark.history();
    benchmark.windows();
    benchmark.features();
    return benchmark.page;
  }

  private record Row(double eventsPerSecond, long bytesPerEntity, Histogram reads) {}

  private void entities() throws IOException, InterruptedException {
    header("Entities", "50 features, 3 events of a day for each entity", "entities");
    for (int entities :
        plan.quick() ? List.of(100) : List.of(10_000, 100_000, 1_000_000, 4_000_000, 10_000_000)) {
      int events = entities * EVENTS_PER_ENTITY;
      if (!Heap.holds((long) entities * BYTES_PER_ENTITY)) {
        continue;
      }
      print(entities, row(EngineRun.WINDOWS, AGGREGATES, entities, events, DAY_MICROS));
    }
  }

  private void history() throws IOException, InterruptedException {
    header("History", "50 features, all events within the last 7 days", "events of each entity");
    for (int each :
        plan.quick()
            ? List.of(1_000)
            : List.of(100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)) {
      int events = Math.max(each, plan.rows());
      if (!Heap.holds((long) events * BYTES_PER_EVENT)) {
        continue;
      }
      print(each, row(EngineRun.WINDOWS, AGGREGATES, events / each, events, 7 * DAY_MICROS));
    }
  }

  private void windows() throws IOException, InterruptedException {
    header(
        "Windows", "10 features over one window, 3,000 events of 90 days for each entity", "hours");
    for (int hours : plan.quick() ? List.of(24) : List.of(1, 24, 168, 720, 2_160)) {
      List<Long> window = List.of(hours * EngineRun.HOUR_MICROS);
      int entities = Math.max(1, plan.rows() / 3_000);
      print(hours, row(window, AGGREGATES, entities, plan.rows(), 90 * DAY_MICROS));
    }
  }

  private void features() throws IOException, InterruptedException {
    header("Features", "30 events of a day for each entity", "features");
    List<Long> ten =
        List.of(1, 2, 3, 6, 9, 12, 15, 18, 21, 24).stream()
            .map(hours -> hours * EngineRun.HOUR_MICROS)
            .toList();
    int entities = Math.max(1, plan.rows() / 30);
    for (int features : plan.quick() ? List.of(250) : List.of(1, 10, 50, 250)) {
      int aggregates = Math.min(features, features == 250 ? 25 : 10);
      List<Long> windows =
          features == 50 ? EngineRun.WINDOWS : ten.subList(0, features / aggregates);
      print(features, row(windows, aggregates, entities, plan.rows(), DAY_MICROS));
    }
  }

  private void header(String title, String what, String grows) {
    page.line("").line("## " + title).line("").line(what + ".").line("");
    page.header(grows, "read p50, ns", "p99", "events/s", "bytes per entity");
  }

  private void print(int grown, Row row) {
    page.row(
        "%,d".formatted(grown),
        "%,d".formatted(row.reads().getValueAtPercentile(50)),
        "%,d".formatted(row.reads().getValueAtPercentile(99)),
        row.eventsPerSecond(),
        "%,d".formatted(row.bytesPerEntity()));
  }

  private Row row(List<Long> windows, int aggregates, int entities, int events, long spanMicros)
      throws IOException, InterruptedException {
    try (EngineRun run = new EngineRun(windows, aggregates)) {
      double perSecond = run.load(events, spanMicros, i -> i % entities);
      Random random = new Random(SEED);
      byte[][] keys = new byte[Math.min(KEYS, plan.rows())][];
      Arrays.setAll(keys, _ -> EngineRun.key(random.nextInt(entities)));
      Duration slice = plan.measure().dividedBy(6);
      Histogram unused = run.read(keys, slice);
      Histogram reads = run.read(keys, slice.multipliedBy(2));
      return new Row(perSecond, run.view().bytes() / run.view().entities(), reads);
    }
  }
}
