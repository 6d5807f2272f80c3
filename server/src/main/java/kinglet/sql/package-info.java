// SPDX-License-Identifier: Apache-2.0
/// What must be understood of ClickHouse SQL: its tokens, and which tables a query names.
///
/// **The path.** [Sql#lex] cuts a text into tokens as ClickHouse does; [SqlReferences#of] walks the
/// structure of one SELECT or EXPLAIN and finds every table reference, function, setting and
/// parameter; [SqlReferences#replaceTables] puts other texts in the place of references;
/// [Sql#plain] writes a query so that only one reading of it is possible.
///
/// **Threads.** Pure functions over immutable values.
///
/// **Invariants.** What is not understood is refused, never passed over. A name that a common table
/// expression defines is never taken for a table. `replaceTables` changes nothing but references.
///
/// **Not here.** Whether a caller may read a table is decided in `query`; what a name stands for,
/// in `catalog`; whether the SQL is right, by ClickHouse.
@Allows(rooms = "error")
@NullMarked
@CheckReturnValue
package kinglet.sql;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
