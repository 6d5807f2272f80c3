// SPDX-License-Identifier: Apache-2.0
/// Rows of a data source one after the other, as expressions read them.
///
/// **The path.** [EventRows] passes over rows in the order of their sequence numbers: [BlockRows]
/// over a block of the journal, [StoredRows] over an answer of ClickHouse. A [ColumnCursor] reads
/// the values of one column.
///
/// **Threads.** Each belongs to one thread.
///
/// **Invariants.** A row has the same values whether it comes from the journal or from ClickHouse.
///
/// **Not here.** What is computed of rows (`feature`).
@Allows(rooms = {"error", "expression", "type", "value"})
@NullMarked
@CheckReturnValue
package kinglet.feature.row;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
