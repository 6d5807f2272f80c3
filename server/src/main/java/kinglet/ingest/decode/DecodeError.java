// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.decode;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with a body of rows as a whole; single rows go to quarantine instead.
public enum DecodeError implements ErrorCode {
  /// Nothing in the body is a row.
  UNREADABLE_BODY(ErrorKind.INVALID),
  /// The data source has no JSON paths, so JSON says nothing about its columns.
  NO_JSON_PATHS(ErrorKind.INVALID),
  /// The body has more rows than a request may have.
  TOO_MANY_ROWS(ErrorKind.TOO_LARGE),
  /// The header of a CSV body names a column twice.
  REPEATED_HEADER(ErrorKind.INVALID),
  /// A row of a file is longer than a row may be, or its line has no end.
  ROW_TOO_LARGE(ErrorKind.TOO_LARGE),
  /// The rows leave out too many different sets of columns.
  TOO_MANY_SHAPES(ErrorKind.INVALID);

  private final ErrorKind kind;

  DecodeError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
