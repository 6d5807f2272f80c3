// SPDX-License-Identifier: Apache-2.0
/// The `kinglet` commands.
///
/// **The path.** [KingletCommand] names the commands; each is a class that parses its options,
/// calls a running server through [ApiClient], and prints to its [Console]. [StartCommand],
/// [DemoCommand] and [ProjectTest] start a server of their own through [ServerStarter].
///
/// **Threads.** The main thread; the demo's feeder sends from virtual threads.
///
/// **Invariants.** Answers go to standard output, everything else to standard error. Exit status 0
/// means done, 1 refused or failed, 2 wrong usage. Without a terminal nothing is redrawn or
/// coloured.
///
/// **Not here.** Building and finding the JDK: the launcher script does that before Java starts.
@Allows(
    rooms = {"config", "error", "thread", "time"},
    libraries = {"org.snakeyaml.engine", "picocli", "tools.jackson"})
@NullMarked
@CheckReturnValue
package kinglet.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
