// SPDX-License-Identifier: Apache-2.0
package kinglet.metrics;

/// Collects durations as a histogram; safe from any thread.
@FunctionalInterface
public interface Timer {
  void recordNanos(long nanos);
}
