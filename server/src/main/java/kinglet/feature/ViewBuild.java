// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.error.PlatformException;
import kinglet.feature.row.RowShape;
import kinglet.feature.row.StoredRows;
import kinglet.journal.Journal;
import kinglet.journal.JournalCursor;
import kinglet.journal.JournalError;
import kinglet.journal.StoredEntry;
import kinglet.sql.Sql;
import kinglet.state.Feed;
import kinglet.state.Shards;
import kinglet.state.ViewState;
import kinglet.type.Column;
import kinglet.type.DataType;

/// Makes the state of a view of its history, and hands the view over to the router without a gap or
/// an overlap. Runs on a platform thread of its own.
/* Where one source of rows ends and the next begins.
 *
 * Rows below the journal's first sequence number were trimmed, so they are in ClickHouse; they are
 * read from there in the order of their numbers. The others are read from the journal, which keeps
 * them until the build has ended. What is committed meanwhile is read from the journal again, and
 * the last of it on the router's thread, between two groups.
 */
final class ViewBuild {
  private static final Duration HISTORY_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration APPLY_TIMEOUT = Duration.ofMinutes(10);
  private static final int PUBLISH_ROWS = 100_000;

  /// Below so many rows the router catches up by itself.
  private static final int CLOSE_ROWS = 10_000;

  private final LiveView view;
  private final Journal journal;
  private final ClickHouse clickHouse;
  private final Router router;
  private final Router.EntryRows entryRows;
  private final Shards shards;
  private final Feed feed;

  /// What is fed: lookup views of the build's own, then the view.
  private final List<Part> parts = new ArrayList<>();

  private long rows;
  private long publishedRows;
  private boolean lookupsMoved;
  private volatile long neededSeq = Long.MAX_VALUE;
  private long doneSeq;

  /// A view and its data source.
  private record Part(LiveView view, ViewState state, ViewFeed feed) {
    /// Until where the store has everything.
    long restoredSeq() {
      return state.restoredSeq().orElse(0);
    }

    RowShape shape() {
      return view.program().rows();
    }
  }

  ViewBuild(
      LiveView view,
      Journal journal,
      ClickHouse clickHouse,
      Router router,
      Router.EntryRows entryRows,
      Shards shards) {
    this.view = view;
    this.journal = journal;
    this.clickHouse = clickHouse;
    this.router = router;
    this.entryRows = entryRows;
    this.shards = shards;
    this.feed = shards.feed(0);
    for (LiveView lookup : view.lookups()) {
      ViewState state =
          shards.open(view.state().name() + "/" + lookup.name(), lookup.program().layout());
      parts.add(part(lookup, state));
    }
    parts.add(part(view, view.state()));
  }

  private Part part(LiveView of, ViewState state) {
    ViewFeed fed = new ViewFeed(of.program(), state, this::ownState);
    fed.skipUntil(state.restoredSeq().orElse(0));
    return new Part(of, state, fed);
  }

  /// Whether the journal alone does not have all that is needed.
  boolean readsHistory() {
    return restoredSeq() + 1 < journal.firstSeq();
  }

  /// Until where every part has everything.
  private long restoredSeq() {
    return parts.stream().mapToLong(Part::restoredSeq).min().orElse(0);
  }

  private ViewState ownState(ViewProgram lookup) {
    return parts.stream()
        .filter(part -> part.view().name().equals(lookup.name()))
        .map(Part::state)
        .findFirst()
        .orElseThrow();
  }

  /// The first sequence number that the journal has to keep for this build.
  long neededSeq() {
    return neededSeq;
  }

  /// Reads the history, then leaves the view with the router.
  void run(Runnable complete) throws InterruptedException {
    try (JournalCursor cursor = kept()) {
      doneSeq = neededSeq - 1;
      if (doneSeq > restoredSeq()) {
        history(doneSeq);
      }
      replay(cursor);
    }
    while (journal.committedSeq() - doneSeq > CLOSE_ROWS) {
      try (JournalCursor cursor = journal.read(doneSeq + 1)) {
        replay(cursor);
      }
    }
    router.between(() -> attach(complete));
  }

  /// What the journal has, which it keeps from here on.
  private JournalCursor kept() {
    while (true) {
      neededSeq = Math.max(journal.firstSeq(), restoredSeq() + 1);
      try {
        return journal.read(neededSeq);
      } catch (PlatformException e) {
        if (e.code() != JournalError.JOURNAL_TRIMMED) {
          throw e;
        }
      }
    }
  }

