// SPDX-License-Identifier: Apache-2.0
/// The durable, totally ordered log of accepted rows.
///
/// **The path.** A caller hands [JournalEntry] values to [Journal#append]; they wait in the
/// `CommitQueue`; the thread `journal-writer` takes everything that is waiting, gives rows their
/// sequence numbers and one ingestion time, writes one batch to the `JournalStore`, syncs it once,
/// tells the [JournalListener]s and releases the callers. A reader opens a [JournalCursor]; the
/// flusher trims what nobody needs any more.
///
/// **Threads.** `journal-writer` alone writes and owns the next sequence number. Callers wait
/// without native calls, so they may be virtual threads. Cursors belong to the platform thread that
/// opened them.
///
/// **Invariants.** What `append` returned for is on disk. Sequence numbers have no gap and are
/// never given twice; ingestion times never decrease with them. After a failed write or fsync
/// nothing is accepted any more. Nothing is visible to a cursor or listener before its fsync. The
/// layout is in `docs/formats.md`.
///
/// **Not here.** What a payload holds (`type`), moving entries to ClickHouse (`ingest`).
@Allows(
    rooms = {"error", "time", "thread", "metrics"},
    libraries = {"org.rocksdb"})
@NullMarked
@CheckReturnValue
package kinglet.journal;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
