// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.time.Duration;
import kinglet.error.PlatformException;

/// How long a read may take.
///
/// @param partial whether rows that were not read in time are left out, or else fail the read
record ReadBudget(long endNanos, boolean partial) {
  static ReadBudget of(Duration timeout, boolean partial) {
    return new ReadBudget(System.nanoTime() + timeout.toNanos(), partial);
  }

  /// Whether the time is over and the rows that are left are not read.
  boolean isSpent() {
    if (System.nanoTime() < endNanos) {
      return false;
    }
    if (!partial) {
      throw new PlatformException(
          FeatureError.READ_TOO_SLOW,
          "the read took longer than it may; ask for fewer keys, or for those that are read in time"
              + " with \"partial\": true");
    }
    return true;
  }
}
