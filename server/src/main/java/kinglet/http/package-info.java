// SPDX-License-Identifier: Apache-2.0
/// The edge: routes, tokens, limits, and how answers and errors look on the wire.
///
/// **The path.** [HttpServer] accepts; [Edge] gives the request an id, answers preflights, finds
/// the route in [Routes] and renders what fails; a route decodes, calls a room and renders. Start
/// reading at [Edge#handle].
///
/// **Threads.** One platform thread for each connection, blocking code throughout. The HTTP library
/// is known to [HttpServer], `WatchedHttp1`, `ThreadedConnection`, `ClientLine` and
/// `HelidonExchange` alone. A query's thread is interrupted when its client leaves.
///
/// **Invariants.** Every failure has a code, a message that says what would be right and a request
/// id. The message of an internal failure stays here. Every body has a limit. After the first byte
/// of an answer a failure cuts the connection.
///
/// **Not here.** What tokens allow (`auth`), how rows are decoded (`ingest`), how SQL is checked
/// and run (`query`).
@Allows(
    rooms = {
      "auth",
      "catalog",
      "clickhouse",
      "error",
      "feature",
      "ingest",
      "job",
      "metrics",
      "monitor",
      "observe",
      "query",
      "template",
      "thread",
      "time",
      "training",
      "type",
      "verification"
    },
    libraries = {
      "com.github.benmanes.caffeine",
      "io.airlift.compress",
      "io.helidon",
      "tools.jackson"
    })
@NullMarked
@CheckReturnValue
package kinglet.http;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
