// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The bytes that wait in a queue, for those who wait until there is room for more. Safe from any
/// thread.
final class QueuedBytes {
  private final long max;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private volatile long bytes;

  /// @param max there is room while less is in the queue
  QueuedBytes(long max) {
    this.max = max;
  }

  /// What is accepted is never refused here: who brings it has waited for room.
  void add(long more) {
    change(more);
  }

  void remove(long done) {
    change(-done);
  }

  private void change(long by) {
    lock.lock();
    try {
      bytes += by;
      if (bytes < max) {
        room.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  long bytes() {
    return bytes;
  }

  /// Waits for room; `false` if there is none in time.
  boolean awaitRoom(Duration timeout) throws InterruptedException {
    if (bytes < max) {
      return true;
    }
    lock.lockInterruptibly();
    try {
      long left = timeout.toNanos();
      while (bytes >= max) {
        if (left <= 0) {
          return false;
        }
        left = room.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
