// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
import kinglet.ingest.file.FileDirectory;
import kinglet.journal.CommittedGroup;
import kinglet.journal.CrashPoints;
import kinglet.journal.Journal;
import kinglet.journal.JournalCursor;
import kinglet.journal.StoredEntry;
import kinglet.metrics.Metrics;
import kinglet.thread.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves the journal into ClickHouse, exactly once.
///
/// The thread `flusher` owns the position, the plan and the cursors on the journal. What other
/// threads tell it (rows arrived, somebody waits, hold still, stop) is guarded by one lock.
public final class Flusher implements AutoCloseable {
  /// Where the position stands in the journal's metadata: the last inserted sequence number.
  static final String POSITION_KEY = "flush.position";

  private static final Logger LOG = LoggerFactory.getLogger(Flusher.class);

  /// What an entry takes in memory beside its payload, about.
  private static final int ENTRY_BYTES = 128;

  private final Journal journal;
  private final FlushSettings settings;
  private final LongSupplier firstSeqNeeded;
  private final FlushWaiters waiters = new FlushWaiters();
  private final FlushMeters meters;
  private final PlanRunner runner;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  @GuardedBy("lock")
  private long waitingBytes;

  @GuardedBy("lock")
  private long waitingRows;

  @GuardedBy("lock")
  private long oldestNanos;

  @GuardedBy("lock")
  private boolean hastened;

  @GuardedBy("lock")
  private int holds;

  @GuardedBy("lock")
  private boolean still;

  @GuardedBy("lock")
  private boolean stopping;

  private volatile long flushedSeq;
  private volatile String failure = "";

  // Owned by the flusher's thread.
  private @Nullable FlushPlan plan;
  private @Nullable Thread thread;

  /// @param firstSeqNeeded the lowest sequence number somebody else still has to read
  public Flusher(
      Journal journal,
      ClickHouse clickHouse,
      FlushTargets targets,
      FileDirectory files,
      FlushSettings settings,
      LongSupplier firstSeqNeeded,
      Metrics metrics) {
    this.journal = journal;
    this.settings = settings;
    this.firstSeqNeeded = firstSeqNeeded;
    this.meters = new FlushMeters(metrics);
    this.runner = new PlanRunner(journal, clickHouse, targets, files, waiters, meters, settings);
    this.flushedSeq =
        journal
            .metadata(POSITION_KEY)
            .map(bytes -> ByteBuffer.wrap(bytes).getLong())
            .orElse(journal.firstSeq() - 1);
    this.plan = journal.metadata(FlushPlan.KEY).map(FlushPlan::decode).orElse(null);
    this.still = plan == null;
    meters.watch(this::flushedSeq, () -> journal.committedSeq() - flushedSeq);
  }

  /// Begins to flush: first what an earlier process left undone.
  public void start() {
    startHeld().close();
  }

  /// Begins to finish the plan an earlier process left undone; anything else waits until the hold
  /// is closed.
  public Hold startHeld() {
    long unused = journal.addListener(this::committed);
    lock.lock();
    try {
      holds++;
      hastened = journal.committedSeq() > flushedSeq;
    } finally {
      lock.unlock();
    }
    thread = Threads.platform("flusher", this::run);
    return new Hold();
  }

  /// Waits until the rows of one append to a data source are inserted.
  public FlushOutcome awaitFlushed(
      long dataSourceId, long firstSeq, long lastSeq, Duration timeout) {
    try (Expectation expected = expect(dataSourceId, firstSeq, lastSeq)) {
      return expected.await(timeout);
    }
  }

  /// Hears from now on what becomes of the rows of one append to a data source.
  public Expectation expect(long dataSourceId, long firstSeq, long lastSeq) {
    CompletableFuture<FlushOutcome> outcome = waiters.add(dataSourceId, firstSeq, lastSeq);
    if (lastSeq <= flushedSeq) {
      waiters.flushed(flushedSeq);
    }
    hasten();
    return new Expectation(outcome);
  }

  /// Rows that somebody waits for, until this is closed.
  public final class Expectation implements AutoCloseable {
    private final CompletableFuture<FlushOutcome> outcome;

    private Expectation(CompletableFuture<FlushOutcome> outcome) {
      this.outcome = outcome;
    }

