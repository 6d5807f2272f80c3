// SPDX-License-Identifier: Apache-2.0
package kinglet.observe;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.Expectation;
import kinglet.catalog.ServiceDataSource;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.error.PlatformException;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.thread.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// Takes records from any thread without making it wait, and writes them down once a second.
public final class ServiceLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceLog.class);
  private static final ObjectWriter JSON = JsonMapper.builder().build().writer();

  /// Records that may wait; one more is dropped.
  static final int WAITING_MAX = 20_000;

  /// How often a batch that failed is tried again, unless the engine is away, which does not count.
  private static final int ATTEMPTS_MAX = 5;

  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration STORAGE_PERIOD = Duration.ofMinutes(10);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

  private final ClickHouse clickHouse;
  private final InstantSource clock;
  private final StorageSizes storage;
  private final Function<String, List<String>> secrets;
  private final EventCounts events = new EventCounts();
  private final ExpectationCounts expectations = new ExpectationCounts();
  private final ConcurrentLinkedQueue<ServiceRecord> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waitingCount = new AtomicInteger();
  private final Counter written;
  private final Counter dropped;
  private final CountDownLatch stopping = new CountDownLatch(1);

  /// What is being inserted; of the thread alone.
  private final Deque<Batch> batches = new ArrayDeque<>();

  private final Thread thread;
  private boolean tablesMade;
  private Instant nextStorage = Instant.MIN;

  /// @param secrets the values of a workspace's secrets, which are masked
  public ServiceLog(
      Catalog catalog,
      ClickHouse clickHouse,
      Function<String, List<String>> secrets,
      InstantSource clock,
      Metrics metrics) {
    this.secrets = secrets;
    this.clickHouse = clickHouse;
    this.clock = clock;
    this.storage = new StorageSizes(catalog, clickHouse);
    this.written = metrics.counter("service.log.rows");
    this.dropped = metrics.counter("service.log.dropped");
    metrics.gauge("service.log.waiting", waitingCount::get);
    this.thread = Threads.platform("service-log", this::run);
  }

  /// Rows of one table on their way, always under the same token.
  private static final class Batch {
    final InsertTarget target;
    final byte[] rows;
    final int count;
    int attempts;

    Batch(ServiceDataSource source, byte[] rows, int count) {
      this.target =
          InsertTarget.of(ServiceDataSource.DATABASE, source.table(), List.of(), "JSONEachRow")
              .withSettings(
                  Map.of(
                      "insert_deduplication_token", UUID.randomUUID().toString(),
                      "max_partitions_per_insert_block", "0",
                      "input_format_null_as_default", "0"));
      this.rows = rows;
      this.count = count;
    }
  }

  /// Takes a record, or drops it when too many wait.
  public void add(ServiceRecord happened) {
    if (waitingCount.incrementAndGet() > WAITING_MAX) {
      waitingCount.decrementAndGet();
      dropped.increment();
    } else {
      waiting.add(happened);
    }
  }

  /// Counts a request of the Events API.
  public void events(DataSource source, long rows, long quarantined, long bytes, long nanos) {
    events.add(source, rows, quarantined, bytes, nanos);
  }

  /// Counts the rows of a body for which an expectation was checked.
  public void expected(DataSource source, Expectation expectation, long checked, long failed) {
    expectations.add(source, expectation, checked, failed);
  }

  public Instant now() {
    return clock.instant();
  }

  /// Makes what is missing in the engine, so that queries find it. A server goes on without; only
  /// an engine that is away is worth another try at once.
  public void createTables() {
    try {
      ServiceTables.create(clickHouse);
    } catch (PlatformException e) {
      if (e.code() == ClickHouseError.ENGINE_UNAVAILABLE) {
        throw e;
      }
      LOG.atWarn().setCause(e).log("the tables of the service data sources are not there");
    }
  }

  private void run() {
    try {
      while (!stopping.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
        write();
      }
      write();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Writes what waits. Whatever fails here stays here.
  private void write() {
    try {
      if (!tablesMade) {
        ServiceTables.create(clickHouse);
        tablesMade = true;
      }
      if (batches.isEmpty()) {
        collect();
      }
      while (!batches.isEmpty()) {
        insert(batches.getFirst());
        batches.removeFirst();
      }
    } catch (PlatformException e) {
      if (e.code() != ClickHouseError.ENGINE_UNAVAILABLE) {
        failed(e);
      }
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void failed(RuntimeException failure) {
    LOG.atWarn().setCause(failure).log("the service data sources could not be written");
    Batch batch = batches.peekFirst();
    if (batch != null && ++batch.attempts >= ATTEMPTS_MAX) {
      batches.removeFirst();
      dropped.add(batch.count);
    }
  }

  private void insert(Batch batch) {
    long unused = clickHouse.insert(batch.target, InsertBody.of(batch.rows));
    written.add(batch.count);
  }

  private void collect() {
    Map<ServiceDataSource, ByteArrayOutputStream> rows = new EnumMap<>(ServiceDataSource.class);
    Map<ServiceDataSource, Integer> counts = new EnumMap<>(ServiceDataSource.class);
    Map<String, Masking> maskings = new HashMap<>();
    for (ServiceRecord happened : taken()) {
      Masking masking =
          maskings.computeIfAbsent(
              happened.workspaceId(), workspace -> new Masking(secrets.apply(workspace)));
      happened
          .rows(masking)
          .forEach((source, row) -> {
            row.put(ServiceDataSource.OWNER, happened.workspaceId());
            ByteArrayOutputStream out =
                rows.computeIfAbsent(source, _ -> new ByteArrayOutputStream());
            out.writeBytes(JSON.writeValueAsBytes(row));
            out.write('\n');
            counts.merge(source, 1, Integer::sum);
          });
    }
    rows.forEach((source, out) ->
        batches.add(new Batch(source, out.toByteArray(), counts.getOrDefault(source, 0))));
  }

  private List<ServiceRecord> taken() {
    Instant now = clock.instant();
    List<ServiceRecord> records = new ArrayList<>();
    if (!now.isBefore(nextStorage)) {
      // First, as it may fail: what is taken below is not there a second time.
      records.addAll(storage.at(now));
      nextStorage = now.plus(STORAGE_PERIOD);
    }
    records.addAll(events.take(now));
    records.addAll(expectations.take(now));
    ServiceRecord next = waiting.poll();
    while (next != null) {
      records.add(next);
      waitingCount.decrementAndGet();
      next = records.size() < WAITING_MAX ? waiting.poll() : null;
    }
    return records;
  }

  /// Writes what waits, if the engine is there.
  @Override
  public void close() {
    stopping.countDown();
    try {
      if (!thread.join(STOP_TIMEOUT)) {
        LOG.atWarn().log("the service log does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
