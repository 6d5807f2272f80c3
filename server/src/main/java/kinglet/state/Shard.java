// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;

/// The keys that one thread owns, over all views: applies what arrives in its queue.
final class Shard {
  /// Buffers that may wait; whoever feeds more waits too.
  private static final int QUEUE_MAX = 64;

  private final int index;
  private final BlockingQueue<Work> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread thread;

  private sealed interface Work {
    record Events(EventBuffer events, Feed feed, long seq) implements Work {}

    record Stop() implements Work {}
  }

  Shard(int index) {
    this.index = index;
    this.thread = Threads.platform("state-" + index, this::run);
  }

  void take(EventBuffer events, Feed feed, long seq) {
    put(new Work.Events(events, feed, seq));
  }

  void stop() {
    put(new Work.Stop());
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void put(Work work) {
    try {
      queue.put(work);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(StateError.STATE_CLOSED, "the server is stopping", e);
    }
  }

  private void run() {
    while (true) {
      Work work;
      try {
        work = queue.take();
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts a shard", e);
      }
      switch (work) {
        case Work.Events(EventBuffer events, Feed feed, long seq) -> {
          events.apply(index);
          feed.applied(index, seq);
        }
        case Work.Stop() -> {
          return;
        }
      }
    }
  }
}
