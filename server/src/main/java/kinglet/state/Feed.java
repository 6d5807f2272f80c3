// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Hands events to the shards in their order. [#add], [#publish] and [#settle] belong to one
/// thread; any thread may [#await].
public final class Feed implements EventSink {
  /// Events a shard gets before the next [#publish], so that a large group is applied while it is
  /// still read.
  private static final int BUFFER_EVENTS_MAX = 4_096;

  private final List<Shard> shards;
  private final EventBuffer[] buffers;
  private final AtomicLongArray applied;

  /// Buffers that were sent to each shard, and those that it has applied.
  private final long[] sent;

  private final AtomicLongArray taken;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final AtomicInteger waiting = new AtomicInteger();
  private long publishedSeq;

  private final boolean mayWait;

  /// @param mayWait whether events of entities that are not in memory are left for later
  Feed(List<Shard> shards, long seq, boolean mayWait) {
    this.mayWait = mayWait;
    this.shards = List.copyOf(shards);
    this.buffers = new EventBuffer[shards.size()];
    Arrays.setAll(buffers, _ -> new EventBuffer());
    this.applied = new AtomicLongArray(shards.size());
    this.sent = new long[shards.size()];
    this.taken = new AtomicLongArray(shards.size());
    for (int shard = 0; shard < shards.size(); shard++) {
      applied.set(shard, seq);
    }
    this.publishedSeq = seq;
  }

  boolean mayWait() {
    return mayWait;
  }

  /// Takes a view that has everything published so far, so that checkpoints know until where it is
  /// fed; from now on it gets its events from this feed.
  public void attach(ViewState view) {
    view.attach(this);
  }

  /// Adds an event of a view; it becomes visible some time before the next [#publish] is applied.
  /// Sequence numbers of a view's events do not decrease.
  @Override
  public void add(ViewState view, Event event) {
    long hash = KeyHash.of(event.key(), event.keyOffset(), event.keyLength());
    int shard = KeyHash.shard(hash, shards.size());
    if (view.isRestored(shard, event.seq())) {
      return;
    }
    buffers[shard].add(view, event, hash);
    if (buffers[shard].events() >= BUFFER_EVENTS_MAX) {
      send(shard, publishedSeq);
    }
  }

  /// Says that every event up to a sequence number has been added.
  public void publish(long seq) {
    if (seq < publishedSeq) {
      throw new IllegalArgumentException(seq + " after " + publishedSeq);
    }
    publishedSeq = seq;
    for (int shard = 0; shard < shards.size(); shard++) {
      send(shard, seq);
    }
  }

  private void send(int shard, long seq) {
    EventBuffer full = buffers[shard];
    buffers[shard] = full.another();
    sent[shard]++;
    shards.get(shard).take(full, this, seq);
  }

  /// Waits until every event that was added is visible, whatever is still to be added under its
  /// sequence number; `false` if it is not in time.
  public boolean settle(Duration timeout) throws InterruptedException {
    for (int shard = 0; shard < shards.size(); shard++) {
      if (buffers[shard].events() > 0) {
        send(shard, publishedSeq);
      }
    }
    return await(this::isSettled, timeout);
  }

  private boolean isSettled() {
    for (int shard = 0; shard < sent.length; shard++) {
      if (taken.get(shard) < sent[shard]) {
        return false;
      }
    }
    return true;
  }

  /// Everything up to this sequence number is visible to reads.
  public long appliedSeq() {
    long lowest = Long.MAX_VALUE;
    for (int shard = 0; shard < shards.size(); shard++) {
      lowest = Math.min(lowest, applied.get(shard));
    }
    return lowest;
  }

  /// What a shard has applied.
  long appliedSeq(int shard) {
    return applied.get(shard);
  }

  /// Waits until everything up to a sequence number is visible; `false` if it is not in time.
  public boolean await(long seq, Duration timeout) throws InterruptedException {
    return await(() -> appliedSeq() >= seq, timeout);
  }

  private boolean await(BooleanSupplier reached, Duration timeout) throws InterruptedException {
    if (reached.getAsBoolean()) {
      return true;
    }
    long nanos = timeout.toNanos();
    lock.lockInterruptibly();
    waiting.incrementAndGet();
    try {
      while (!reached.getAsBoolean()) {
        if (nanos <= 0) {
          return false;
        }
        nanos = advanced.awaitNanos(nanos);
      }
      return true;
    } finally {
      waiting.decrementAndGet();
      lock.unlock();
    }
  }

  void applied(int shard, long seq) {
    applied.set(shard, seq);
    taken.getAndIncrement(shard);
    if (waiting.get() > 0) {
      lock.lock();
      try {
        advanced.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
