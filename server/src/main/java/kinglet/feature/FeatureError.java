// SPDX-License-Identifier: Apache-2.0
package kinglet.feature;

import kinglet.error.ErrorCode;
import kinglet.error.ErrorKind;

/// What can go wrong with reading features.
public enum FeatureError implements ErrorCode {
  /// The workspace has no feature view or feature service of that name.
  UNKNOWN_FEATURES(ErrorKind.NOT_FOUND),
  /// No feature view of the workspace describes such entities.
  UNKNOWN_ENTITY(ErrorKind.NOT_FOUND),
  /// So many entities are being deleted that another has to wait.
  TOO_MANY_DELETIONS(ErrorKind.OVERLOADED),
  /// The request names no values for a column of the entity's key, or not as many as for another.
  MISSING_KEY(ErrorKind.INVALID),
  /// A value of the request is not of the column's type; the message says which.
  WRONG_VALUE(ErrorKind.INVALID),
  /// The request asks for more keys than are answered at once.
  TOO_MANY_KEYS(ErrorKind.TOO_LARGE),
  /// The query reads more values of feature views than one query may; it has to fix keys.
  TOO_MANY_ENTITIES(ErrorKind.TOO_LARGE),
  /// The read took longer than it may.
  READ_TOO_SLOW(ErrorKind.TIMEOUT),
  /// The request is not what the route takes; the message says what would be.
  INVALID_READ(ErrorKind.INVALID),
  /// The version cannot be removed: it is the live one, or another reads it.
  VERSION_IN_USE(ErrorKind.CONFLICT),
  /// Histories that wait to be replayed would take more of the disk than they may.
  HISTORY_TOO_LARGE(ErrorKind.TOO_LARGE),
  /// The feature view reads its history; ask again in a moment.
  FEATURES_BUILDING(ErrorKind.OVERLOADED),
  /// The feature view could not be made of its history; the message says why.
  FEATURES_FAILED(ErrorKind.INTERNAL),
  /// Rows come in faster than features take them in. Nothing was stored; send them again later.
  FEATURES_BUSY(ErrorKind.OVERLOADED),
  /// The rows of the call are stored, but features did not take them in in time.
  FEATURES_BEHIND(ErrorKind.OVERLOADED);

  private final ErrorKind kind;

  FeatureError(ErrorKind kind) {
    this.kind = kind;
  }

  @Override
  public ErrorKind kind() {
    return kind;
  }
}
