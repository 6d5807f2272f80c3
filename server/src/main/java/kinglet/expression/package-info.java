// SPDX-License-Identifier: Apache-2.0
/// Scalar SQL expressions over rows, with ClickHouse's semantics.
///
/// **The path.** [ExpressionParser] reads a text into an [Expression]; [Compiler] gives it types
/// and makes a [Compiled] of it, from which each thread takes an [Evaluator] of its own; the
/// evaluator reads a [Row] and fills a [kinglet.value.Slot].
///
/// **Threads.** An [Evaluator] belongs to one thread. The others are immutable.
///
/// **Invariants.** Types, results, overflow and NULLs are ClickHouse's; where they are not, the
/// function's page says so. An expression is a function of the row alone.
///
/// **Not here.** Aggregation (`aggregate`), windows and SELECTs (`feature`).
@Allows(
    rooms = {"error", "sql", "type", "value"},
    libraries = {
      "com.google.re2j",
      "com.uber.h3core",
      "tools.jackson.core",
      "tools.jackson.core.json"
    })
@NullMarked
@CheckReturnValue
package kinglet.expression;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
