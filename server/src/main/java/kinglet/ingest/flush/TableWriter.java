// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kinglet.clickhouse.ClickHouse;
import kinglet.clickhouse.InsertBody;
import kinglet.clickhouse.InsertTarget;
import kinglet.clickhouse.NativeWriter;
import kinglet.journal.CrashPoints;
import kinglet.type.MergedBlock;

/// Inserts a block into a table, once however often it is called with the same token.
/* Why an insert happens once.
 *
 * ClickHouse remembers the token of each part it wrote, for the table and, derived from it, for the
 * target of every materialized view below. A repeated insert is left out where it has arrived and
 * completed where it has not. That holds only while the same rows make the same blocks: one insert
 * is one block in its table and one in each view's target, because small blocks are put together
 * without a limit and large ones are not split.
 */
final class TableWriter {
  /// One insert is one block, and leaves nothing twice.
  static final Map<String, String> SETTINGS =
      Map.of(
          "async_insert", "0",
          "insert_deduplicate", "1",
          "deduplicate_blocks_in_dependent_materialized_views", "1",
          "insert_allow_materialized_columns", "1",
          "max_partitions_per_insert_block", "0",
          "max_insert_threads", "1",
          "min_insert_block_size_rows", "1000000000000",
          "min_insert_block_size_bytes", "0");

  private final ClickHouse clickHouse;
  private final FlushSettings settings;

  TableWriter(ClickHouse clickHouse, FlushSettings settings) {
    this.clickHouse = clickHouse;
    this.settings = settings;
  }

  /// Inserts into the table and its views, or fails.
  ///
  /// @param despiteViews whether views that do not take the rows are passed over
  void insert(
      FlushTarget target, StepKey key, MergedBlock block, String token, boolean despiteViews) {
    boolean hidden = target.hiddenColumns(key);
    List<String> columns = NativeWriter.columnNames(block.block(), hidden);
    if (columns.isEmpty()) {
      return;
    }
    Map<String, String> insertSettings = new LinkedHashMap<>(SETTINGS);
    insertSettings.put("insert_deduplication_token", token);
    if (despiteViews) {
      insertSettings.put("materialized_views_ignore_errors", "1");
    }
    CrashPoints.reach("flush.before-insert");
    long unused =
        clickHouse.insert(
            InsertTarget.of(target.database(), target.table(key), columns, "Native")
                .withSettings(insertSettings)
                .withTimeout(settings.insertTimeout()),
            InsertBody.writing(out -> NativeWriter.write(block, hidden, out)));
    CrashPoints.reach("flush.after-insert");
  }
}
