// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.LinkedHashMap;
import java.util.Map;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.Role;
import kinglet.clickhouse.Statement;
import kinglet.ingest.file.FileDirectory;
import kinglet.ingest.file.FileSegment;
import kinglet.ingest.file.ParquetFile;
import kinglet.journal.CrashPoints;
import kinglet.journal.EntryKind;
import kinglet.journal.StoredEntry;

/// Inserts a segment of a file, once however often it is called with the same token.
///
/// The rows of a segment make one block, as those of [TableWriter] do, whatever their order in it.
final class SegmentWriter {
  private final ClickHouse clickHouse;
  private final FileDirectory files;
  private final FlushSettings settings;

  SegmentWriter(ClickHouse clickHouse, FileDirectory files, FlushSettings settings) {
    this.clickHouse = clickHouse;
    this.files = files;
    this.settings = settings;
  }

  /// Inserts the rows that fit into the table and its views.
  void insert(
      FlushTarget target, StepKey key, StoredEntry entry, String token, boolean despiteViews) {
    FileSegment segment = FileSegment.decode(entry.payload());
    if (segment.misfits() == segment.rows()) {
      return;
    }
    CrashPoints.reach("flush.before-insert");
    execute(segment.rowsInsert(files, place(target, key, entry)), token, "", despiteViews);
    CrashPoints.reach("flush.after-insert");
  }

  /// Puts the rows that do not fit into quarantine; answers how many they are.
  long insertMisfits(FlushTarget target, StepKey key, StoredEntry entry, String token) {
    FileSegment segment = FileSegment.decode(entry.payload());
    if (segment.misfits() > 0) {
      String sql = segment.misfitsInsert(files, place(target, quarantine(key), entry));
      execute(sql, token + "/misfits", "", false);
    }
    return segment.misfits();
  }

  /// Puts all rows into quarantine.
  void refuse(FlushTarget target, StepKey key, StoredEntry entry, String token, String reason) {
    FileSegment segment = FileSegment.decode(entry.payload());
    String sql = segment.refusedInsert(files, place(target, quarantine(key), entry));
    execute(sql, token + "/refused", reason, false);
  }

  /// Removes the file when its last segment is inserted.
  void release(StoredEntry entry) {
    FileSegment segment = FileSegment.decode(entry.payload());
    if (segment.last()) {
      files.remove(segment.file());
    }
  }

  private void execute(String sql, String token, String reason, boolean despiteViews) {
    Map<String, String> all = new LinkedHashMap<>(TableWriter.SETTINGS);
    all.putAll(ParquetFile.settings());
    all.put("max_insert_block_size", all.get("min_insert_block_size_rows"));
    all.put("deduplicate_insert_select", "enable_even_for_bad_queries");
    all.put("insert_null_as_default", "1");
    all.put("insert_deduplication_token", token);
    if (despiteViews) {
      all.put("materialized_views_ignore_errors", "1");
    }
    clickHouse.execute(
        Statement.of(Role.WRITER, sql)
            .withParameters(reason.isEmpty() ? Map.of() : Map.of("reason", reason))
            .withSettings(all)
            .withTimeout(settings.insertTimeout()));
  }

  private static StepKey quarantine(StepKey key) {
    return new StepKey(key.dataSourceId(), key.schemaVersion(), EntryKind.QUARANTINE, key.group());
  }

  private static FileSegment.Place place(FlushTarget target, StepKey key, StoredEntry entry) {
    return new FileSegment.Place(
        target.database(),
        target.table(key),
        target.columns(key),
        target.hiddenColumns(key),
        entry.firstSeq(),
        entry.ingestedMicros());
  }
}
