// SPDX-License-Identifier: Apache-2.0
/// One value of a ClickHouse type at a time, without boxes: what expressions and aggregations work
/// on.
///
/// **The path.** [Shape] says how values of a type are held; a [Slot] holds one of them and is used
/// again and again; a [ListValue], [MapValue] or [TupleValue] is the content of a slot whose type
/// is made of others; a [Literal] is a constant of a SQL text.
///
/// **Threads.** A [Slot] belongs to one thread. The others are immutable.
///
/// **Not here.** Columns of many rows are in `type`.
@Allows(rooms = {"error", "type"})
@NullMarked
@CheckReturnValue
package kinglet.value;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
