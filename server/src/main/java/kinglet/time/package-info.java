// SPDX-License-Identifier: Apache-2.0
/// Time as a value that is handed in.
///
/// **The path.** Calendar time comes from a [java.time.InstantSource] given by `server`;
/// [MicrosClock] turns it into microseconds that never run backwards.
///
/// **Threads.** Safe from any thread.
///
/// **Invariants.** [MicrosClock] is non-decreasing, whatever the machine's clock does.
///
/// **Not here.** Event time: it comes with the rows.
@Allows
@NullMarked
@CheckReturnValue
package kinglet.time;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
