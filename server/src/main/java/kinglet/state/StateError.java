// SPDX-License-Identifier: Apache-2.0
package kinglet.state;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Failures of the state of features.
public enum StateError implements ErrorCode {
  /// The time that is asked for lies before what the view keeps; the message says how far back it
  /// reaches.
  AS_OF_TOO_OLD(ErrorKind.INVALID),
  /// The server is stopping.
  STATE_CLOSED(ErrorKind.OVERLOADED),
  /// The disk below the state of features cannot be read.
  STATE_UNREADABLE(ErrorKind.INTERNAL),
  /// The disk below the state of features cannot be written.
  STATE_UNWRITABLE(ErrorKind.INTERNAL),
  /// An entity in the state of features is damaged.
  STATE_CORRUPT(ErrorKind.INTERNAL);

  private final ErrorKind kind;

  StateError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
