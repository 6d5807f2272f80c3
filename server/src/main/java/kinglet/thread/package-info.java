// SPDX-License-Identifier: Apache-2.0
/// The one factory of threads: named, with an uncaught-exception handler.
///
/// **The path.** [Threads] makes a started platform thread, a factory of them, or an executor of
/// either kind; [Workers] do pieces of work side by side.
///
/// **Threads.** Safe from any thread.
///
/// **Invariants.** No thread of the product is made elsewhere. A thread that dies of an exception
/// is logged with its name, and the hook of [Threads#onFatal] hears of it.
///
/// **Not here.** What runs on the threads, and the bounded queues in front of them.
@Allows
@NullMarked
@CheckReturnValue
package kinglet.thread;

import com.google.errorprone.annotations.CheckReturnValue;
import kinglet.Allows;
import org.jspecify.annotations.NullMarked;
