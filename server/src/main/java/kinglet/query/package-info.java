// SPDX-License-Identifier: Apache-2.0
/// Running published pipes and SQL: parameters in, the answer's bytes out.
///
/// **The path.** [Endpoints] and [SqlQueries] turn a call into one SELECT; [AccessPolicy] looks up
/// every table it names and puts qualified names in their places; [EngineConfirmation] asks the
/// engine's own parser whether it sees the same; [QueryRunner] runs it as the reader under
/// [QueryLimits] and hands on a [QueryAnswer] that streams. A query over feature views goes to
/// memory where it fixes their keys; else a [Handover] gives ClickHouse their values.
///
/// **Threads.** Everything is safe from any thread; a query runs on the caller's thread, which
/// waits for sockets only. The caches are bounded.
///
/// **Invariants.** Nothing is run that the engine's parser was not asked about. A table is read
/// only if the token, or a pipe the token may read, allows it. A query leaves room for others:
/// time, memory, bytes and the number at once are limited. Hidden columns never show.
///
/// **Not here.** What names stand for is in `catalog`; templates in `template`; tokens in `auth`.
@Allows(
    rooms = {
      "auth",
      "catalog",
      "clickhouse",
      "error",
      "feature",
      "metrics",
      "sql",
      "template",
      "time",
      "type"
    },
    libraries = "com.github.benmanes.caffeine")
@NullMarked
@CheckReturnValue
package kinglet.query;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
