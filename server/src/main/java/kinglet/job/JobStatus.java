// SPDX-License-Identifier: Apache-2.0
package kinglet.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// How far a job is.
///
/// ```
/// WAITING -> WORKING -> DONE | ERROR
///    |          |
///    |          +-> CANCELLING -> CANCELLED | DONE | ERROR
///    +-> CANCELLED
/// ```
public enum JobStatus {
  WAITING,
  WORKING,
  /// Somebody asked for its end; the work has not heard of it yet.
  CANCELLING,
  DONE,
  ERROR,
  CANCELLED;

  public boolean ended() {
    return switch (this) {
      case WAITING, WORKING, CANCELLING -> false;
      case DONE, ERROR, CANCELLED -> true;
    };
  }

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<JobStatus> find(String wire) {
    return Arrays.stream(values()).filter(status -> status.wire().equals(wire)).findFirst();
  }
}
