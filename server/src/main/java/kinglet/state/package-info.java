// SPDX-License-Identifier: Apache-2.0
/// The state of features: what is kept of each entity's events, and its values at a time.
///
/// **The path.** A [StateLayout] says what a view keeps. [Shards] owns the shards; [Shards#open]
/// makes a [ViewState]; a [Feed] takes [Event]s in the journal's order and hands them to the thread
/// of the shard that owns the key. A [StateReader] answers what the features of a key are at a
/// time.
///
/// **Threads.** Each shard has one thread, `state-N`, which alone changes its entities. Readers run
/// on any thread, take no lock and see whole events. A [Feed] belongs to one thread at a time, so
/// does a [StateReader].
///
/// **Invariants.** The state of an entity is a function of its events in order, and a value is a
/// function of that and of the read time: batches, threads, checkpoints and memory change nothing.
/// What `Feed#await` returned `true` for is visible to every later read.
///
/// **Not here.** How arguments are computed from rows and what a feature is called (`feature`), how
/// values are aggregated (`aggregate`).
@Allows(
    rooms = {"aggregate", "error", "metrics", "thread", "time", "type", "value"},
    libraries = {"org.rocksdb"})
@NullMarked
@CheckReturnValue
package kinglet.state;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
