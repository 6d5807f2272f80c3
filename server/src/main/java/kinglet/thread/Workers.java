// SPDX-License-Identifier: Apache-2.0
package kinglet.thread;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Does pieces of work side by side.
public final class Workers {
  /// What is done at once: a share of a history keeps connections while it is replayed.
  public static final int COUNT = 2;

  private Workers() {}

  /// Ends when all are done, or fails as the first that failed when those under way have ended.
  ///
  /// @param name of the threads
  public static <T> void run(String name, List<T> pieces, Consumer<T> work) {
    Queue<T> left = new ConcurrentLinkedQueue<>(pieces);
    int count = Math.min(pieces.size(), COUNT);
    if (count <= 1) {
      pieces.forEach(work);
      return;
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(count, Threads.platformFactory(name))) {
      List<Future<?>> workers =
          IntStream.range(0, count)
              .<Future<?>>mapToObj(_ -> threads.submit(() -> drain(left, work)))
              .toList();
      for (Future<?> worker : workers) {
        await(worker);
      }
    }
  }

  private static <T> void drain(Queue<T> left, Consumer<T> work) {
    try {
      for (T piece = left.poll(); piece != null; piece = left.poll()) {
        work.accept(piece);
      }
    } finally {
      // Nobody begins another piece after one that failed.
      left.clear();
    }
  }

  private static void await(Future<?> worker) {
    try {
      Object _ = worker.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
