// SPDX-License-Identifier: Apache-2.0
/// The proof that a value of a feature is what its definition says.
///
/// **The path.** [Verification] makes one random [Case] after the other: a schema, a view, events
/// and reads. [EngineRun] answers the reads by the code that serves features, [NaiveModel] by
/// recomputing each value from all events, [ClickHouseModel] by ClickHouse over the stored rows.
/// What differs is made small by [Shrinker] and reported as a [Difference].
///
/// **Threads.** Cases are independent: each is run by one thread, several at once.
///
/// **Invariants.** A seed names the same cases on every machine, whatever the number of threads.
/// The models share no code with rooms `state`, `aggregate` and `expression`.
///
/// **Not here.** The command (`cli`), the serving code (`feature`, `state`).
@Allows(
    rooms = {
      "catalog",
      "clickhouse",
      "error",
      "expression",
      "feature",
      "metrics",
      "state",
      "thread",
      "type",
      "value"
    })
@NullMarked
@CheckReturnValue
package kinglet.proof;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
