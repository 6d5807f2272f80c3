// SPDX-License-Identifier: Apache-2.0
/// ClickHouse's data types, the schema of a data source, and blocks: rows as typed columns.
///
/// **The path.** [DataType] is what a column's type text means ([TypeParser] reads it); a [Schema]
/// lists the [Column]s of a data source; rows on their way from a request to a table are a [Block],
/// whose columns are streams of bytes; [BlockCodec] is its form in the journal; [BlockMerger] makes
/// one large block of many small ones without copying their bytes.
///
/// **Threads.** Everything is immutable but [BlockMerger] and [Bytes], which belong to the one
/// thread that fills them.
///
/// **Invariants.** The merger of two blocks of one schema is the concatenation of their streams,
/// one by one. `DataType.parse(type.sql())` equals `type`.
///
/// **Not here.** Reading rows into blocks is in `ingest`, writing blocks to ClickHouse in
/// `clickhouse`.
@Allows(rooms = {"error"})
@NullMarked
@CheckReturnValue
package kinglet.type;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
