// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import kinglet.error.PlatformException;
import kinglet.feature.row.EventRows;
import kinglet.feature.row.RowShape;
import kinglet.journal.CommittedGroup;
import kinglet.journal.StoredEntry;
import kinglet.state.Feed;
import kinglet.thread.Threads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Feeds every view that is complete with what the journal commits, in its order.
///
/// The thread `feature-router` owns the feed and the views it feeds.
final class Router implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);

  /// Groups taken at once, so that what waits becomes visible together.
  private static final int GROUPS_MAX = 256;

  private static final Duration APPLY_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STOP_WAIT = Duration.ofSeconds(5);

  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();
  private final Feed feed;
  private final EntryRows entryRows;
  private final Map<Long, List<ViewFeed>> feeds = new ConcurrentHashMap<>();
  private final Thread thread;
  private long routedSeq;

  /// Whether a lookup view was fed with what may not be applied yet.
  private boolean lookupsMoved;

  private volatile boolean stopping;

  /// What the thread does next.
  private sealed interface Work {
    record Group(CommittedGroup group) implements Work {}

    record Task(Runnable task) implements Work {}
  }

  /// @param routedSeq the last sequence number that no group will bring
  Router(Feed feed, long routedSeq, EntryRows entryRows) {
    this.feed = feed;
    this.entryRows = entryRows;
    this.routedSeq = routedSeq;
    this.thread = Threads.platform("feature-router", this::run);
  }

  /// Takes a group of the journal, without waiting.
  void committed(CommittedGroup group) {
    queue.add(new Work.Group(group));
  }

  /// Runs something between two groups.
  void between(Runnable task) {
    queue.add(new Work.Task(task));
  }

  /// Waits until everything up to a sequence number is visible to reads.
  boolean await(long seq, Duration timeout) throws InterruptedException {
    return feeds.isEmpty() || feed.await(seq, timeout);
  }

  /// Waits until what was routed is visible; for tasks of the thread.
  boolean awaitRouted(Duration timeout) throws InterruptedException {
    return feed.await(routedSeq, timeout);
  }

  long appliedSeq() {
    return feed.appliedSeq();
  }

  /// The last sequence number that was routed; for tasks of the thread.
  long routedSeq() {
    return routedSeq;
  }

  /// Feeds a view with what comes after a sequence number; for tasks of the thread.
  void add(ViewFeed view, long dataSourceId, long afterSeq) {
    view.skipUntil(afterSeq);
    feed.attach(view.state());
    List<ViewFeed> more = new ArrayList<>(feeds.getOrDefault(dataSourceId, List.of()));
    more.add(view);
    feeds.put(dataSourceId, more);
  }

  /// Feeds a view no more; for tasks of the thread.
  void remove(LiveView view) {
    feeds.computeIfPresent(
        view.dataSourceId(),
        (_, before) -> {
          List<ViewFeed> rest =
              before.stream().filter(one -> one.program() != view.program()).toList();
          return rest.isEmpty() ? null : rest;
        });
  }

  private void run() {
    List<Work> taken = new ArrayList<>();
    while (!stopping) {
      try {
        taken.add(queue.take());
      } catch (InterruptedException _) {
        return;
      }
      int unused = queue.drainTo(taken, GROUPS_MAX);
      for (Work work : taken) {
        switch (work) {
          case Work.Group(CommittedGroup group) -> route(group);
          case Work.Task(Runnable task) -> {
            feed.publish(routedSeq);
            task.run();
          }
        }
      }
      feed.publish(routedSeq);
      taken.clear();
    }
  }

  private void route(CommittedGroup group) {
    for (StoredEntry entry : group.entries()) {
      List<ViewFeed> views = feeds.getOrDefault(entry.dataSourceId(), List.of());
      for (ViewFeed view : views) {
        try {
          settleLookups(view, entry.firstSeq() - 1);
          EventRows rows = entryRows.of(entry, view.program().rows());
          view.add(rows, feed);
          lookupsMoved |= view.program().isLookup();
        } catch (PlatformException e) {
          LOG.atError()
              .setCause(e)
              .addKeyValue("view", view.program().name())
              .addKeyValue("seq", entry.firstSeq())
              .log("rows are missing in a feature view");
        }
      }
    }
    routedSeq = group.lastSeq();
  }

  /// What a row looks up is applied before the row is read.
  private void settleLookups(ViewFeed view, long seq) {
    if (!lookupsMoved || view.program().enrichments().isEmpty()) {
      return;
    }
    feed.publish(Math.max(routedSeq, seq));
    try {
      if (!feed.await(Math.max(routedSeq, seq), APPLY_TIMEOUT)) {
        throw new PlatformException(
            FeatureError.FEATURES_BEHIND, "a lookup view does not take in its rows");
      }
      lookupsMoved = false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopping = true;
    between(() -> {});
    try {
      if (!thread.join(STOP_WAIT)) {
        LOG.atWarn().log("feature router does not end");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The rows of an entry of the journal.
  @FunctionalInterface
  interface EntryRows {
    EventRows of(StoredEntry entry, RowShape shape);
  }
}