  private void history(long lastSeq) throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    try {
      List<StoredRows> stored = new ArrayList<>();
      for (Part part : parts) {
        Answer answer = clickHouse.query(historyStatement(part, lastSeq));
        answers.add(answer);
        stored.add(new StoredRows(answer.body(), part.shape()));
      }
      merge(stored);
    } catch (UncheckedIOException e) {
      throw new PlatformException(
          FeatureError.FEATURES_FAILED,
          "the history of '" + view.name() + "' can't be read: " + e.getMessage(),
          e);
    } finally {
      answers.forEach(Answer::close);
    }
    feed.publish(lastSeq);
  }

  /// Rows of all data sources in the order of their numbers.
  private void merge(List<StoredRows> stored) throws InterruptedException {
    boolean[] left = new boolean[stored.size()];
    for (int i = 0; i < left.length; i++) {
      left[i] = stored.get(i).next();
    }
    int next = first(stored, left);
    while (next >= 0) {
      StoredRows row = stored.get(next);
      settleLookups(next, row.seq() - 1);
      parts.get(next).feed().addRow(row, feed);
      lookupsMoved |= next < parts.size() - 1;
      rows++;
      publish(row.seq());
      left[next] = row.next();
      next = first(stored, left);
    }
  }

  /// The source whose row comes next; -1 after the last.
  private static int first(List<StoredRows> stored, boolean[] left) {
    int first = -1;
    for (int i = 0; i < left.length; i++) {
      if (left[i] && (first < 0 || stored.get(i).seq() < stored.get(first).seq())) {
        first = i;
      }
    }
    return first;
  }

  /// What a row looks up is applied before the row is read.
  private void settleLookups(int part, long seq) throws InterruptedException {
    if (lookupsMoved && part == parts.size() - 1) {
      feed.publish(seq);
      boolean unused = feed.await(seq, APPLY_TIMEOUT);
      lookupsMoved = false;
    }
  }

  private Statement historyStatement(Part part, long lastSeq) {
    return Statement.of(Role.ADMIN, historySql(part, lastSeq))
        .withFormat("RowBinary")
        .withSetting("max_execution_time", "0")
        .withTimeout(HISTORY_TIMEOUT);
  }

  /// The queues of the shards stay short.
  private void publish(long seq) throws InterruptedException {
    if (rows - publishedRows >= PUBLISH_ROWS) {
      publishedRows = rows;
      feed.publish(seq);
      boolean unused = feed.await(seq, APPLY_TIMEOUT);
      view.count(rows);
    }
  }

  private static String historySql(Part part, long lastSeq) {
    RowShape shape = part.shape();
    String columns =
        Arrays.stream(StoredRows.columns(shape))
            .mapToObj(place -> column(shape.schema().column(place)))
            .collect(Collectors.joining(", "));
    return "SELECT __seq, toUnixTimestamp64Micro(__ingested_at)"
        + (columns.isEmpty() ? "" : ", " + columns)
        + " FROM "
        + part.view().table()
        + " WHERE __seq > "
        + part.restoredSeq()
        + " AND __seq <= "
        + lastSeq
        + " ORDER BY __seq";
  }

  /// A column as it travels.
  private static String column(Column column) {
    String name = Sql.quote(column.name());
    DataType wire = column.type().wire();
    return wire.equals(column.type())
        ? name
        : "CAST(" + name + ", " + Sql.literal(wire.sql()) + ")";
  }

  private void replay(JournalCursor cursor) throws InterruptedException {
    Optional<StoredEntry> entry = cursor.next();
    while (entry.isPresent()) {
      add(entry.get());
      publish(doneSeq);
      entry = cursor.next();
    }
    feed.publish(doneSeq);
    boolean unused = feed.await(doneSeq, APPLY_TIMEOUT);
    neededSeq = doneSeq + 1;
  }

  private void add(StoredEntry entry) throws InterruptedException {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      if (entry.dataSourceId() == part.view().dataSourceId()) {
        settleLookups(i, entry.firstSeq() - 1);
        part.feed().add(entryRows.of(entry, part.shape()), feed);
        lookupsMoved |= i < parts.size() - 1;
        rows += entry.rows();
        view.count(rows);
      }
    }
    doneSeq = entry.lastSeq();
  }

  /// Between two groups: what the router has passed meanwhile, then the view is the router's.
  private void attach(Runnable complete) {
    try {
      long until = router.routedSeq();
      if (doneSeq > until) {
        // The groups until there are on their way to the router.
        router.between(() -> attach(complete));
        return;
      }
      if (doneSeq < until) {
        try (JournalCursor cursor = journal.read(doneSeq + 1)) {
          Optional<StoredEntry> entry = cursor.next();
          while (entry.isPresent() && entry.get().lastSeq() <= until) {
            add(entry.get());
            entry = cursor.next();
          }
        }
        feed.publish(doneSeq);
        boolean unused = feed.await(doneSeq, APPLY_TIMEOUT);
      }
      ViewFeed last = new ViewFeed(view.program(), view.state(), this::liveState);
      router.add(last, view.dataSourceId(), doneSeq);
      parts.subList(0, parts.size() - 1).forEach(part -> shards.remove(part.state()));
      // Whoever was answered before has its rows in the groups before this task.
      router.between(complete);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      view.fail(String.valueOf(e.getMessage()));
    }
  }

  private ViewState liveState(ViewProgram lookup) {
    return view.lookups().stream()
        .filter(one -> one.name().equals(lookup.name()))
        .findFirst()
        .orElseThrow()
        .state();
  }
}
