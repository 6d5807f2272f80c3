// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import kinglet.catalog.Catalog;
import kinglet.catalog.DataSource;
import kinglet.catalog.EngineKind;
import kinglet.catalog.IngestGate;
import kinglet.catalog.Micros;
import kinglet.catalog.ResourceName;
import kinglet.catalog.Snapshot;
import kinglet.catalog.SnapshotError;
import kinglet.catalog.SnapshotStore;
import kinglet.catalog.Workspace;
import kinglet.catalog.deployment.Deployments;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.ClickHouseError;
import kinglet.error.PlatformException;
import kinglet.journal.CrashPoints;
import kinglet.type.Known;

/// Makes copies of data sources as they are, and keeps them. Safe from any thread.
///
/// A copy shares the parts of its data source, as hard links, taken while no row comes in. Rows
/// that are not wanted are deleted from it, which writes only those parts anew that have some.
public final class Snapshots {
  /// Until the rows are whole; 1 says that they are.
  private static final double UNFINISHED_MAX = 0.99;

  private final SnapshotStore store;
  private final ClickHouse clickHouse;
  private final Catalog catalog;
  private final Deployments deployments;
  private final IngestGate gate;
  private final LongSupplier storedSeq;
  private final LongSupplier flushedSeq;

  /// @param storedSeq stores what has been accepted
  /// @param flushedSeq until which row of the journal everything is stored
  public Snapshots(
      SnapshotStore store,
      ClickHouse clickHouse,
      Catalog catalog,
      Deployments deployments,
      IngestGate gate,
      LongSupplier storedSeq,
      LongSupplier flushedSeq) {
    this.store = store;
    this.clickHouse = clickHouse;
    this.catalog = catalog;
    this.deployments = deployments;
    this.gate = gate;
    this.storedSeq = storedSeq;
    this.flushedSeq = flushedSeq;
  }

  /// Takes a name; to be followed by [#make] or [#forget].
  public void add(Snapshot snapshot) {
    ResourceName.problem(snapshot.name())
        .ifPresent(problem -> {
          throw new PlatformException(SnapshotError.INVALID_SNAPSHOT, problem);
        });
    DataSource source =
        catalog
            .current(snapshot.workspaceId())
            .flatMap(resources -> resources.dataSource(snapshot.sourceId()))
            .orElseThrow(() -> gone(snapshot));
    requireRows(source, snapshot.knownAt());
    requireKnown(source, source.table(), snapshot.knownAt());
    store.add(snapshot);
  }

  private static void requireRows(DataSource source, Optional<Instant> knownAt) {
    EngineKind kind = source.engine().kind();
    if (!kind.mergeTree()) {
      throw new PlatformException(
          SnapshotError.SNAPSHOT_NOT_POSSIBLE,
          "the engine " + kind.sql() + " of " + source.name() + " keeps no parts to be copied");
    }
    if (knownAt.isPresent() && knownMicros(kind).isEmpty()) {
      throw new PlatformException(
          SnapshotError.SNAPSHOT_NOT_POSSIBLE,
          "the engine "
              + kind.sql()
              + " of "
              + source.name()
              + " adds up rows of one key, perhaps to nothing, so what it held earlier is not known"
              + " any more: leave at out");
    }
  }

  /// When a row came to be known, as SQL; of one that others were put together in, when all of them
  /// surely were. Empty where rows may go without a trace.
  private static Optional<String> knownMicros(EngineKind kind) {
    String said = "toUnixTimestamp64Micro(" + Known.COLUMN.name() + ")";
    String ingested = "toUnixTimestamp64Micro(__ingested_at)";
    return switch (kind) {
      case MERGE_TREE, REPLACING_MERGE_TREE ->
          Optional.of(
              "if(" + said + " = " + Known.INGESTION_MICROS + ", " + ingested + ", " + said + ")");
      case AGGREGATING_MERGE_TREE ->
          // Such a row has the greatest of both times of those in it.
          Optional.of(
              "if("
                  + said
                  + " < "
                  + Known.INGESTION_MICROS
                  + ", "
                  + said
                  + ", greatest("
                  + ingested
                  + ", "
                  + said
                  + "))");
      case SUMMING_MERGE_TREE,
          COLLAPSING_MERGE_TREE,
          VERSIONED_COLLAPSING_MERGE_TREE,
          NULL,
          JOIN,
          LOG,
          TINY_LOG ->
          Optional.empty();
    };
  }

  /// Where rows of one key become one, one that came in after the time may have taken the place of
  /// another that was there.
  private void requireKnown(DataSource source, String table, Optional<Instant> knownAt) {
    EngineKind kind = source.engine().kind();
    if (knownAt.isEmpty() || kind == EngineKind.MERGE_TREE) {
      return;
    }
    long newest =
        new Tables(clickHouse, source.database())
            .number("max(" + knownMicros(kind).orElseThrow() + ")", table);
    if (newest > Micros.of(knownAt.get())) {
      throw new PlatformException(
          SnapshotError.SNAPSHOT_NOT_POSSIBLE,
          "rows of "
              + source.name()
              + " came in after "
              + knownAt.get()
              + ", and its engine "
              + kind.sql()
              + " may have put them in the place of rows that were there: the earliest time for at"
              + " is "
              + Micros.toInstant(newest)
              + " now; or leave at out");
    }
  }

