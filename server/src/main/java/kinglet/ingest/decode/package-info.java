// SPDX-License-Identifier: Apache-2.0
/// Bytes of requests and files into typed columns, and what does not fit into quarantine.
///
/// **The path.** [RowDecoder] cuts a body into rows; `JsonRowReader` walks one with a `JsonCursor`
/// and finds columns in a tree of `PathNode`s; each column's `ValueReader` turns its value into
/// bytes of the column's streams (`RowColumns`); a row that does not fit is taken back and told
/// again, with its reasons, by `QuarantineRows`. `CsvRows` does the same for CSV.
///
/// **Threads.** A decoder and everything it holds belongs to the one request that uses it.
///
/// **Invariants.** Every line is a row of a block, a row of quarantine, or empty. The hot classes
/// (`JsonCursor`, `JsonRowReader`, the readers of values) allocate nothing per row.
///
/// **Not here.** Journal and counts for the caller are in `ingest`.
@Allows(rooms = {"error", "type"})
@NullMarked
@CheckReturnValue
package kinglet.ingest.decode;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
