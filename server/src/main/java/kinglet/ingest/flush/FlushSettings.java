// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import java.time.Duration;

/// Pace and bounds of the flusher.
///
/// @param interval longest a row waits for its insert to begin
/// @param bytesMax bytes that the entries of one plan take in memory; that much waiting begins a
///   plan at once
/// @param rowsMax rows of one plan; that many waiting begin a plan at once
/// @param insertTimeout longest a single insert may take
/// @param patience how long a failure inside a view that may pass by itself holds up the rows
/// @param backoffMin first pause after a failure that passes by itself; doubles up to `backoffMax`
public record FlushSettings(
    Duration interval,
    long bytesMax,
    long rowsMax,
    Duration insertTimeout,
    Duration patience,
    Duration backoffMin,
    Duration backoffMax) {

  /// Only a flusher that is behind comes this far, and then fewer, larger inserts catch up sooner:
  /// views make fewer rows, and parts fewer merges.
  private static final long STANDARD_ROWS_MAX = 4_000_000;

  /// The settings a server starts with unless configured otherwise.
  public static FlushSettings standard() {
    return new FlushSettings(
        Duration.ofSeconds(1),
        64L << 20,
        STANDARD_ROWS_MAX,
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        Duration.ofMillis(100),
        Duration.ofSeconds(2));
  }
}
