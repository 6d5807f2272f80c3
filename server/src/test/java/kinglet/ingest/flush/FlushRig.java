// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kinglet.clickhouse.ClickHouse;
import kinglet.ingest.file.FileDirectory;
import kinglet.journal.Appended;
import kinglet.journal.EntryKind;
import kinglet.journal.Journal;
import kinglet.journal.JournalEntry;
import kinglet.metrics.Metrics;
import kinglet.type.Block;
import kinglet.type.BlockCodec;
import kinglet.type.ByteRun;
import kinglet.type.Column;
import kinglet.type.Schema;

/// Data sources with one column and what a flusher needs around them.
final class FlushRig {
  static final Schema SCHEMA = Schema.of(Column.of("id", "UInt64"));

  /// For tests without files.
  static final FileDirectory FILES = new FileDirectory(Path.of("target", "imports"), 0, 0);

  static final FlushSettings SETTINGS =
      new FlushSettings(
          Duration.ofMillis(5),
          1 << 20,
          1_000,
          Duration.ofSeconds(20),
          Duration.ofSeconds(20),
          Duration.ofMillis(1),
          Duration.ofMillis(4));

  private final Map<Long, FlushTarget> targets = new HashMap<>();

  FlushRig(long... dataSourceIds) {
    for (long id : dataSourceIds) {
      targets.put(id, target("source" + id));
    }
  }

  static FlushTarget target(String name) {
    TreeMap<Integer, Schema> schemas = new TreeMap<>(Map.of(1, SCHEMA, 2, SCHEMA));
    return new FlushTarget(name, "db", name, name + "_quarantine", true, schemas, schemas);
  }

  void remove(long dataSourceId) {
    targets.remove(dataSourceId);
  }

  Flusher flusher(Journal journal, ClickHouse clickHouse, FlushSettings settings) {
    return flusher(journal, clickHouse, settings, new Metrics());
  }

  Flusher flusher(Journal journal, ClickHouse clickHouse, FlushSettings settings, Metrics metrics) {
    return new Flusher(
        journal,
        clickHouse,
        id -> Optional.ofNullable(targets.get(id)),
        FILES,
        settings,
        () -> Long.MAX_VALUE,
        metrics);
  }

  /// Hastens the flusher until it failed; answers why.
  static String awaitFailure(Flusher flusher) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (flusher.health().isHealthy()) {
      boolean flushed = flusher.flushAll(Duration.ofMillis(10));
      if (flushed || System.nanoTime() > endNanos) {
        throw new AssertionError("the flusher does not fail");
      }
    }
    return flusher.health().failure();
  }

  static JournalEntry entry(long dataSourceId, EntryKind kind, long... ids) {
    return entry(dataSourceId, 1, kind, ids);
  }

  static JournalEntry entry(long dataSourceId, int version, EntryKind kind, long... ids) {
    ByteBuffer bytes = ByteBuffer.allocate(8 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long id : ids) {
      ByteBuffer unused = bytes.putLong(id);
    }
    Block block =
        new Block(
            SCHEMA,
            ids.length,
            new BitSet(),
            List.of(List.of(new ByteRun(bytes.array(), 0, 8 * ids.length))));
    return new JournalEntry(dataSourceId, version, kind, ids.length, BlockCodec.encode(block));
  }

  static Appended append(Journal journal, long dataSourceId, long... ids) {
    return journal.append(List.of(entry(dataSourceId, EntryKind.ROWS, ids)));
  }
}
