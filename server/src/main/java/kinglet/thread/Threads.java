// SPDX-License-Identifier: Apache-2.0
package kinglet.thread;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes every thread of the product, with a name and a handler for what nobody caught.
///
/// Native calls, files and other carrier-holding work belong on platform threads; waiting for
/// sockets, locks and futures belongs on virtual ones.
public final class Threads {
  private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

  private static final AtomicReference<FatalHook> FATAL_HOOK = new AtomicReference<>((_, _) -> {});

  private Threads() {}

  /// Told when a platform thread died of an exception nobody caught.
  @FunctionalInterface
  public interface FatalHook {
    void died(String threadName, Throwable cause);
  }

  /// Sets what hears of dead platform threads: each owns something the server can't do without.
  public static void onFatal(FatalHook hook) {
    FATAL_HOOK.set(hook);
  }

  /// A started daemon platform thread.
  public static Thread platform(String name, Runnable body) {
    return Thread.ofPlatform()
        .name(name)
        .daemon(true)
        .uncaughtExceptionHandler(Threads::died)
        .start(body);
  }

  /// A factory of daemon platform threads called `prefix-0`, `prefix-1` and so on.
  public static ThreadFactory platformFactory(String prefix) {
    return Thread.ofPlatform()
        .name(prefix + "-", 0)
        .daemon(true)
        .uncaughtExceptionHandler(Threads::died)
        .factory();
  }

  /// An executor with a daemon platform thread for each task that runs; it keeps idle ones a while.
  public static ExecutorService platformPool(String prefix) {
    return Executors.newCachedThreadPool(platformFactory(prefix));
  }

  /// An executor that starts one virtual thread for each task.
  public static ExecutorService virtual(String prefix) {
    return Executors.newThreadPerTaskExecutor(
        Thread.ofVirtual().name(prefix + "-", 0).uncaughtExceptionHandler(Threads::died).factory());
  }

  /// A scheduler on one platform thread, for short periodic work.
  public static ScheduledExecutorService scheduler(String name) {
    return Executors.newSingleThreadScheduledExecutor(platformFactory(name));
  }

  private static void died(Thread thread, Throwable cause) {
    LOG.atError().setCause(cause).addKeyValue("thread", thread.getName()).log("thread died");
    if (!thread.isVirtual()) {
      FATAL_HOOK.get().died(thread.getName(), cause);
    }
  }
}
