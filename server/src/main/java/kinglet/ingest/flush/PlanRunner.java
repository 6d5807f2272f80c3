// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import kinglet.clickhouse.ClickHouse;
import kinglet.error.PlatformException;
import kinglet.ingest.file.FileDirectory;
import kinglet.journal.CrashPoints;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.StoredEntry;
import kinglet.type.BlockMerger;
import kinglet.type.BlockSlicer;
import kinglet.type.MergedBlock;
import kinglet.type.RowRun;
import kinglet.type.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out a plan: one insert for each data source, schema version and kind of rows in its
/// range. Owned by the flusher's thread.
/* Exactly once.
 *
 * The plan is durable before its first insert and moves on only after an insert came back, so after
 * a crash the steps that are not marked done are repeated, in the same order, with the same rows
 * and the same tokens. At most one insert is in doubt at any time; ClickHouse leaves it out where it
 * has arrived (see TableWriter).
 *
 * A step whose rows the table refuses is inserted in pieces: the piece is durable in the plan before
 * it is tried, a refused piece is halved, a refused row goes to quarantine. Nothing of a refused
 * block is stored, because a block is checked as a whole before it is written.
 */
final class PlanRunner {
  private static final Logger LOG = LoggerFactory.getLogger(PlanRunner.class);

  private final Journal journal;
  private final FlushTargets targets;
  private final FlushWaiters waiters;
  private final FlushMeters meters;
  private final TableWriter tables;
  private final SegmentWriter segments;
  private final QuarantineWriter quarantine;
  private final long patienceNanos;

  /// The token that fails at the moment, and since when.
  private String failingToken = "";

  private long failingSinceNanos;

  PlanRunner(
      Journal journal,
      ClickHouse clickHouse,
      FlushTargets targets,
      FileDirectory files,
      FlushWaiters waiters,
      FlushMeters meters,
      FlushSettings settings) {
    this.journal = journal;
    this.targets = targets;
    this.waiters = waiters;
    this.meters = meters;
    this.tables = new TableWriter(clickHouse, settings);
    this.segments = new SegmentWriter(clickHouse, files, settings);
    this.quarantine = new QuarantineWriter(clickHouse, settings);
    this.patienceNanos = settings.patience().toNanos();
  }

  /// Runs what is left of the plan that stands in the journal's metadata.
  void run(FlushPlan interrupted, List<StoredEntry> entries) {
    FlushPlan plan = interrupted;
    for (Map.Entry<StepKey, List<StoredEntry>> group : groups(entries).entrySet()) {
      StepKey key = group.getKey();
      Optional<FlushTarget> target = targets.find(key.dataSourceId());
      if (target.isEmpty()) {
        discard(key, group.getValue());
        continue;
      }
      if (key.kind() == EntryKind.FILE) {
        plan = runSegments(plan, key, target.get(), group.getValue());
        continue;
      }
      List<MergedBlock> blocks = merge(target.get(), key, group.getValue());
      for (int i = 0; i < blocks.size(); i++) {
        StepKey step = key.withGroup(i);
        if (!plan.isDone(step)) {
          run(plan, step, target.get(), blocks.get(i));
          plan = plan.withDone(step);
          persist(plan);
        }
      }
    }
  }

  void persist(FlushPlan plan) {
    CrashPoints.reach("flush.before-plan");
    journal.putMetadata(Map.of(FlushPlan.KEY, plan.encode()));
    CrashPoints.reach("flush.after-plan");
  }

  private static SortedMap<StepKey, List<StoredEntry>> groups(List<StoredEntry> entries) {
    SortedMap<StepKey, List<StoredEntry>> groups = new TreeMap<>();
    for (StoredEntry entry : entries) {
      StepKey key = new StepKey(entry.dataSourceId(), entry.schemaVersion(), entry.kind(), 0);
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(entry);
    }
    return groups;
  }

  private void discard(StepKey key, List<StoredEntry> entries) {
    long rows = entries.stream().mapToLong(StoredEntry::rows).sum();
    meters.discardedRows.add(rows);
    LOG.atInfo()
        .addKeyValue("data_source_id", key.dataSourceId())
        .addKeyValue("rows", rows)
        .log("rows of a removed data source discarded");
  }

  private static List<MergedBlock> merge(
      FlushTarget target, StepKey key, List<StoredEntry> entries) {
    Schema schema =
        target
            .schema(key)
            .orElseThrow(() ->
                new IllegalStateException(
                    "data source '"
                        + target.name()
                        + "' has no schema version "
                        + key.schemaVersion()));
    BlockMerger merger = new BlockMerger(schema);
    for (StoredEntry entry : entries) {
      merger.add(entry.payload(), entry.firstSeq(), entry.ingestedMicros());
    }
    return merger.merged().stream()
        .map(merged ->
            new MergedBlock(
                BlockSlicer.columns(merged.block(), target.columns(key)), merged.runs()))
        .toList();
  }

  private void run(FlushPlan plan, StepKey step, FlushTarget target, MergedBlock block) {
    int rows = block.block().rows();
    if (plan.isSplit(step)) {
      insertPieces(plan, step, target, block, plan.splitDoneRows(), plan.splitPieceRows());
    } else if (attempt(target, step, block, token(plan, step)).isPresent()) {
      insertPieces(plan, step, target, block, 0, Math.max(1, rows / 2));
    }
    meters.rows.add(rows);
  }

