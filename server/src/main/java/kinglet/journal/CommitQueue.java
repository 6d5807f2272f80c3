// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Requests waiting for the next group: many producers, one consumer, bounded.
///
/// The bounds hold for appends; the few other requests come from the platform itself and must get
/// through when appends fill the queue, because trimming is what empties it.
final class CommitQueue {
  private final int requestsMax;
  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();

  @GuardedBy("lock")
  private final ArrayDeque<CommitRequest> waiting = new ArrayDeque<>();

  @GuardedBy("lock")
  private long bytes;

  @GuardedBy("lock")
  private boolean closed;

  enum Offered {
    TAKEN,
    FULL,
    CLOSED
  }

  CommitQueue(int requestsMax, long bytesMax) {
    this.requestsMax = requestsMax;
    this.bytesMax = bytesMax;
  }

  Offered offer(CommitRequest request) {
    lock.lock();
    try {
      if (closed) {
        return Offered.CLOSED;
      }
      if (request instanceof CommitRequest.Append
          && (waiting.size() >= requestsMax || bytes + request.bytes() > bytesMax)) {
        return Offered.FULL;
      }
      waiting.add(request);
      bytes += request.bytes();
      arrived.signal();
      return Offered.TAKEN;
    } finally {
      lock.unlock();
    }
  }

  /// Everything that waits, up to `groupBytesMax` but at least one request; waits for the first.
  /// Empty when the queue is closed and drained.
  List<CommitRequest> takeGroup(long groupBytesMax) {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        arrived.awaitUninterruptibly();
      }
      List<CommitRequest> group = new ArrayList<>(waiting.size());
      long groupBytes = 0;
      while (!waiting.isEmpty()
          && (group.isEmpty() || groupBytes + waiting.getFirst().bytes() <= groupBytesMax)) {
        CommitRequest request = waiting.removeFirst();
        groupBytes += request.bytes();
        group.add(request);
      }
      bytes -= groupBytes;
      return group;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return waiting.size();
    } finally {
      lock.unlock();
    }
  }

  /// Refuses further requests; those that wait are still taken.
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }
}
