// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.flush;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Failures of the flusher that a caller can see.
public enum FlushError implements ErrorCode {
  /// An insert is half done and cannot be finished now, so tables must not change.
  FLUSH_IN_DOUBT(ErrorKind.OVERLOADED);

  private final ErrorKind kind;

  FlushError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
