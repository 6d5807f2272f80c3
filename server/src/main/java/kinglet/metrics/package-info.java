// SPDX-License-Identifier: Apache-2.0
/// Meters of the product, in Prometheus text.
///
/// **The path.** `server` makes one [Metrics]; rooms take a [Counter], a [Timer] or hand in a gauge
/// once, at construction; the edge answers `/metrics` from [Metrics#scrape].
///
/// **Threads.** Safe from any thread; meters are lock-free.
///
/// **Invariants.** Names are lower case with dots. Tags carry resource names, never values chosen
/// by callers, and the number of series has a cap.
///
/// **Not here.** Logs of events of the product's life, and the query log.
@Allows(libraries = {"io.micrometer"})
@NullMarked
@CheckReturnValue
package kinglet.metrics;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