  /// Makes a snapshot, or goes on where an earlier process was interrupted.
  ///
  /// @param condition which rows are wanted, as qualified SQL
  /// @param share hears how far it is, 1 when it cannot be ended by throwing any more
  public Snapshot.Extent make(
      Workspace workspace, String id, Optional<String> condition, DoubleConsumer share) {
    Snapshot snapshot = byId(id);
    if (snapshot.extent().isPresent()) {
      return snapshot.extent().get();
    }
    Tables tables = new Tables(clickHouse, workspace.database());
    String table = snapshot.table();
    if (snapshot.position().isEmpty()) {
      long _ = storedSeq.getAsLong();
      share.accept(0);
      deployments.exclusively(
          workspace,
          resources ->
              copy(
                  resources.dataSource(snapshot.sourceId()).orElseThrow(() -> gone(snapshot)),
                  snapshot,
                  tables));
      CrashPoints.reach("snapshot.copied");
    }
    wanted(snapshot, condition).ifPresent(rows -> keep(tables, table, rows, share));
    share.accept(1);
    Snapshot.Extent extent = new Snapshot.Extent(tables.count(table, "1"), tables.bytes(table));
    catalog.complete(snapshot, extent);
    CrashPoints.reach("snapshot.complete");
    return extent;
  }

  private void copy(DataSource source, Snapshot snapshot, Tables tables) {
    requireRows(source, snapshot.knownAt());
    tables.drop(snapshot.table());
    try (IngestGate.Hold _ = gate.hold(Set.of(source.id()))) {
      tables.freeze(snapshot.table(), source.table(), source.engine().ttl().isPresent());
      CrashPoints.reach("snapshot.frozen");
      requireKnown(source, snapshot.table(), snapshot.knownAt());
      store.setPosition(snapshot.id(), flushedSeq.getAsLong());
    }
  }

  /// Where an engine puts rows together, all that are there were known.
  private static Optional<String> wanted(Snapshot snapshot, Optional<String> condition) {
    Optional<String> known =
        snapshot
            .knownAt()
            .map(at -> knownMicros(EngineKind.MERGE_TREE).orElseThrow() + " <= " + Micros.of(at));
    Optional<String> met = condition.map(text -> "ifNull(" + text + ", 0)");
    return known.isPresent() && met.isPresent()
        ? Optional.of(known.get() + " AND " + met.get())
        : known.or(() -> met);
  }

  private static void keep(Tables tables, String table, String rows, DoubleConsumer share) {
    new LongStatement(
            () -> tables.delete(table, "NOT (" + rows + ")"),
            () -> Math.min(UNFINISHED_MAX, tables.shareDeleted(table)))
        .run(share);
  }

  /// Those of a workspace, by name, complete or not.
  public List<Snapshot> list(Workspace workspace) {
    return store.list(workspace.id());
  }

  /// One of a workspace, complete or not.
  public Snapshot find(Workspace workspace, String name) {
    return store.find(workspace.id(), name).orElseThrow(() -> unknown(name));
  }

  public Snapshot byId(String id) {
    return store.byId(id).orElseThrow(() -> unknown(id));
  }

  /// Removes a snapshot that no pipe reads.
  public void remove(Snapshot snapshot) {
    catalog.remove(snapshot);
    CrashPoints.reach("snapshot.removed");
    drop(snapshot);
  }

  /// Drops what is left of one that came to nothing.
  public void forget(String id) {
    store.byId(id).filter(snapshot -> !snapshot.isComplete()).ifPresent(this::remove);
  }

  /// Without an engine the table stays until the next start.
  private void drop(Snapshot snapshot) {
    try {
      new Tables(clickHouse, snapshot.database()).drop(snapshot.table());
    } catch (PlatformException e) {
      if (e.code() != ClickHouseError.ENGINE_UNAVAILABLE) {
        throw e;
      }
    }
  }

  /// Forgets what was not begun to be made, and drops tables of snapshots that are not there any
  /// more; called at the start.
  ///
  /// @param unfinished the jobs that go on
  public void recover(Set<String> unfinished) {
    for (Snapshot snapshot : store.all()) {
      if (!snapshot.isComplete() && !unfinished.contains(snapshot.jobId())) {
        catalog.remove(snapshot);
      }
    }
    Set<String> known = store.all().stream().map(Snapshot::table).collect(Collectors.toSet());
    for (Workspace workspace : catalog.workspaces()) {
      Tables tables = new Tables(clickHouse, workspace.database());
      tables.beginningWith(Snapshot.PREFIX).stream()
          .filter(table -> !known.contains(table))
          .forEach(tables::drop);
    }
  }

  private static PlatformException gone(Snapshot snapshot) {
    return new PlatformException(
        SnapshotError.INVALID_SNAPSHOT,
        "the data source '" + snapshot.sourceName() + "' does not exist any more");
  }

  private static PlatformException unknown(String name) {
    return new PlatformException(
        SnapshotError.UNKNOWN_SNAPSHOT, "There is no snapshot '" + name + "'");
  }
}
