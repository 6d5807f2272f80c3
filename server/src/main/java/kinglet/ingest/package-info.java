// SPDX-License-Identifier: Apache-2.0
/// Turns the bytes of a request into typed rows, durable when the caller hears of them.
///
/// **The path.** [EventIngest] takes a body, borrows a decoder for the data source's schema,
/// encodes the blocks of good and quarantined rows, and appends them to the journal as one unit.
/// [FileImport] does so with the pieces of a file of text, and accepts Parquet as segments that
/// ClickHouse reads itself.
///
/// **Threads.** [EventIngest] is safe from any thread; a decoder belongs to the request that
/// borrowed it.
///
/// **Invariants.** Every row of a body is in exactly one block, good or quarantined, and all of
/// them are durable or none. A body of which nothing is a row is refused as a whole.
///
/// **Not here.** Reading values (`ingest.decode`), moving rows into ClickHouse (`ingest.flush`),
/// HTTP and compression (`http`).
@Allows(
    rooms = {
      "catalog",
      "clickhouse",
      "error",
      "feature",
      "ingest.decode",
      "ingest.file",
      "journal",
      "type"
    },
    libraries = {"com.github.benmanes.caffeine"})
@NullMarked
@CheckReturnValue
package kinglet.ingest;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