    /// What became of them within the timeout.
    public FlushOutcome await(Duration timeout) {
      try {
        return outcome.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException _) {
        return new FlushOutcome.Waiting();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new FlushOutcome.Waiting();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a flush outcome cannot fail", e);
      }
    }

    @Override
    public void close() {
      waiters.remove(outcome);
    }
  }

  /// Waits until everything appended before the call is inserted; false when it takes longer.
  public boolean flushAll(Duration timeout) {
    long lastSeq = journal.committedSeq();
    return !(awaitFlushed(Long.MIN_VALUE, lastSeq, lastSeq, timeout)
        instanceof FlushOutcome.Waiting);
  }

  /// Keeps the flusher from inserting until the hold is closed. Returns when no insert is running
  /// and no plan is half done; fails when that takes longer than the timeout.
  public Hold hold(Duration timeout) {
    lock.lock();
    try {
      holds++;
      changed.signalAll();
      long leftNanos = timeout.toNanos();
      while (!still) {
        if (leftNanos <= 0) {
          holds--;
          changed.signalAll();
          throw new PlatformException(
              FlushError.FLUSH_IN_DOUBT,
              "rows are half inserted and ClickHouse does not answer; try again later");
        }
        leftNanos = changed.awaitNanos(leftNanos);
      }
      return new Hold();
    } catch (InterruptedException e) {
      holds--;
      changed.signalAll();
      Thread.currentThread().interrupt();
      throw new PlatformException(
          FlushError.FLUSH_IN_DOUBT, "interrupted while waiting for the flusher", e);
    } finally {
      lock.unlock();
    }
  }

  /// The flusher stands still until this is closed.
  public final class Hold implements AutoCloseable {
    private boolean open = true;

    private Hold() {}

