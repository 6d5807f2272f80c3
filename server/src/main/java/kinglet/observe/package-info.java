// SPDX-License-Identifier: Apache-2.0
/// What happens in workspaces, written into service data sources for their owners to query.
///
/// **The path.** The edge and the wiring hand a [ServiceRecord] to [ServiceLog#add], and counts of
/// events and of expectations to [EventCounts] and [ExpectationCounts]. Once a second the thread
/// `service-log` takes what there is and inserts it into the tables that [ServiceTables] makes.
///
/// **Threads.** [ServiceLog#add] and [EventCounts#add] may be called from any thread and never
/// wait. One platform thread owns the batches.
///
/// **Invariants.** No request waits for this room, and none fails because of it. What waits is
/// bounded; what does not fit any more is dropped and counted. A batch is inserted once, also when
/// it is not known whether an earlier attempt was. Secrets and tokens never come here.
///
/// **Not here.** What the data sources are called and who may read them: `catalog` and `query`.
@Allows(
    rooms = {"catalog", "clickhouse", "error", "metrics", "thread"},
    libraries = "tools.jackson")
@NullMarked
@CheckReturnValue
package kinglet.observe;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
