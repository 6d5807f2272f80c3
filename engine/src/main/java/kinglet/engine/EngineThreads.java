// SPDX-License-Identifier: Apache-2.0
package kinglet.engine;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Makes every thread of this process. A thread that dies of what nobody caught ends the process:
/// the supervisor starts a fresh one.
final class EngineThreads {
  static final int FATAL_STATUS = 70;

  private EngineThreads() {}

  static Thread start(String name, Runnable body) {
    return Thread.ofPlatform()
        .name(name)
        .daemon(true)
        .uncaughtExceptionHandler(EngineThreads::died)
        .start(body);
  }

  /// Threads made as needed, at most `sizeMax`; beyond that a task is refused.
  static ThreadPoolExecutor pool(String prefix, int sizeMax) {
    return new ThreadPoolExecutor(
        0,
        sizeMax,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        Thread.ofPlatform()
            .name(prefix + "-", 0)
            .daemon(true)
            .uncaughtExceptionHandler(EngineThreads::died)
            .factory());
  }

  private static void died(Thread thread, Throwable cause) {
    System.Logger log = System.getLogger(EngineThreads.class.getName());
    log.log(System.Logger.Level.ERROR, "thread " + thread.getName() + " died", cause);
    Libc.exit(FATAL_STATUS);
  }
}
