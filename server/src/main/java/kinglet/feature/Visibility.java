// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// Whether rows are part of what reads give. Safe from any thread.
///
/// @param router feeds most views
/// @param returns those that feed the others, which are complete
record Visibility(Router router, Set<CatchUp> returns) {
  /// Between two looks at whether somebody is still there.
  private static final Duration TURN = Duration.ofMillis(100);

  /// Waits until rows of a data source are visible to every later read; `false` if they are not in
  /// time.
  boolean await(long dataSourceId, long seq, Duration timeout) {
    long endNanos = System.nanoTime() + timeout.toNanos();
    boolean routed = false;
    try {
      while (true) {
        if (router.reads(dataSourceId)) {
          routed = true;
          if (!router.await(seq, left(endNanos))) {
            return false;
          }
        }
        Optional<CatchUp> behind =
            returns.stream()
                .filter(one -> one.reads(dataSourceId) && one.feed().appliedSeq() < seq)
                .findAny();
        if (behind.isEmpty()) {
          if (routed || !router.reads(dataSourceId)) {
            return true;
          }
        } else if (!awaited(behind.get(), seq, endNanos)) {
          return false;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Duration left(long endNanos) {
    return Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()));
  }

  /// One that is abandoned gets nowhere any more.
  private boolean awaited(CatchUp behind, long seq, long endNanos) throws InterruptedException {
    while (returns.contains(behind)) {
      Duration left = left(endNanos);
      if (behind.feed().await(seq, left.compareTo(TURN) < 0 ? left : TURN)) {
        return true;
      }
      if (left.isZero()) {
        return false;
      }
    }
    return true;
  }
}
