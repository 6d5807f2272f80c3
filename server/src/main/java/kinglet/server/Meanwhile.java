// SPDX-License-Identifier: Apache-2.0
package kinglet.server;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import kinglet.thread.Threads;

/// A part of the server that is made on a thread of its own while others are.
final class Meanwhile<T extends AutoCloseable> implements AutoCloseable {
  private final FutureTask<T> made;

  private Meanwhile(FutureTask<T> made) {
    this.made = made;
  }

  static <T extends AutoCloseable> Meanwhile<T> make(String name, Callable<T> part) {
    FutureTask<T> made = new FutureTask<>(part);
    Thread _ = Threads.platform("start-" + name, made);
    return new Meanwhile<>(made);
  }

  /// Waits for the part; fails as making it did.
  T get() {
    try {
      return made.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException("a part of the server could not be made", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the server starts", e);
    }
  }

  /// Closes the part, if it came to be; whoever needed it was told if it did not.
  @Override
  public void close() {
    try {
      made.get().close();
    } catch (ExecutionException _) {
      // There is nothing to close.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the server stops", e);
    } catch (Exception e) {
      throw new IllegalStateException("a part of the server did not stop well", e);
    }
  }
}
