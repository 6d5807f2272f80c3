// SPDX-License-Identifier: Apache-2.0
package kinglet.journal;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// Failures of the journal.
public enum JournalError implements ErrorCode {
  /// A write or an fsync failed earlier; the journal accepts nothing until the next start.
  JOURNAL_FAILED(ErrorKind.OVERLOADED),
  /// The queue of appends is full.
  JOURNAL_BUSY(ErrorKind.OVERLOADED),
  /// Less disk space than the reserve is left.
  DISK_FULL(ErrorKind.OVERLOADED),
  JOURNAL_CLOSED(ErrorKind.OVERLOADED),
  /// The append was not durable in time; it may become durable later.
  JOURNAL_TIMEOUT(ErrorKind.TIMEOUT),
  APPEND_TOO_LARGE(ErrorKind.TOO_LARGE),
  /// Reading below the first retained sequence number.
  JOURNAL_TRIMMED(ErrorKind.INVALID),
  /// The disk below the journal cannot be read.
  JOURNAL_UNREADABLE(ErrorKind.INTERNAL),
  /// An entry is damaged or missing.
  JOURNAL_CORRUPT(ErrorKind.INTERNAL);

  private final ErrorKind kind;

  JournalError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
