// SPDX-License-Identifier: Apache-2.0
package kinglet.query;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import kinglet.error.PlatformException;

/// How many queries each workspace runs now. Thread-safe.
final class QuerySlots {
  private final int max;
  private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();

  QuerySlots(int max) {
    this.max = max;
  }

  /// Takes a place; whoever got it calls [#leave] once.
  void enter(String workspaceId) {
    AtomicInteger count = running.computeIfAbsent(workspaceId, _ -> new AtomicInteger());
    if (count.incrementAndGet() > max) {
      count.decrementAndGet();
      throw new PlatformException(
          QueryError.TOO_MANY_QUERIES,
          "The workspace runs " + max + " queries already; send the query again in a second",
          Map.of("retry_after", "1", "limit", Integer.toString(max)),
          null);
    }
  }

  void leave(String workspaceId) {
    AtomicInteger count = running.get(workspaceId);
    if (count == null || count.decrementAndGet() < 0) {
      throw new IllegalStateException("a place was given back twice");
    }
  }

  int running() {
    return running.values().stream().mapToInt(AtomicInteger::get).sum();
  }
}
