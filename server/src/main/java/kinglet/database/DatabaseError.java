// SPDX-License-Identifier: Apache-2.0
package kinglet.database;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can go wrong with the database of the catalogue.
public enum DatabaseError implements ErrorCode {
  DATABASE_FAILED(ErrorKind.INTERNAL),
  DATABASE_BUSY(ErrorKind.OVERLOADED),
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
