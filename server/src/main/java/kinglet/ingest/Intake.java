// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;

/// Where rows come in; closed for a moment for a data source whose table is about to change. Safe
/// from any thread.
///
/// Each data source has its permits: a body takes one of them while it is decoded and appended,
/// whoever closes it takes all.
public final class Intake {
  private static final int ALL = Integer.MAX_VALUE;

  private final Catalog catalog;
  private final Map<Long, Semaphore> permits = new ConcurrentHashMap<>();

  public Intake(Catalog catalog) {
    this.catalog = catalog;
  }

  /// Does something with the data source as it is now; waits while it is closed.
  <T> T enter(DataSource source, Function<DataSource, T> work) {
    Semaphore entry = entry(source.id());
    entry.acquireUninterruptibly();
    try {
      return work.apply(
          catalog
              .current(source.workspaceId())
              .flatMap(resources -> resources.dataSource(source.id()))
              .orElse(source));
    } finally {
      entry.release();
    }
  }

  /// Lets nothing in until the answer is run; returns when nothing is on its way in any more.
  /// Empty, and open, when that takes longer than the timeout.
  public Optional<Runnable> close(Set<Long> dataSourceIds, Duration timeout)
      throws InterruptedException {
    List<Semaphore> closed = new ArrayList<>();
    long endNanos = System.nanoTime() + timeout.toNanos();
    // In one order always, so that two of them cannot wait for each other.
    for (long id : new TreeSet<>(dataSourceIds)) {
      Semaphore entry = entry(id);
      if (!entry.tryAcquire(ALL, endNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        open(closed);
        return Optional.empty();
      }
      closed.add(entry);
    }
    return Optional.of(() -> open(closed));
  }

  private static void open(List<Semaphore> closed) {
    closed.forEach(entry -> entry.release(ALL));
  }

  private Semaphore entry(long id) {
    return permits.computeIfAbsent(id, _ -> new Semaphore(ALL, true));
  }
}
