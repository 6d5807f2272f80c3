// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import kinglet.clickhouse.Answer;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.feature.Replay;
import kinglet.feature.Replays;
import kinglet.feature.ViewHistory;
import kinglet.feature.row.NativeRows;
import kinglet.job.JobContext;
import kinglet.journal.CrashPoints;
import kinglet.thread.Workers;
import kinglet.type.Column;
import kinglet.type.DataType;

/// Reads one view at the keys and times of the spine, share by share of its entities.
final class ViewPass {
  private static final int CHECK_ROWS = 1 << 12;

  /// With so many events for each read, those of other entities are left out. With fewer it would
  /// cost more to tell them than to read them.
  private static final long MANY = 100;

  private static final Duration TIMEOUT = Duration.ofHours(6);

  private final ClickHouse clickHouse;
  private final Replays replays;
  private final TrainingTables tables;
  private final TrainingStore store;
  private final Spine spine;
  private final WantedView wanted;
  private final int number;
  private final Span span;
  private final Semaphore working;

  /// What is read.
  ///
  /// @param throughSeq rows of the journal after it do not count
  /// @param untilMicros the last time of the spine
  /// @param delayMicros how long before the time of a row the view is read
  /// @param fromRow the first row of the spine that is read
  record Span(
      Replay.Order order, long throughSeq, long untilMicros, long delayMicros, long fromRow) {}

  /// @param number of its table of values
  /// @param working what the shares of all sets take while they are replayed
  ViewPass(
      ClickHouse clickHouse,
      Replays replays,
      TrainingTables tables,
      TrainingStore store,
      Spine spine,
      WantedView wanted,
      int number,
      Span span,
      Semaphore working) {
    this.clickHouse = clickHouse;
    this.replays = replays;
    this.tables = tables;
    this.store = store;
    this.spine = spine;
    this.wanted = wanted;
    this.number = number;
    this.span = span;
    this.working = working;
  }

  /// What the set takes of it.
  Values values() {
    return new Values(
        tables.values(number),
        wanted.features().stream()
            .map(feature ->
                new Values.ValueColumn(
                    feature.name(), feature.type().wire().sql(), TrainingTables.FOUND))
            .toList());
  }

  /// Hears how many rows of the spine have been read more.
  @FunctionalInterface
  interface Progress {
    void read(int rows);
  }

  void run(JobContext job, Progress progress) {
    Optional<String> only = only();
    int shares = shares(only);
    // With another heap there may be others.
    String divided = wanted.versioned() + " in " + shares;
    Set<Integer> done = store.shares(tables.id(), divided);
    if (done.isEmpty()) {
      create(job);
    }
    List<Integer> left =
        IntStream.range(0, shares).filter(share -> !done.contains(share)).boxed().toList();
    // Lookup views keep connections too.
    int slots = wanted.view().groups() ? 1 : Workers.COUNT;
    Workers.run(
        "training",
        left,
        share -> {
          guarded(slots, () -> share(job, share, shares, only, progress));
          store.addShare(tables.id(), divided, share);
        });
  }

  private void guarded(int slots, Runnable share) {
    working.acquireUninterruptibly(slots);
    try {
      share.run();
    } finally {
      working.release(slots);
    }
  }

  /// The entities that the spine names, if there are few of them.
  private Optional<String> only() {
    String rows = tables.spine() + " WHERE __row >= " + span.fromRow();
    long reads = tables.number("SELECT count() FROM " + rows);
    long events = tables.number("SELECT count() FROM " + wanted.view().table());
    return reads * MANY <= events ? wanted.view().isOneOf(keys(), rows) : Optional.empty();
  }

  /// The key of a row of the spine, as SQL.
  private List<String> keys() {
    List<DataType> types = wanted.view().keyTypes();
    return IntStream.range(0, types.size())
        .mapToObj(key -> spine.as(wanted.keys().get(key), types.get(key)))
        .toList();
  }

