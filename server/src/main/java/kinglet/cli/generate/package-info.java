// SPDX-License-Identifier: Apache-2.0
/// Made-up events of the examples, the same for the same seed.
///
/// **The path.** A [Workload] is asked for what happens at one moment after another and writes the
/// rows as [Rows]; [Workloads] knows them by name.
///
/// **Threads.** A workload belongs to one thread.
///
/// **Invariants.** What a workload writes is a function of its seed and of the moments it was asked
/// for. Its memory is bounded by its population, whatever the number of events.
///
/// **Not here.** Sending the rows is in `cli`.
@Allows
@NullMarked
@CheckReturnValue
package kinglet.cli.generate;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
