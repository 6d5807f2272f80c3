// SPDX-License-Identifier: Apache-2.0
package kinglet.database;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can go wrong with the database of the catalogue.
public enum DatabaseError implements ErrorCode {
  /// The catalogue's database failed.
  DATABASE_FAILED(ErrorKind.INTERNAL),
  /// Too many calls wait for the catalogue, or it is slow; try again shortly.
  DATABASE_BUSY(ErrorKind.OVERLOADED),
  /// The server is stopping.
  DATABASE_CLOSED(ErrorKind.OVERLOADED);

  private final ErrorKind kind;

  DatabaseError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
