// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;
import kinglet.metrics.Timer;

/// The journal's meters.
final class JournalMeters {
  private final Metrics metrics;
  private final Timer fsync;
  private final Counter groups;
  private final Counter entries;
  private final Counter rows;
  private final Counter bytes;

  JournalMeters(Metrics metrics) {
    this.metrics = metrics;
    fsync = metrics.timer("journal.fsync");
    groups = metrics.counter("journal.groups");
    entries = metrics.counter("journal.entries");
    rows = metrics.counter("journal.rows");
    bytes = metrics.counter("journal.payload.bytes");
  }

  void watch(Supplier<JournalHealth> health, IntSupplier queueSize) {
    metrics.gauge("journal.queue.requests", queueSize::getAsInt);
    metrics.gauge("journal.stored.bytes", () -> health.get().bytes());
    metrics.gauge("journal.committed.seq", () -> health.get().committedSeq());
    metrics.gauge("journal.first.seq", () -> health.get().firstSeq());
    metrics.gauge(
        "journal.accepting", () -> health.get().state() == JournalState.ACCEPTING ? 1 : 0);
  }

  void synced(long nanos, List<StoredEntry> stored) {
    fsync.recordNanos(nanos);
    groups.increment();
    entries.add(stored.size());
    long storedRows = 0;
    long storedBytes = 0;
    for (StoredEntry entry : stored) {
      storedRows += entry.rows();
      storedBytes += entry.payload().length;
    }
    rows.add(storedRows);
    bytes.add(storedBytes);
  }
}
