// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.util.List;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import kinglet.error.PlatformException;
import kinglet.thread.Threads;

/// The keys that one thread owns, over all views: applies what arrives in its queue.
final class Shard {
  /// Buffers of events that may wait; whoever feeds more waits too.
  private static final int BUFFERS_MAX = 64;

  /// Entities the sweep looks at after each buffer, and when memory is short.
  private static final int SWEEP_PLACES = 256;

  private static final int SWEEP_PLACES_SHORT = 16_384;
  private static final long CALL_SECONDS_MAX = 30;

  private final int index;
  private final long bytesMax;
  private final BlockingDeque<Work> queue = new LinkedBlockingDeque<>();
  private final Semaphore room = new Semaphore(BUFFERS_MAX);
  private final List<ViewState> views = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;

  private sealed interface Work {
    record Events(EventBuffer events, Feed feed, long seq) implements Work {}

    record Call(Runnable call) implements Work {}

    record Stop() implements Work {}
  }

  Shard(int index, long bytesMax) {
    this.index = index;
    this.bytesMax = bytesMax;
    this.thread = Threads.platform("state-" + index, this::run);
  }

  void add(ViewState view) {
    views.add(view);
  }

  void remove(ViewState view) {
    views.remove(view);
  }

  void take(EventBuffer events, Feed feed, long seq) {
    try {
      room.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(StateError.STATE_CLOSED, "the server is stopping", e);
    }
    queue.addLast(new Work.Events(events, feed, seq));
  }

  /// Runs something on the shard's thread before what waits, and waits for it.
  <T> T call(Supplier<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    if (stopped) {
      throw new PlatformException(StateError.STATE_CLOSED, "the server is stopping");
    }
    queue.addFirst(
        new Work.Call(() -> {
          try {
            boolean unused = result.complete(call.get());
          } catch (RuntimeException e) {
            boolean unused = result.completeExceptionally(e);
          }
        }));
    try {
      return result.get(CALL_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof PlatformException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new PlatformException(StateError.STATE_CLOSED, "the server is stopping", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PlatformException(StateError.STATE_CLOSED, "the server is stopping", e);
    }
  }

  void stop() {
    stopped = true;
    queue.addLast(new Work.Stop());
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
          events.apply(index, feed.mayWait());
          feed.applied(index, seq);
          room.release();
          if (events.events() > 0) {
            sweep(events.events());
          }
        }
        case Work.Call(Runnable call) -> call.run();
        case Work.Stop() -> {
          return;
        }
      }
    }
  }

  long bytes() {
    long bytes = 0;
    for (ViewState view : views) {
      bytes += view.shard(index).bytes();
    }
    return bytes;
  }

  /// Lets entities go until memory is enough or all were looked at twice: what was used since the
  /// round before stays.
  void relieve() {
    long places = 0;
    for (ViewState view : views) {
      places = Math.max(places, view.shard(index).places());
    }
    boolean isShort = true;
    for (long swept = 0; isShort && swept < 2 * places; swept += SWEEP_PLACES_SHORT) {
      isShort =
          call(() -> {
            sweep(0);
            return bytes() > bytesMax;
          });
    }
  }

  /// Looks at some entities more of each view; on the shard's thread.
  ///
  /// @param events that came in, or entities that were read, since the last time
  void sweep(int events) {
    int places = bytes() > bytesMax ? SWEEP_PLACES_SHORT : SWEEP_PLACES + events;
    for (ViewState view : views) {
      ViewShard shard = view.shard(index);
      long excess = bytes() - bytesMax;
      shard.sweep(places, Math.clamp(excess, 0, shard.bytes()));
    }
  }
}
