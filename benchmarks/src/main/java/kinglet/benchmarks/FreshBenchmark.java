// SPDX-License-Identifier: Apache-2.0
package kinglet.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// From sending an event to reading it in a feature: one event is sent, and when it is answered as
/// durable the features of its key are read, while other events come in.
final class FreshBenchmark {
  private static final int FEATURES = 10;
  private static final int PROBES_PER_SECOND = 50;
  private static final int PROBED_KEYS = 100;
  private static final int REQUESTS_PER_SECOND = 100;
  private static final int SENDERS = 4;
  private static final long HIGHEST_NANOS = 60_000_000_000L;
  private static final long SEED = 3;

  private final Plan plan;
  private final ShopView view = ShopView.of(FEATURES);
  private final Random random = new Random(SEED);
  private final int entities;

  /// Events so far of each probed key, by contender.
  private static final class Contender {
    private final String name;
    private final ShopStore.Source source;
    private final int[] counts = new int[PROBED_KEYS];

    Contender(String name, ShopStore.Source source) {
      this.name = name;
      this.source = source;
    }
  }

  private FreshBenchmark(Plan plan) {
    this.plan = plan;
    this.entities = plan.quick() ? 100 : 100_000;
  }

  static Page run(Home home, Plan plan) throws IOException, InterruptedException {
    return new FreshBenchmark(plan).start(home);
  }

  private Page start(Home home) throws IOException, InterruptedException {
    try (Directory own = Directory.create("kinglet");
        Directory engines = Directory.create("engine");
        Directory databases = Directory.create("postgres");
        KingletPeer kinglet = KingletPeer.start(own.path(), view.files());
        EnginePeer engine = EnginePeer.start(home, engines.path(), SENDERS + 1)) {
      List<Contender> contenders = new ArrayList<>();
      contenders.add(
          new Contender(
              "Kinglet",
              () -> new ShopStore.OfKinglet(kinglet, view, new Connection(kinglet.port()))));
      Optional<PostgresPeer> postgres = PostgresPeer.start(databases.path());
      if (postgres.isPresent()) {
        define(postgres.get());
        contenders.add(
            new Contender("PostgreSQL", () -> ShopStore.OfPostgres.open(postgres.get(), view)));
      }
      String unused =
          engine.admin(ShopView.table() + ", fsync_after_insert = 1, fsync_part_directory = 1");
      contenders.add(
          new Contender(
              "libchdb",
              () -> new ShopStore.OfEngine(engine, view, new Connection(engine.port()))));
      try {
        fill(contenders);
        return measure(contenders);
      } finally {
        postgres.ifPresent(PostgresPeer::close);
      }
    }
  }

