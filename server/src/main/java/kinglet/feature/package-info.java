// SPDX-License-Identifier: Apache-2.0
/// Feature views: compiled from their definitions, kept up to date by the journal, read by key.
///
/// **The path.** [Features] holds the views of every workspace. [ViewCompiler] makes a
/// [ViewProgram] of a definition; the thread `feature-router` takes what the journal commits, and
/// [ViewFeed] computes of each row what the shards of room `state` keep. [FeatureReads] answers the
/// values of keys at a time. An endpoint that fixes the keys of views is a [ServiceProgram], which
/// [ServiceReads] runs for many rows; to any other query a view is a [HandedTable].
///
/// **Threads.** `feature-router` alone feeds views, in the journal's order; a view that is built
/// first catches up on a thread of its own. Reads run on the caller's thread and take no lock.
///
/// **Invariants.** An ingest call is answered when its rows are visible to every later read. The
/// state of a view is a function of its definition and of a prefix of the journal.
///
/// **Not here.** SELECTs as written (`feature.definition`), the state of an entity (`state`).
@Allows(
    rooms = {
      "aggregate",
      "catalog",
      "clickhouse",
      "drift",
      "error",
      "expression",
      "journal",
      "metrics",
      "sql",
      "state",
      "thread",
      "time",
      "type",
      "value"
    },
    libraries = {"tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.feature;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