    @Override
    public void close() {
      lock.lock();
      try {
        if (open) {
          open = false;
          holds--;
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  public long flushedSeq() {
    return flushedSeq;
  }

  public FlushHealth health() {
    return new FlushHealth(flushedSeq, journal.committedSeq() - flushedSeq, failure);
  }

  /// Ends after the insert that is running; what is not inserted stays in the journal.
  @Override
  public void close() {
    lock.lock();
    try {
      stopping = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Thread running = thread;
    if (running != null) {
      try {
        if (!running.join(settings.insertTimeout())) {
          LOG.atWarn().log("flusher does not end; its insert is repeated at the next start");
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void hasten() {
    lock.lock();
    try {
      hastened = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// On the journal's thread: only counts.
  private void committed(CommittedGroup group) {
    long bytes = 0;
    for (StoredEntry entry : group.entries()) {
      bytes += bytes(entry);
    }
    lock.lock();
    try {
      if (waitingRows == 0) {
        oldestNanos = System.nanoTime();
      }
      boolean wasBelow = isBelowThresholds();
      boolean wasEmpty = waitingRows == 0;
      waitingBytes += bytes;
      waitingRows += group.lastSeq() - group.firstSeq() + 1;
      if (wasEmpty || (wasBelow && !isBelowThresholds())) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private static long bytes(StoredEntry entry) {
    return ENTRY_BYTES + entry.payload().length;
  }

  @GuardedBy("lock")
  private boolean isBelowThresholds() {
    return waitingBytes < settings.bytesMax() && waitingRows < settings.rowsMax();
  }

  private void run() {
    long pauseNanos = 0;
    while (awaitWork(pauseNanos)) {
      try {
        flush();
        pauseNanos = 0;
        failure = "";
      } catch (RuntimeException e) {
        pauseNanos = nextPause(pauseNanos);
        meters.retries.increment();
        failed(e);
        hasten();
      }
    }
    setStill(true);
  }

  private long nextPause(long pauseNanos) {
    return pauseNanos == 0
        ? settings.backoffMin().toNanos()
        : Math.min(settings.backoffMax().toNanos(), pauseNanos * 2);
  }

  private void failed(RuntimeException cause) {
    String text = String.valueOf(cause.getMessage());
    if (!text.equals(failure)) {
      if (cause instanceof PlatformException known) {
        LOG.atWarn()
            .addKeyValue("code", known.code().code())
            .addKeyValue("clickhouse_code", known.details().getOrDefault("clickhouse_code", ""))
            .addKeyValue("flushed_seq", flushedSeq)
            .log("flush failed; it is repeated");
      } else {
        LOG.atError().setCause(cause).addKeyValue("flushed_seq", flushedSeq).log("flush failed");
      }
    }
    failure = text;
  }

  /// Waits until there is something to do; false when the flusher is to stop.
  private boolean awaitWork(long pauseNanos) {
    lock.lock();
    try {
      long pauseEndNanos = System.nanoTime() + pauseNanos;
      while (!stopping) {
        long nowNanos = System.nanoTime();
        long leftNanos = pauseNanos == 0 ? 0 : pauseEndNanos - nowNanos;
        if (leftNanos <= 0) {
          leftNanos = untilDueNanos(nowNanos);
          if (leftNanos <= 0) {
            hastened = false;
            waitingBytes = 0;
            waitingRows = 0;
            still = false;
            return true;
          }
        }
        if (plan == null && !still) {
          still = true;
          changed.signalAll();
        }
        long unused = changed.awaitNanos(leftNanos);
      }
      return false;
    } catch (InterruptedException _) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  @GuardedBy("lock")
  private long untilDueNanos(long nowNanos) {
    if (plan != null) {
      return 0;
    }
    if (holds > 0) {
      return Long.MAX_VALUE;
    }
    if (hastened || !isBelowThresholds()) {
      return 0;
    }
    return waitingRows == 0
        ? Long.MAX_VALUE
        : oldestNanos + settings.interval().toNanos() - nowNanos;
  }

  private void setStill(boolean now) {
    lock.lock();
    try {
      still = now && plan == null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean mayBegin() {
    lock.lock();
    try {
      return holds == 0 && !stopping;
    } finally {
      lock.unlock();
    }
  }

  /// Everything that was committed when it began, plan by plan.
  private void flush() {
    long throughSeq = journal.committedSeq();
    FlushPlan interrupted = plan;
    if (interrupted != null) {
      carryOut(interrupted, read(interrupted.fromSeq(), interrupted.toSeq()));
    }
    while (flushedSeq < throughSeq) {
      if (!mayBegin()) {
        hasten();
        return;
      }
      List<StoredEntry> entries = read(flushedSeq + 1, throughSeq);
      FlushPlan next = FlushPlan.of(entries.getFirst().firstSeq(), entries.getLast().lastSeq());
      runner.persist(next);
      plan = next;
      carryOut(next, entries);
    }
    waiters.flushed(flushedSeq);
  }

  /// The entries from `fromSeq` to `toSeq`, or as many of the first as make one plan.
  private List<StoredEntry> read(long fromSeq, long toSeq) {
    boolean fixed = plan != null;
    List<StoredEntry> entries = new ArrayList<>();
    long bytes = 0;
    long rows = 0;
    try (JournalCursor cursor = journal.read(fromSeq)) {
      Optional<StoredEntry> next = cursor.next();
      while (next.isPresent() && next.get().lastSeq() <= toSeq) {
        bytes += bytes(next.get());
        rows += next.get().rows();
        if (!fixed
            && !entries.isEmpty()
            && (bytes > settings.bytesMax() || rows > settings.rowsMax())) {
          break;
        }
        entries.add(next.get());
        next = cursor.next();
      }
    }
    checkRange(entries, fromSeq, fixed ? toSeq : fromSeq);
    return entries;
  }

  private static void checkRange(List<StoredEntry> entries, long fromSeq, long throughSeq) {
    if (entries.isEmpty()
        || entries.getFirst().firstSeq() != fromSeq
        || entries.getLast().lastSeq() < throughSeq) {
      throw new IllegalStateException(
          "the journal does not hold the rows from " + fromSeq + " to " + throughSeq);
    }
  }

  private void carryOut(FlushPlan current, List<StoredEntry> entries) {
    long startNanos = System.nanoTime();
    runner.run(current, entries);
    CrashPoints.reach("flush.before-position");
    journal.putMetadata(
        Map.of(
            POSITION_KEY,
            ByteBuffer.allocate(Long.BYTES).putLong(current.toSeq()).array(),
            FlushPlan.KEY,
            new byte[0]));
    CrashPoints.reach("flush.after-position");
    plan = null;
    flushedSeq = current.toSeq();
    failure = "";
    meters.plan.recordNanos(System.nanoTime() - startNanos);
    waiters.flushed(flushedSeq);
    journal.trim(Math.min(flushedSeq + 1, firstSeqNeeded.getAsLong()));
    CrashPoints.reach("flush.after-trim");
  }
}