  private static void define(PostgresPeer postgres) throws IOException {
    try (java.sql.Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : ShopView.postgresTable()) {
        boolean unused = statement.execute(sql);
      }
    } catch (SQLException failed) {
      throw new IOException(failed);
    }
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }

  /// The same events into all, whose answers must then be the same.
  private void fill(List<Contender> contenders) throws IOException {
    int rows = 10_000;
    long now = nowMicros();
    List<ShopStore> stores = new ArrayList<>();
    for (Contender contender : contenders) {
      stores.add(contender.source.open());
    }
    for (int from = 0; from < entities; from += rows) {
      List<ShopEvent> events = new ArrayList<>();
      for (int at = from; at < Math.min(entities, from + rows); at++) {
        events.add(ShopEvent.draw(ShopEvents.key(random.nextInt(entities)), now, random));
      }
      for (ShopStore store : stores) {
        store.insert(events);
      }
    }
    for (int checked = 0; checked < 100; checked++) {
      String key = ShopEvents.key(checked);
      List<@Nullable String> own = stores.getFirst().read(key, now);
      for (ShopStore store : stores) {
        Vectors.requireSame(own, store.read(key, now), "features of " + key);
      }
    }
    for (ShopStore store : stores) {
      store.close();
    }
  }

  private Page measure(List<Contender> contenders) throws IOException, InterruptedException {
    PrintStream progress = System.err;
    Page page = page(contenders);
    for (Contender contender : contenders) {
      Measured unused = probe(contender, 1, slice());
    }
    for (int rows : new int[] {1, 10, 100}) {
      List<Measured> sums = contenders.stream().map(_ -> new Measured()).toList();
      for (int round = 0; round < plan.rounds(); round++) {
        for (int at = 0; at < contenders.size(); at++) {
          Measured measured = probe(contenders.get(at), rows, slice());
          sums.get(at).add(measured);
          progress.printf(
              Locale.ROOT,
              "%s, %,d events/s: p50 %.2f ms, p99 %.2f ms%n",
              contenders.get(at).name,
              rows * REQUESTS_PER_SECOND,
              measured.latency.getValueAtPercentile(50) / 1e6,
              measured.latency.getValueAtPercentile(99) / 1e6);
        }
      }
      for (int at = 0; at < contenders.size(); at++) {
        Measured sum = sums.get(at);
        page.row(
            String.format(Locale.ROOT, "%,d", rows * REQUESTS_PER_SECOND),
            contenders.get(at).name,
            (double) sum.events / (sum.nanos / 1e9),
            sum.latency.getValueAtPercentile(50) / 1e6,
            sum.latency.getValueAtPercentile(99) / 1e6,
            sum.latency.getValueAtPercentile(99.9) / 1e6,
            sum.latency.getMaxValue() / 1e6,
            at == 0 ? "2, 10" : "");
      }
    }
    return page;
  }

  private Duration slice() {
    return plan.measure().multipliedBy(5).dividedBy(6);
  }

  private Page page(List<Contender> contenders) {
    Page page =
        new Page("fresh: from an event to its features", "./kinglet bench fresh")
            .line(
                "One event is sent; when it is answered, the "
                    + FEATURES
                    + " features of its key (5 aggregates over")
            .line(
                "two exact windows) are read on the same connection, and the count must hold the event. The")
            .line(
                "time of both together, from when the event was due, "
                    + PROBES_PER_SECOND
                    + " times a second, while four other")
            .line(
                "connections send "
                    + REQUESTS_PER_SECOND
                    + " requests a second of 1, 10 and 100 events. Each answer means: on disk.")
            .line(
                "Kinglet fsyncs its journal; PostgreSQL commits with `synchronous_commit = on` into a table with")
            .line("an index by key and time, prepared statements by JDBC; libchdb inserts with")
            .line(
                "`fsync_after_insert = 1` into a MergeTree sorted by key and time, through the engine process's")
            .line("HTTP. The peers compute the features by SQL over the rows of the key.")
            .line("")
            .line(
                "Each holds "
                    + String.format(Locale.ROOT, "%,d", entities)
                    + " events before, and the features of 100 keys are compared. Contenders take")
            .line(
                "turns, "
                    + plan.rounds()
                    + " rounds of "
                    + slice().toMillis() / 1e3
                    + " s for each rate after one that does not count; figures are of all rounds")
            .line("together, in milliseconds. The load comes from the process that holds Kinglet.");
    if (contenders.size() < 3) {
      page.line("").line(PostgresPeer.INSTALL + ".");
    }
    return page.line("")
        .header(
            "events/s asked for",
            "contender",
            "events/s",
            "p50",
            "p99",
            "p99.9",
            "max",
            "goal, p50, p99");
  }

  /// What one contender did.
  private static final class Measured {
    private final Histogram latency = new Histogram(HIGHEST_NANOS, 3);
    private long events;
    private long nanos;

    void add(Measured other) {
      latency.add(other.latency);
      events += other.events;
      nanos += other.nanos;
    }
  }

  private Measured probe(Contender contender, int rows, Duration duration)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    long end = start + duration.toNanos();
    Measured measured = new Measured();
    try (ExecutorService threads = Executors.newFixedThreadPool(SENDERS)) {
      List<Future<Long>> senders = new ArrayList<>();
      for (int sender = 0; sender < SENDERS; sender++) {
        Random own = new Random(random.nextLong());
        senders.add(threads.submit(() -> send(contender, rows, own, end)));
      }
      try (ShopStore store = contender.source.open()) {
        long gap = 1_000_000_000L / PROBES_PER_SECOND;
        for (long due = start; due < end; due += gap) {
          await(due);
          probe(contender, store);
          measured.latency.recordValue(Math.min(HIGHEST_NANOS, System.nanoTime() - due));
        }
      }
      for (Future<Long> sender : senders) {
        measured.events += sender.get();
      }
    } catch (ExecutionException failed) {
      throw new IOException(failed);
    }
    measured.nanos = System.nanoTime() - start;
    return measured;
  }

  private void probe(Contender contender, ShopStore store) throws IOException {
    int probed = random.nextInt(PROBED_KEYS);
    String key = "probe" + probed;
    long now = nowMicros();
    store.insert(List.of(ShopEvent.draw(key, now, random)));
    contender.counts[probed]++;
    String count = store.read(key, now).getFirst();
    Answers.require(
        String.valueOf(contender.counts[probed]).equals(count),
        contender.name + " counts " + count + " instead of " + contender.counts[probed]);
  }

  /// Sends at fixed times as long as it lasts; answers how many events were.
  private long send(Contender contender, int rows, Random own, long end) throws IOException {
    long gap = 1_000_000_000L * SENDERS / REQUESTS_PER_SECOND;
    long events = 0;
    try (ShopStore store = contender.source.open()) {
      long now = System.nanoTime();
      for (long due = now + own.nextLong(gap); now < end; due += gap, now = System.nanoTime()) {
        await(due);
        List<ShopEvent> batch = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
          batch.add(ShopEvent.draw(ShopEvents.key(own.nextInt(entities)), nowMicros(), own));
        }
        store.insert(batch);
        events += rows;
      }
    }
    return events;
  }

  private static void await(long due) {
    for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
      LockSupport.parkNanos(wait);
    }
  }
}
