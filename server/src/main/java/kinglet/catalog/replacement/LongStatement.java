// SPDX-License-Identifier: Apache-2.0
package kinglet.catalog.replacement;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleConsumer;
import java.util.function.DoubleSupplier;
import kinglet.thread.Threads;

/// A statement that takes long: whoever waits hears how far it is, and may end it.
///
/// @param statement ends when its thread is interrupted
/// @param done the share of its work that is done
record LongStatement(Runnable statement, DoubleSupplier done) {
  private static final long PERIOD_MILLIS = 500;

  /// @param share hears now and then how far it is; what it throws ends the statement
  void run(DoubleConsumer share) {
    CompletableFuture<Boolean> end = new CompletableFuture<>();
    Thread thread = Threads.platform("long-statement", () -> run(end));
    try {
      while (!ended(end)) {
        share.accept(done.getAsDouble());
      }
    } catch (InterruptedException _) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      settle(end);
    } catch (RuntimeException e) {
      thread.interrupt();
      // However it ends: nobody wants it any more.
      boolean _ = end.handle((_, _) -> true).join();
      throw e;
    }
  }

  private void run(CompletableFuture<Boolean> end) {
    try {
      statement.run();
      boolean _ = end.complete(true);
    } catch (RuntimeException e) {
      boolean _ = end.completeExceptionally(e);
    }
  }

  private static boolean ended(CompletableFuture<Boolean> end) throws InterruptedException {
    try {
      return end.get(PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException _) {
      settle(end);
      return true;
    }
  }

  /// Waits for the end, and fails as the statement did.
  private static void settle(CompletableFuture<Boolean> end) {
    try {
      boolean _ = end.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }
}
