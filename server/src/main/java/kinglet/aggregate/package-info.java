// SPDX-License-Identifier: Apache-2.0
/// Aggregation functions: add a row, merge two states, finish, and the bytes of a state.
///
/// **The path.** [AggregateFunctions] finds an [AggregateFunction] by name; bound to parameters and
/// argument types it is an [Aggregate], whose states stand in the rows of a [States].
///
/// **Threads.** An [Aggregate] is immutable and may be used on any thread; a [States] belongs to
/// one thread, or is never changed any more.
///
/// **Invariants.** A state of zeros without object is the empty one. What a state holds depends on
/// the order of `add` and `merge` only where floating-point sums do; what depends on the order of
/// events carries `(micros, seq)` itself. `read(write(state))` finishes as `state` does, to the
/// bit. Results follow ClickHouse with `aggregate_functions_null_for_empty = 1`.
///
/// **Not here.** Which rows belong to a window (`state`), how arguments are computed
/// (`expression`).
@Allows(rooms = {"error", "type", "value"})
@NullMarked
@CheckReturnValue
package kinglet.aggregate;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
