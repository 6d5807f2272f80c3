// SPDX-License-Identifier: Apache-2.0
/// The wiring: builds the graph of rooms by hand, starts it and stops it.
///
/// **The path.** [KingletServer#start] reads as the start order: data directory, catalogue,
/// journal, engine, ingestion, queries, edge. Its `close` is the same order backwards.
///
/// **Threads.** One thread waits for the engine and finishes what a crash left half done; then the
/// flusher starts. The edge answers from the beginning.
///
/// **Invariants.** One server for one data directory. Nothing is flushed before the catalogue is
/// recovered. A stop drains the edge, then flushes, then closes what is below.
///
/// **Not here.** What the parts do: each is a room of its own.
@Allows(
    rooms = {
      "auth",
      "catalog",
      "cli",
      "clickhouse",
      "config",
      "database",
      "error",
      "feature",
      "http",
      "ingest",
      "job",
      "journal",
      "metrics",
      "monitor",
      "observe",
      "proof",
      "query",
      "state",
      "thread",
      "time",
      "training",
      "verification",
      "type"
    },
    libraries = {"ch.qos.logback"})
@NullMarked
@CheckReturnValue
package kinglet.server;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
