// SPDX-License-Identifier: Apache-2.0
/// The ledger and the executor of background work.
///
/// **The path.** A room hands [Jobs#submit] a [JobSpec], which says what is to be done, and a
/// [JobWork], which does it; the answer is a [Job] to look at, wait for or cancel. The work tells
/// its [JobContext] how far it is and asks it whether it was cancelled.
///
/// **Threads.** A few platform threads run the work; the rest waits in a bounded queue. [Jobs] may
/// be used from any thread; a [JobContext] belongs to the work.
///
/// **Invariants.** A job is in the ledger before its identifier is given away. A job has one end.
/// What a stop or a crash interrupted goes on at the next start where its kind says how, and is an
/// error with that reason where it does not.
///
/// **Not here.** What jobs do: `ingest` imports, `catalog` moves data.
@Allows(
    rooms = {"database", "error", "metrics", "thread"},
    libraries = {"org.jdbi.v3", "java.sql", "tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.job;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
