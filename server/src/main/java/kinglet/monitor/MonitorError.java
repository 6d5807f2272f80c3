// SPDX-License-Identifier: Apache-2.0
package kinglet.monitor;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with the run of a monitor.
public enum MonitorError implements ErrorCode {
  /// No monitor has the name.
  UNKNOWN_MONITOR(ErrorKind.NOT_FOUND),
  /// A run of the monitor has not ended.
  MONITOR_RUNNING(ErrorKind.CONFLICT),
  /// What the monitor watches, or its reference, is not there.
  NOTHING_TO_COMPARE(ErrorKind.INVALID);

  private final ErrorKind kind;

  MonitorError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