  private String token(FlushPlan plan, StepKey step) {
    return journal.id()
        + "/"
        + plan.fromSeq()
        + "-"
        + plan.toSeq()
        + "/"
        + step.dataSourceId()
        + "/"
        + step.schemaVersion()
        + "/"
        + step.kind().name().toLowerCase(Locale.ROOT)
        + "/"
        + step.group();
  }

  /// Each segment of a file is a step of its own.
  private FlushPlan runSegments(
      FlushPlan interrupted, StepKey key, FlushTarget target, List<StoredEntry> entries) {
    FlushPlan plan = interrupted;
    for (int i = 0; i < entries.size(); i++) {
      StepKey step = key.withGroup(i);
      if (!plan.isDone(step)) {
        runSegment(target, step, entries.get(i), token(plan, step));
        plan = plan.withDone(step);
        persist(plan);
        segments.release(entries.get(i));
      }
    }
    return plan;
  }

  private void runSegment(FlushTarget target, StepKey step, StoredEntry entry, String token) {
    Optional<PlatformException> refusal =
        attempt(
            target,
            step,
            entry.rows(),
            token,
            despiteViews -> segments.insert(target, step, entry, token, despiteViews));
    if (refusal.isPresent()) {
      segments.refuse(target, step, entry, token, refusal.get().text());
      meters.quarantinedRows.add(entry.rows());
      waiters.quarantined(entry.firstSeq(), entry.rows());
    } else {
      meters.quarantinedRows.add(segments.insertMisfits(target, step, entry, token));
    }
    meters.rows.add(entry.rows());
  }

  private void insertPieces(
      FlushPlan plan,
      StepKey step,
      FlushTarget target,
      MergedBlock block,
      int firstDone,
      int firstPiece) {
    int rows = block.block().rows();
    int done = firstDone;
    int size = firstPiece;
    while (done < rows) {
      size = Math.min(size, rows - done);
      persist(plan.withPiece(step, done, size));
      MergedBlock piece = BlockSlicer.rows(block, done, done + size);
      String token = token(plan, step) + "/" + done + "+" + size;
      Optional<PlatformException> refusal = attempt(target, step, piece, token);
      if (refusal.isPresent() && size > 1) {
        size = size / 2;
        continue;
      }
      refusal.ifPresent(reason -> quarantine(target, step, piece, token, reason));
      done += size;
      size = size * 2;
    }
  }

  private void quarantine(
      FlushTarget target, StepKey step, MergedBlock row, String token, PlatformException reason) {
    quarantine.write(target, step, row, token + "/refused", reason);
    meters.quarantinedRows.increment();
    for (RowRun run : row.runs()) {
      waiters.quarantined(run.firstSeq(), run.rows());
    }
  }

  /// Inserts a block; answers why its rows were refused. What passes by itself is thrown.
  private Optional<PlatformException> attempt(
      FlushTarget target, StepKey step, MergedBlock block, String token) {
    return attempt(
        target,
        step,
        block.block().rows(),
        token,
        despiteViews -> tables.insert(target, step, block, token, despiteViews));
  }

  /// An insert under one token.
  @FunctionalInterface
  private interface Insert {
    /// @param despiteViews whether views that cannot take the rows are passed over
    void run(boolean despiteViews);
  }

  private Optional<PlatformException> attempt(
      FlushTarget target, StepKey step, int rows, String token, Insert insert) {
    meters.inserts.increment();
    try {
      insert.run(false);
      return Optional.empty();
    } catch (PlatformException e) {
      return switch (FlushFailure.of(e, isPatient(token))) {
        case PASSING -> throw e;
        case ROWS -> refused(step, e);
        case VIEW -> attemptDespiteViews(target, step, rows, token, insert, e);
      };
    }
  }

  private boolean isPatient(String token) {
    long nowNanos = System.nanoTime();
    if (!token.equals(failingToken)) {
      failingToken = token;
      failingSinceNanos = nowNanos;
    }
    return nowNanos - failingSinceNanos < patienceNanos;
  }

  private Optional<PlatformException> attemptDespiteViews(
      FlushTarget target,
      StepKey step,
      int rows,
      String token,
      Insert insert,
      PlatformException view) {
    try {
      insert.run(true);
    } catch (PlatformException e) {
      if (FlushFailure.of(e, isPatient(token)) == FlushFailure.ROWS) {
        return refused(step, e);
      }
      throw e;
    }
    targets.viewFailed(step.dataSourceId());
    meters.viewFailures.increment();
    LOG.atWarn()
        .addKeyValue("data_source", target.name())
        .addKeyValue("rows", rows)
        .addKeyValue("clickhouse_code", view.details().getOrDefault("clickhouse_code", ""))
        .log("a materialized view did not take rows");
    waiters.viewFailed(step.dataSourceId(), FlushFailure.view(view));
    return Optional.empty();
  }

  /// There is no second quarantine for rows that quarantine refuses: they wait.
  private static Optional<PlatformException> refused(StepKey step, PlatformException reason) {
    if (step.kind() == EntryKind.QUARANTINE) {
      throw reason;
    }
    return Optional.of(reason);
  }
}
