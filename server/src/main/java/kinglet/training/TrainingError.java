// SPDX-License-Identifier: Apache-2.0
package kinglet.training;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can be wrong with a training set.
public enum TrainingError implements ErrorCode {
  /// The workspace has no training set of that name.
  UNKNOWN_TRAINING_SET(ErrorKind.NOT_FOUND),
  /// The name belongs to another training set.
  TRAINING_SET_EXISTS(ErrorKind.CONFLICT),
  /// The training set is not complete; its job says how far it is, or why it failed.
  TRAINING_SET_INCOMPLETE(ErrorKind.CONFLICT),
  /// The request is not what the route takes; the message says what would be.
  INVALID_TRAINING_SET(ErrorKind.INVALID),
  /// The spine lacks a column, or a value of a key or time means nothing; the message names row and
  /// column.
  INVALID_SPINE(ErrorKind.UNPROCESSABLE),
  /// The spine has more rows or bytes than a training set may have.
  SPINE_TOO_LARGE(ErrorKind.TOO_LARGE),
  /// Rows that were accepted are not stored yet; try again later.
  HISTORY_NOT_STORED(ErrorKind.OVERLOADED);

  private final ErrorKind kind;

  TrainingError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
