// SPDX-License-Identifier: Apache-2.0
package kinglet.ingest.file;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with a file as a whole; single rows go to quarantine instead.
public enum FileError implements ErrorCode {
  /// It is not what its format says, or ClickHouse cannot read it.
  UNREADABLE_FILE(ErrorKind.INVALID),
  /// Its columns are not those of the data source.
  FILE_SCHEMA_MISMATCH(ErrorKind.INVALID),
  /// It has more bytes than a file may have.
  FILE_TOO_LARGE(ErrorKind.TOO_LARGE),
  /// The server does not fetch from this URL.
  URL_REFUSED(ErrorKind.INVALID),
  /// There is no file at this URL, or its server does not give it.
  URL_UNREACHABLE(ErrorKind.UPSTREAM),
  /// There is no room on the server's disk to keep it until its rows are stored.
  NO_ROOM_FOR_FILE(ErrorKind.OVERLOADED);

  private final ErrorKind kind;

  FileError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
