// SPDX-License-Identifier: Apache-2.0
package kinglet.cli.generate;

/// A small world in which things happen. Belongs to one thread.
public interface Workload {
  /// Lets one thing happen; it may be rows of several data sources.
  ///
  /// @param micros when, in microseconds since 1970; never before the last one
  void next(long micros, Rows rows);
}
