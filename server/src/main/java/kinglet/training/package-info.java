// SPDX-License-Identifier: Apache-2.0
/// Training sets: the features of keys as they were at times, by replaying history.
///
/// **The path.** [TrainingSets] takes a [TrainingRequest] and lets a job build the set: [Spine]
/// brings the rows with keys and times into a table, [ViewPass] reads each view at these times with
/// a [kinglet.feature.Replay], share by share of the entities, and [Assembly] puts spine and values
/// together. What came of it says the [Manifest].
///
/// **Threads.** One job builds one set. Everything else is safe from any thread.
///
/// **Invariants.** A set has one row for each row of its spine, in its order. A set is complete or
/// not to be read. What a crash interrupted goes on at the first share that is missing.
///
/// **Not here.** How features are computed (`feature`).
@Allows(
    rooms = {
      "catalog",
      "clickhouse",
      "database",
      "error",
      "feature",
      "feature.row",
      "ingest.file",
      "job",
      "journal",
      "sql",
      "state",
      "thread",
      "type",
      "value"
    },
    libraries = {"org.jdbi.v3", "java.sql", "tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.training;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
