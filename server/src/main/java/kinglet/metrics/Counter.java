// SPDX-License-Identifier: Apache-2.0
package kinglet.metrics;

/// Counts upwards; safe from any thread.
public interface Counter {
  void add(long amount);

  default void increment() {
    add(1);
  }

  long count();
}
