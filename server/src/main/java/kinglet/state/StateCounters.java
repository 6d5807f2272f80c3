// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.metrics.Counter;
import kinglet.metrics.Metrics;

/// What is counted of the events of a view.
///
/// @param late events that no window can see any more; ignored
/// @param future events whose time lies after their ingestion
/// @param outOfOrder events older than the event before them
record StateCounters(Counter late, Counter future, Counter outOfOrder) {
  static StateCounters of(Metrics metrics, String view) {
    return new StateCounters(
        metrics.counter("state.late.events", "view", view),
        metrics.counter("state.future.events", "view", view),
        metrics.counter("state.unordered.events", "view", view));
  }

  /// Counters that nobody reads.
  static StateCounters unregistered() {
    return new StateCounters(new Plain(), new Plain(), new Plain());
  }

  /// Counts on one thread.
  private static final class Plain implements Counter {
    private long count;

    @Override
    public void add(long amount) {
      count += amount;
    }

    @Override
    public long count() {
      return count;
    }
  }
}
