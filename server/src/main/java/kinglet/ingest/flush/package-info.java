// SPDX-License-Identifier: Apache-2.0
/// Moves accepted rows from the journal into ClickHouse, exactly once.
///
/// **The path.** [Flusher] waits for enough rows, enough time or a waiting caller; takes a range of
/// the journal as a `FlushPlan` and makes it durable; `PlanRunner` merges the range into one block
/// for each data source, schema version and kind of rows; `TableWriter` inserts each block under a
/// token, and `SegmentWriter` each segment of a file; the position moves on; the journal is
/// trimmed; waiting callers get a [FlushOutcome].
///
/// **Threads.** The thread `flusher` does all of it; inserts go over HTTP. Callers only wait.
///
/// **Invariants.** One plan at a time, durable before its first insert. The same plan always makes
/// the same blocks under the same tokens. A row leaves the journal only when it is in its table, in
/// quarantine with the reason, or its data source is gone. A view that cannot take rows never keeps
/// them from their table; it is counted and told to those who wait.
///
/// **Not here.** Decoding rows (`ingest`), what a block is (`type`), the tables themselves
/// (`catalog`).
@Allows(rooms = {"clickhouse", "error", "ingest.file", "journal", "metrics", "thread", "type"})
@NullMarked
@CheckReturnValue
package kinglet.ingest.flush;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
