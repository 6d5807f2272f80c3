// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import java.time.Duration;

/// How the state of features is kept.
///
/// @param shards how many threads own keys
/// @param memoryBytesMax above this, entities that were not used lately leave memory, if there is a
///   store
/// @param checkpointInterval how long what changed may wait for being written
public record StateSettings(int shards, long memoryBytesMax, Duration checkpointInterval) {
  public StateSettings {
    if (shards < 1 || memoryBytesMax < 0 || !checkpointInterval.isPositive()) {
      throw new IllegalArgumentException(
          shards + " shards, " + memoryBytesMax + " bytes, every " + checkpointInterval);
    }
  }
}