  /// An even number, for two at once.
  private int shares(Optional<String> only) {
    ViewHistory view = wanted.view();
    int shares = replays.entityShares(view, span.throughSeq(), only);
    return view.divides() ? shares + shares % 2 : shares;
  }

  private void create(JobContext job) {
    Map<String, String> types = new LinkedHashMap<>();
    types.put(TrainingTables.FOUND, "UInt8");
    for (WantedView.Wanted feature : wanted.features()) {
      types.put(feature.name(), feature.type().wire().sql());
    }
    tables.create(job, tables.values(number), types);
  }

  private void share(
      JobContext job, int share, int shares, Optional<String> only, Progress progress) {
    Replay.Scope scope =
        new Replay.Scope(
            span.order(),
            span.throughSeq(),
            span.untilMicros() - span.delayMicros(),
            share,
            shares,
            only);
    try (Answer answer = clickHouse.query(reads(share, shares));
        Replay replay = replays.open(wanted.view(), scope)) {
      new Reads(answer, replay, share, progress).run(job);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The keys and times of a share, in the order of time.
  private Statement reads(int share, int shares) {
    List<DataType> types = wanted.view().keyTypes();
    List<String> keys = keys();
    StringBuilder columns = new StringBuilder();
    for (int key = 0; key < types.size(); key++) {
      String name = wanted.keys().get(key);
      columns.append(", ").append(spine.asNullable(name, types.get(key)));
    }
    String sql =
        "SELECT __row, assumeNotNull(__time) - "
            + span.delayMicros()
            + ", "
            + wanted.view().group(keys)
            + " AS __group"
            + columns
            + " FROM "
            + tables.spine()
            + " WHERE __row >= "
            + span.fromRow()
            + (shares == 1
                ? ""
                : " AND " + wanted.view().hash(keys) + " % " + shares + " = " + share)
            + " ORDER BY __group, __time, __row";
    return Statement.of(Role.ADMIN, sql)
        .withFormat("Native")
        .withSettings(
            Map.of(
                "max_execution_time", "0",
                "session_timezone", "UTC",
                "max_bytes_before_external_sort", Long.toString(256L << 20)))
        .withTimeout(TIMEOUT);
  }

  /// The reads of one share.
  private final class Reads {
    private static final int LEADING = 3;

    private final NativeRows in;
    private final Replay replay;
    private final int share;
    private final Progress progress;
    private final ValuesBatch batch =
        new ValuesBatch(
            wanted.features().stream()
                .map(feature -> new Column(feature.name(), feature.type().wire(), null, null, null))
                .toList());
    private int batches;

    Reads(Answer answer, Replay replay, int share, Progress progress) {
      this.in = new NativeRows(answer.body());
      this.replay = replay;
      this.share = share;
      this.progress = progress;
    }

    void run(JobContext job) throws IOException {
      while (in.next()) {
        read();
        if (batch.rows() % CHECK_ROWS == 0) {
          job.checkCancelled();
        }
        if (batch.isFull()) {
          send();
        }
      }
      send();
    }

    private void read() {
      long micros = in.get(1).whole();
      replay.enter(in.get(2).whole());
      for (int key = 0; key < wanted.keys().size(); key++) {
        replay.key(key).set(in.get(LEADING + key));
      }
      batch.begin(in.get(0).whole(), replay.read(micros, micros).ordinal());
      List<WantedView.Wanted> features = wanted.features();
      for (int i = 0; i < features.size(); i++) {
        batch.add(i, replay.value(features.get(i).column()));
      }
    }

    /// The same rows are always in the same batch, so that one sent again is known.
    private void send() {
      if (batch.rows() > 0) {
        tables.insert(number, wanted.versioned() + "-" + share + "-" + batches, batch.block());
        CrashPoints.reach("training.batch");
        batches++;
        progress.read(batch.rows());
        batch.clear();
      }
    }
  }
}
