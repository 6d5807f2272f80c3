// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.util.Optional;

/// Knows where the rows of each data source go now.
@FunctionalInterface
public interface FlushTargets {
  /// Empty when the data source was removed: its rows are discarded, and counted.
  Optional<FlushTarget> find(long dataSourceId);

  /// Hears, before the rows count as flushed, that not every view took those of a data source.
  default void viewFailed(long dataSourceId) {}
}
