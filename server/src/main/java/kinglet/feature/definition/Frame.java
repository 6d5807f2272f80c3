// SPDX-License-Identifier: Apache-2.0
package kinglet.feature.definition;

/// Which events before the time of a read a window holds.
public sealed interface Frame {
  /// Those of the last `micros` microseconds, the first instant included.
  record Range(long micros) implements Frame {}

  /// All of them.
  record Unbounded() implements Frame {}

  /// The last `preceding + 1` of them.
  record Rows(int preceding) implements Frame {}
}
