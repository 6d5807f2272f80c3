// SPDX-License-Identifier: Apache-2.0
/// Proves that what was served is what history says: reads that were written down are computed
/// again by replaying the rows they saw, and compared bit by bit.
///
/// **The path.** [Verifications] lets a job verify a feature view or the views of a service.
/// [ServedReads] brings the reads of a view in the order of the journal: those that were written
/// down, or those of all keys as of now, which [KeyReads] makes; [ViewCheck] lets a
/// [kinglet.feature.Replay] go along with them and compares; a [Tally] counts for each feature, and
/// keeps the first differences, with the [EventsBehind] them. What a service computes of its views
/// is compared by a [ServiceCheck].
///
/// **Threads.** A job verifies one [Part] after the other, and two shares of it at once, each with
/// a replay and a tally of its own. [VerificationSchedule] has a thread that submits such jobs.
///
/// **Invariants.** A read is equal if it is that of a prefix of the journal between what was
/// applied before it and what was accepted after it. Nothing is left out silently: what cannot be
/// recomputed is counted. A share that was compared is in the [VerificationStore] and is not
/// compared again, whatever interrupts the job.
///
/// **Not here.** Which reads are written down (`feature`, `observe`), and how features are computed
/// (`feature`).
@Allows(
    rooms = {
      "catalog",
      "clickhouse",
      "database",
      "error",
      "feature",
      "job",
      "journal",
      "sql",
      "state",
      "thread",
      "type"
    },
    libraries = {"java.sql", "org.jdbi.v3", "tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.verification;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
