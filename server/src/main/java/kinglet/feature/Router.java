// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import kinglet.feature.row.EventRows;
import kinglet.feature.row.RowShape;
import kinglet.journal.CommittedGroup;
import kinglet.journal.EntryKind;
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

  /// Bounded by those who bring rows: they wait for room first.
  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();

  private final QueuedBytes queued;
  private final Feed feed;
  private final EntryRows entryRows;
  private final Consumer<Suspension> suspended;

  /// By data source.
  private final Map<Long, List<Fed>> feeds = new ConcurrentHashMap<>();

  /// By data source, the views that are fed side by side.
  private final Map<Long, List<List<Fed>>> groups = new HashMap<>();

  private final RowFeeder feeder;

  private final Thread thread;
  private long routedSeq;

  private volatile boolean stopping;

  /// What the thread does next.
  private sealed interface Work {
    record Group(CommittedGroup group) implements Work {
      long bytes() {
        return group.entries().stream().mapToLong(entry -> entry.payload().length).sum();
      }
    }

    record Task(Runnable task) implements Work {}
  }

  /// A view with what feeds it.
  record Fed(LiveView view, ViewFeed feed) {}

  /// Views that the router feeds no more, lookup views first.
  ///
  /// @param afterSeq until where they have everything
  record Suspension(List<Fed> views, long afterSeq) {}

  /// @param routedSeq the last sequence number that no group will bring
  /// @param queuedBytesMax so many bytes of rows wait before others have to wait to be accepted
  /// @param suspended takes views, on the router's thread, whose next rows have to be read from
  ///   ClickHouse
  Router(
      Feed feed,
      long routedSeq,
      long queuedBytesMax,
      EntryRows entryRows,
      Consumer<Suspension> suspended) {
    this.queued = new QueuedBytes(queuedBytesMax);
    this.suspended = suspended;
    this.feed = feed;
    this.feeder = new RowFeeder(feed, APPLY_TIMEOUT);
    this.entryRows = entryRows;
    this.routedSeq = routedSeq;
    this.thread = Threads.platform("feature-router", this::run);
  }

  /// Takes a group of the journal, without waiting.
  void committed(CommittedGroup group) {
    Work.Group work = new Work.Group(group);
    queued.add(work.bytes());
    queue.add(work);
  }

  /// Waits until so little is in the queue that more rows may be accepted; `false` if they may not
  /// in time.
  boolean awaitRoom(Duration timeout) throws InterruptedException {
    return queued.awaitRoom(timeout);
  }

  long queuedBytes() {
    return queued.bytes();
  }

  /// Runs something between two groups.
  void between(Runnable task) {
    queue.add(new Work.Task(task));
  }

  /// Waits until everything up to a sequence number is visible to reads of the views it feeds.
  boolean await(long seq, Duration timeout) throws InterruptedException {
    return feed.await(seq, timeout);
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

  /// Whether a view is fed with rows of a data source.
  boolean reads(long dataSourceId) {
    return feeds.containsKey(dataSourceId);
  }

  /// Whether a view is fed; for tasks of the thread.
  boolean feeds(LiveView view) {
    return feeds.getOrDefault(view.dataSourceId(), List.of()).stream()
        .anyMatch(fed -> fed.view() == view);
  }

  /// Feeds a view with what comes after a sequence number; for tasks of the thread.
  void add(LiveView view, ViewFeed with, long afterSeq) {
    with.skipUntil(afterSeq);
    feed.attach(with.state());
    List<Fed> more = new ArrayList<>(feeds.getOrDefault(view.dataSourceId(), List.of()));
    more.add(new Fed(view, with));
    feeds.put(view.dataSourceId(), more);
    group(view.dataSourceId());
  }

  private void group(long dataSourceId) {
    List<Fed> all = feeds.getOrDefault(dataSourceId, List.of());
    groups.put(
        dataSourceId,
        RowFeeder.groups(all.stream().map(Fed::feed).toList()).stream()
            .map(group ->
                group.stream()
                    .flatMap(one -> all.stream().filter(fed -> fed.feed() == one))
                    .toList())
            .toList());
  }

  /// Feeds a view no more; for tasks of the thread.
  void remove(LiveView view) {
    feeds.computeIfPresent(
        view.dataSourceId(),
        (_, before) -> {
          List<Fed> rest = before.stream().filter(one -> one.view() != view).toList();
          return rest.isEmpty() ? null : rest;
        });
    group(view.dataSourceId());
  }

  /// Leaves a view, and what is joined with it, to whoever can read its next rows.
  private void suspend(LiveView view, long afterSeq) {
    routedSeq = Math.max(routedSeq, afterSeq);
    feed.publish(routedSeq);
    List<Fed> together = joined(view);
    together.forEach(fed -> fed.feed().state().detach());
    suspended.accept(new Suspension(together, afterSeq));
    together.forEach(fed -> remove(fed.view()));
  }

  /// The views that look up one another, so that they stay at one place of the journal.
  private List<Fed> joined(LiveView view) {
    Set<LiveView> found = new LinkedHashSet<>(List.of(view));
    int before;
    do {
      before = found.size();
      feeds.values().stream()
          .flatMap(List::stream)
          .map(Fed::view)
          .filter(one -> found.contains(one) || one.lookups().stream().anyMatch(found::contains))
          .forEach(one -> {
            found.add(one);
            found.addAll(one.lookups());
          });
    } while (found.size() > before);
    return feeds.values().stream()
        .flatMap(List::stream)
        .filter(fed -> found.contains(fed.view()))
        .sorted(Comparator.comparing(fed -> !fed.view().lookups().isEmpty()))
        .toList();
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
          case Work.Group group -> {
            route(group.group());
            queued.remove(group.bytes());
          }
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
      for (List<Fed> together : groups.getOrDefault(entry.dataSourceId(), List.of())) {
        LiveView view = together.getLast().view();
        if (feeds(view) && !add(together, entry)) {
          suspend(view, entry.firstSeq() - 1);
        }
      }
    }
    routedSeq = group.lastSeq();
  }

  /// `false` if the rows have to be read from ClickHouse.
  private boolean add(List<Fed> together, StoredEntry entry) {
    if (entry.kind() == EntryKind.FILE) {
      return false;
    }
    try {
      feeder.add(together.stream().map(Fed::feed).toList(), shape -> entryRows.of(entry, shape));
      together.forEach(fed -> fed.view().activity().fed(fed.feed().newestMicros()));
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the router", e);
    } catch (RuntimeException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("view", together.getLast().view().name())
          .addKeyValue("seq", entry.firstSeq())
          .log("a feature view is fed by ClickHouse for a while");
      return false;
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
