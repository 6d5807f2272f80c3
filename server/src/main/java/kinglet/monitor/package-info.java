// SPDX-License-Identifier: Apache-2.0
/// Watches whether features still have the values that a reference has, and whether data sources
/// still get the rows that are expected of them; opens and resolves alerts.
///
/// **The path.** [Monitors] lets a job run a [kinglet.catalog.Monitor]: [Comparison] reads the
/// values that were served and those of the reference as [Distributions], and room `drift` says how
/// far they lie apart. [Alerts] opens and resolves what exceeds its threshold, and [Webhooks] tells
/// an address of it. [MonitorSchedule] starts what is due; [ExpectationWatch] looks at the
/// freshness and the volume of data sources.
///
/// **Threads.** Monitors run in jobs, everything else on the thread `monitors`; [Alerts] may be
/// used from any.
///
/// **Invariants.** An alert is in the database before anybody hears of it, and outlives restarts. A
/// webhook that does not answer is called again each minute, a limited number of times.
///
/// **Not here.** The files of monitors (`catalog`), and what rows have to be (`ingest`).
@Allows(
    rooms = {
      "catalog",
      "clickhouse",
      "database",
      "drift",
      "error",
      "feature",
      "job",
      "metrics",
      "thread",
      "training",
      "type"
    },
    libraries = {"org.jdbi.v3", "java.sql", "tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.monitor;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
