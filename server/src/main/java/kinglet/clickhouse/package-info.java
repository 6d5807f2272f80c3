// SPDX-License-Identifier: Apache-2.0
/// What the platform says to ClickHouse, embedded or not, over its HTTP protocol.
///
/// **The path.** A [Statement] or an [InsertTarget] with an [InsertBody] goes to [ClickHouse],
/// whose one implementation is [HttpClickHouse]; it answers an [Answer] that streams. Requests go
/// over the kept connections of a `ConnectionPool`, in blocking code on the caller's thread.
/// [EngineSupervisor] starts the engine process, watches it through [EngineProcess] and hands out a
/// client of whichever engine runs now.
///
/// **Threads.** The client is safe from any thread and meant for virtual ones: it waits for
/// sockets, never for native code. The supervisor owns one platform thread, the only one that
/// starts or kills an engine.
///
/// **Invariants.** Every call has a timeout. What was sent is never sent again. Every failure is a
/// [ClickHouseError]. While the engine is away a call fails at once with `engine-unavailable`. At
/// most one engine process lives for a data directory.
///
/// **Not here.** The engine process itself is the module `engine`. What the SQL may touch is
/// decided in `query`; the engine only refuses what no reader may ever do.
@Allows(rooms = {"error", "metrics", "thread", "type"})
@NullMarked
@CheckReturnValue
package kinglet.clickhouse;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
