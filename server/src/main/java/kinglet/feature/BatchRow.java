// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import java.util.OptionalLong;
import kinglet.state.ReadStatus;
import kinglet.value.Slot;

/// A row of a batch answer, good until the next one.
interface BatchRow {
  Slot key(int column);

  Slot value(int feature);

  /// What is known of the keys that a feature is about.
  ReadStatus status(int feature);

  /// The event time of the newest event of the row's keys.
  OptionalLong newestMicros();

  /// The status of a feature as answers have it.
  default ValueStatus valueStatus(int feature) {
    return switch (status(feature)) {
      case NOT_FOUND -> ValueStatus.NOT_FOUND;
      case EXPIRED -> ValueStatus.EXPIRED;
      case PRESENT -> value(feature).isNull() ? ValueStatus.NULL : ValueStatus.PRESENT;
    };
  }

  /// What there is of a value.
  enum ValueStatus {
    PRESENT,
    /// No value in the window.
    NULL,
    /// No event of the key until the time of the read.
    NOT_FOUND,
    /// The newest event is older than the TTL.
    EXPIRED,
    /// Not read in time.
    TIMEOUT
  }
}
