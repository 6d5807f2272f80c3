// SPDX-License-Identifier: Apache-2.0
/// Files from elsewhere, and those whose rows ClickHouse reads by itself: Parquet.
///
/// **The path.** [RemoteFiles] fetches; [FileDirectory] keeps the bytes; [ParquetFile] asks
/// ClickHouse what the file holds, decides how each column becomes the data source's type, and lets
/// every value be read once, so that a broken file is refused before anything is accepted. The rows
/// are then accepted as [FileSegment]s: entries of the journal that name rows of the file. The
/// flusher inserts a segment as it inserts a block.
///
/// **Threads.** All of it waits for ClickHouse and for the disk; it belongs on the thread of a
/// request or a job.
///
/// **Invariants.** What a segment inserts depends on the file and the segment alone. A row of a
/// file is in its table, or in quarantine with the reason. A file stays until its last segment is
/// inserted.
///
/// **Not here.** Text formats (`ingest.decode`); when segments are inserted (`ingest.flush`).
@Allows(
    rooms = {"clickhouse", "error", "journal", "thread", "type"},
    libraries = {"tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.ingest.file;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
