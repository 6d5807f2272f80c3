// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import kinglet.clickhouse.ClickHouseError;
import kinglet.error.PlatformException;
import kinglet.feature.row.EventRows;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.JournalCursor;
import kinglet.journal.JournalError;
import kinglet.journal.StoredEntry;
import kinglet.state.Feed;
import kinglet.state.ViewState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Feeds views what they have not, until they meet the router, and hands them over without a gap or
/// an overlap. Runs on one thread of an executor at a time, and at its end on the router's.
/* Where one source of rows ends and the next begins.
 *
 * Rows below the journal's first sequence number were trimmed, so they are in ClickHouse; they are
 * read from there in the order of their numbers. So are all that a view without any has missed, but
 * for what comes in meanwhile: what was removed since it came in is no part of it. The others are
 * read from the journal, which keeps them until they are read. An entry that names rows of a file, or that cannot be decoded, is
 * waited for until its rows are in ClickHouse, and read from there. What is committed meanwhile is
 * read from the journal again, and the last of it on the router's thread, between two groups.
 *
 * Whatever fails is tried again after a pause, from the row at which it failed.
 */
final class CatchUp {
  private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);

  private static final Duration APPLY_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration FLUSH_WAIT = Duration.ofSeconds(1);
  private static final Duration PAUSE_MIN = Duration.ofMillis(500);
  private static final Duration PAUSE_MAX = Duration.ofMinutes(1);

  /// Between two looks at whether others are there.
  private static final Duration TURN = Duration.ofMillis(100);

  private static final int PUBLISH_ROWS = 100_000;

  /// Below so many rows the router catches up by itself.
  private static final int CLOSE_ROWS = 10_000;

  private final List<Part> parts;
  private final Sources sources;
  private final Router router;
  private final Feed feed;
  private final RowFeeder feeder;
  private final ScheduledExecutorService executor;
  private final End end;

  private long rows;
  private long publishedRows;
  private long publishedSeq;
  private boolean begun;
  private Duration pause = PAUSE_MIN;
  private volatile long neededSeq = Long.MAX_VALUE;
  private long doneSeq;

  /// A view, or a lookup view of a build's own, with its state. Lookup views come first.
  record Part(LiveView view, ViewState state, ViewFeed feed) {}

  /// Where rows come from.
  record Sources(
      Journal journal, HistoryReader history, Router.EntryRows entries, Features.Flushed flushed) {}

  /// What becomes of the views.
  interface End {
    /// Whether anybody wants them still.
    boolean isWanted();

    /// Once, before the first row.
    void begin(Feed feed) throws InterruptedException;

    /// Whether the router may take them now; on its thread.
    boolean mayAttach();

    /// The views have everything until a sequence number; on the router's thread.
    void attach(long seq);

    /// Nobody wants them any more.
    void abandoned();

    /// Something failed, and is tried again.
    ///
    /// @param code of the failure
    void failed(String code);

    /// Rows that were read so far.
    void count(long rows);
  }

  /// @param afterSeq until where every part has everything
  CatchUp(
      List<Part> parts,
      long afterSeq,
      Sources sources,
      Router router,
      Feed feed,
      ScheduledExecutorService executor,
      End end) {
    this.parts = List.copyOf(parts);
    this.doneSeq = afterSeq;
    this.publishedSeq = afterSeq;
    this.sources = sources;
    this.router = router;
    this.feed = feed;
    this.feeder = new RowFeeder(feed, APPLY_TIMEOUT);
    this.executor = executor;
    this.end = end;
    this.neededSeq = Math.max(sources.journal().firstSeq(), afterSeq + 1);
  }

  /// The first sequence number that the journal has to keep.
  long neededSeq() {
    return neededSeq;
  }

  Feed feed() {
    return feed;
  }

  List<Part> parts() {
    return parts;
  }

  /// Whether one of the views is made of a data source.
  boolean reads(long dataSourceId) {
    return parts.stream().anyMatch(part -> part.view().dataSourceId() == dataSourceId);
  }

  void start() {
    executor.execute(this::attempt);
  }

  private void attempt() {
    try {
      if (!end.isWanted()) {
        end.abandoned();
      } else if (readsHistory() && !sources.history().engineRuns().isDone()) {
        var _ = sources.history().engineRuns().thenRun(this::start);
      } else {
        if (!begun) {
          end.begin(feed);
          begun = true;
        }
        run();
        pause = PAUSE_MIN;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private void failed(RuntimeException cause) {
    if (cause instanceof PlatformException known
        && known.code() == ClickHouseError.ENGINE_UNAVAILABLE) {
      // It comes back, and whoever reads meanwhile is told that history is being read.
      again(PAUSE_MIN);
      return;
    }
    end.failed(cause instanceof PlatformException known ? known.code().code() : "internal-error");
    LOG.atError()
        .setCause(cause)
        .addKeyValue("view", parts.getLast().view().name())
        .addKeyValue("seq", doneSeq)
        .addKeyValue("pause", pause)
        .log("a feature view can't be fed; it is tried again");
    again(pause);
    pause = pause.compareTo(PAUSE_MAX.dividedBy(2)) > 0 ? PAUSE_MAX : pause.multipliedBy(2);
  }

  private void again(Duration delay) {
    try {
      var _ = executor.schedule(this::attempt, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException _) {
      LOG.debug("the server is stopping");
    }
  }

  /// Whether the journal alone does not have all that is needed.
  private boolean readsHistory() {
    boolean missesAll = doneSeq == 0 && sources.journal().committedSeq() > 0;
    return missesAll || doneSeq + 1 < sources.journal().firstSeq();
  }

  /// Until where rows are taken from ClickHouse, though the journal may have them still.
  private long storedSeq() throws InterruptedException {
    long seq = doneSeq == 0 ? sources.journal().committedSeq() : 0;
    while (!sources.flushed().await(seq, FLUSH_WAIT)) {
      if (!end.isWanted()) {
        return 0;
      }
    }
    return seq;
  }

  private void run() throws InterruptedException {
    do {
      try (JournalCursor cursor = kept()) {
        if (neededSeq - 1 > doneSeq) {
          sources.history().read(parts, neededSeq - 1, this::add);
          doneSeq = neededSeq - 1;
          settle(doneSeq);
        }
        replay(cursor);
      }
      if (!end.isWanted()) {
        end.abandoned();
        return;
      }
    } while (sources.journal().committedSeq() - doneSeq > CLOSE_ROWS);
    router.between(this::close);
  }

  /// What the journal has, which it keeps from here on.
  private JournalCursor kept() throws InterruptedException {
    long storedSeq = storedSeq();
    while (true) {
      neededSeq = Math.max(sources.journal().firstSeq(), Math.max(storedSeq, doneSeq) + 1);
      try {
        return sources.journal().read(neededSeq);
      } catch (PlatformException e) {
        if (e.code() != JournalError.JOURNAL_TRIMMED) {
          throw e;
        }
      }
    }
  }

  private void replay(JournalCursor cursor) throws InterruptedException {
    Optional<StoredEntry> entry = cursor.next();
    while (entry.isPresent() && end.isWanted()) {
      add(entry.get());
      publish(doneSeq);
      entry = cursor.next();
    }
    settle(doneSeq);
    neededSeq = doneSeq + 1;
  }

  private void add(StoredEntry entry) throws InterruptedException {
    List<Part> fed = fed(entry);
    if (!decoded(fed, entry)) {
      while (!sources.flushed().await(entry.lastSeq(), FLUSH_WAIT)) {
        if (!end.isWanted()) {
          return;
        }
      }
      sources.history().read(fed, entry.lastSeq(), this::add);
    }
    doneSeq = entry.lastSeq();
  }

  private List<Part> fed(StoredEntry entry) {
    return parts.stream()
        .filter(part -> part.view().dataSourceId() == entry.dataSourceId())
        .toList();
  }

  /// `false` if the entry's rows have to be read from ClickHouse.
  private boolean decoded(List<Part> fed, StoredEntry entry) throws InterruptedException {
    if (entry.kind() == EntryKind.FILE && !fed.isEmpty()) {
      return false;
    }
    for (List<ViewFeed> together : RowFeeder.groups(fed.stream().map(Part::feed).toList())) {
      try {
        feeder.add(together, shape -> sources.entries().of(entry, shape));
      } catch (RuntimeException e) {
        LOG.atWarn()
            .setCause(e)
            .addKeyValue("view", together.getLast().program().name())
            .addKeyValue("seq", entry.firstSeq())
            .log("rows are read from ClickHouse, as the journal's can't be");
        return false;
      }
    }
    fed.forEach(CatchUp::moved);
    if (!fed.isEmpty()) {
      rows += entry.rows();
      end.count(rows);
    }
    return true;
  }

  private void add(Part part, EventRows row) throws InterruptedException {
    feeder.addRow(part.feed(), row);
    moved(part);
    rows++;
    publish(row.seq() - 1);
  }

  private static void moved(Part part) {
    part.view().activity().fed(part.feed().newestMicros());
  }

  /// The queues of the shards stay short.
  private void publish(long seq) throws InterruptedException {
    if (rows - publishedRows >= PUBLISH_ROWS) {
      publishedRows = rows;
      settle(seq);
      end.count(rows);
    }
  }

  private void settle(long seq) throws InterruptedException {
    publishedSeq = Math.max(publishedSeq, seq);
    feed.publish(publishedSeq);
    if (!feed.await(publishedSeq, APPLY_TIMEOUT)) {
      throw new PlatformException(FeatureError.FEATURES_BEHIND, "the rows are not taken in");
    }
  }

  /// Between two groups: what the router has passed meanwhile, then the views are the router's.
  private void close() {
    try {
      long until = router.routedSeq();
      if (!end.isWanted()) {
        end.abandoned();
      } else if (doneSeq > until) {
        // The groups until there are on their way to the router.
        router.between(this::close);
      } else if (!end.mayAttach()) {
        again(TURN);
      } else if (reached(until)) {
        end.attach(until);
      } else {
        again(Duration.ZERO);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  /// `false` if rows stand between that have to be read from ClickHouse.
  private boolean reached(long until) throws InterruptedException {
    if (doneSeq < until) {
      try (JournalCursor cursor = sources.journal().read(doneSeq + 1)) {
        Optional<StoredEntry> entry = cursor.next();
        while (entry.isPresent() && entry.get().lastSeq() <= until) {
          if (!decoded(fed(entry.get()), entry.get())) {
            return false;
          }
          doneSeq = entry.get().lastSeq();
          entry = cursor.next();
        }
      }
      settle(doneSeq);
    }
    return true;
  }
}
