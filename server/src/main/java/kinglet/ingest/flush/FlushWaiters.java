// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Callers that wait for their rows' insert. Safe from any thread.
final class FlushWaiters {
  private final Object lock = new Object();

  @GuardedBy("lock")
  private final List<Waiter> waiters = new ArrayList<>();

  private static final class Waiter {
    final long dataSourceId;
    final long firstSeq;
    final long lastSeq;
    final CompletableFuture<FlushOutcome> outcome = new CompletableFuture<>();
    final Set<String> views = new LinkedHashSet<>();
    long quarantinedRows;

    Waiter(long dataSourceId, long firstSeq, long lastSeq) {
      this.dataSourceId = dataSourceId;
      this.firstSeq = firstSeq;
      this.lastSeq = lastSeq;
    }

    void complete() {
      boolean unused =
          outcome.complete(
              views.isEmpty() && quarantinedRows == 0
                  ? new FlushOutcome.Stored()
                  : new FlushOutcome.Incomplete(List.copyOf(views), quarantinedRows));
    }
  }

  CompletableFuture<FlushOutcome> add(long dataSourceId, long firstSeq, long lastSeq) {
    Waiter waiter = new Waiter(dataSourceId, firstSeq, lastSeq);
    synchronized (lock) {
      waiters.add(waiter);
    }
    return waiter.outcome;
  }

  void remove(CompletableFuture<FlushOutcome> outcome) {
    synchronized (lock) {
      waiters.removeIf(waiter -> waiter.outcome == outcome);
    }
  }

  boolean isEmpty() {
    synchronized (lock) {
      return waiters.isEmpty();
    }
  }

  /// A block of the data source reached its table but not all of its views.
  void viewFailed(long dataSourceId, String failure) {
    synchronized (lock) {
      for (Waiter waiter : waiters) {
        if (waiter.dataSourceId == dataSourceId) {
          waiter.views.add(failure);
        }
      }
    }
  }

  /// Rows from this number on went to quarantine.
  void quarantined(long seq, long rows) {
    synchronized (lock) {
      for (Waiter waiter : waiters) {
        if (waiter.firstSeq <= seq && seq <= waiter.lastSeq) {
          waiter.quarantinedRows += rows;
        }
      }
    }
  }

  /// Releases those whose rows are all inserted.
  void flushed(long throughSeq) {
    synchronized (lock) {
      for (Iterator<Waiter> rest = waiters.iterator(); rest.hasNext(); ) {
        Waiter waiter = rest.next();
        if (waiter.lastSeq <= throughSeq) {
          rest.remove();
          waiter.complete();
        }
      }
    }
  }
}
